import type { FileColumn } from '../../columnar/logical-columns.js';
import type { ColumnSchema } from '../../options/checkpoint-schema.js';

/**
 * How Kura keeps a field in Parquet:
 * - `text`: text, never null.
 * - `optional text`: text or null.
 * - `json`, `optional json`: the value as JSON text, as Python writes it. Of the optional ones Kura writes null for null, and for `[]` too.
 * - `number`: a number, or null.
 * - `floats`: a list of doubles, or null.
 * - `none`: not at all, for it follows from the others.
 */
export type Storage = 'text' | 'optional text' | 'json' | 'optional json' | 'number' | 'floats' | 'none';

/** A field of one of Kura's types, and what rows may have there. */
export interface KuraField extends ColumnSchema {
  storage: Storage;
}

/** One of the four types that Kura keeps, its fields in the order of its JSONL. */
export interface KuraModel {
  name: 'conversations' | 'summaries' | 'clusters' | 'projected clusters';
  fields: readonly KuraField[];
}

const text = (name: string): KuraField => ({ name, type: 'string', storage: 'text' });
const maybeText = (name: string): KuraField => ({ name, type: 'string', nullable: true, optional: true, storage: 'optional text' });
const score = (name: string): KuraField => {
  return { name, type: 'number', stored: 'int64', min: 1, max: 5, nullable: true, optional: true, storage: 'number' };
};
const maybeTexts = (name: string): KuraField => {
  return { name, type: 'list', element: { type: 'string' }, nullable: true, optional: true, storage: 'optional json' };
};
const metadata: KuraField = { name: 'metadata', type: 'struct', storage: 'json' };

const MESSAGE: ColumnSchema[] = [
  { name: 'created_at', type: 'string' },
  { name: 'role', type: 'string', values: ['user', 'assistant'] },
  { name: 'content', type: 'string' },
];

const CLUSTER: KuraField[] = [
  ...['id', 'name', 'description', 'slug'].map(text),
  { name: 'chat_ids', type: 'list', element: { type: 'string' }, storage: 'json' },
  { name: 'parent_id', type: 'string', nullable: true, storage: 'optional text' },
];
/** The length of `chat_ids`. */
const COUNT: KuraField = { name: 'count', type: 'number', stored: 'int64', optional: true, storage: 'none' };

export const MODELS: readonly KuraModel[] = [
  {
    name: 'conversations',
    fields: [
      text('chat_id'),
      text('created_at'),
      { name: 'messages', type: 'list', element: { type: 'struct', fields: MESSAGE, extra: 'refuse' }, storage: 'json' },
      metadata,
    ],
  },
  {
    name: 'summaries',
    fields: [
      text('summary'),
      maybeText('request'),
      maybeText('topic'),
      maybeTexts('languages'),
      maybeText('task'),
      score('concerning_score'),
      score('user_frustration'),
      maybeTexts('assistant_errors'),
      text('chat_id'),
      metadata,
      { name: 'embedding', type: 'list', element: { type: 'number' }, nullable: true, optional: true, storage: 'floats' },
    ],
  },
  {
    name: 'projected clusters',
    fields: [
      ...CLUSTER,
      { name: 'x_coord', type: 'number', storage: 'number' },
      { name: 'y_coord', type: 'number', storage: 'number' },
      { name: 'level', type: 'number', stored: 'int64', storage: 'number' },
      COUNT,
    ],
  },
  { name: 'clusters', fields: [...CLUSTER, COUNT] },
];

/** The type of a row, by the fields that it must have; the more special one first. */
export function modelOfRow(row: object): KuraModel | undefined {
  return MODELS.find(({ fields }) => fields.every(({ name, optional }) => optional === true || Object.hasOwn(row, name)));
}

/** The types of columns in Kura's own files, as both readers name them. */
const STORED: Record<Storage, RegExp> = {
  text: /^string$/,
  'optional text': /^string$/,
  json: /^string$/,
  'optional json': /^string$/,
  number: /^(?:int32|int64|double|float)$/,
  floats: /^list<(?:double|float)>$/,
  none: /^$/,
};

/** The type of the rows in a file of Kura's own: it has exactly its columns, of their types. */
export function modelOfFile(columns: readonly FileColumn[]): KuraModel | undefined {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  return MODELS.find(({ fields }) => {
    const stored = fields.filter(({ storage }) => storage !== 'none');
    return stored.length === columns.length && stored.every(({ name, storage }) => STORED[storage].test(types.get(name) ?? ''));
  });
}

/** The same for a file that arrow-ckpt wrote: it may have more columns, and bytes for text. */
export function modelOfOwnFile(columns: readonly FileColumn[]): KuraModel | undefined {
  const names = new Set(columns.map(({ name }) => name));
  return MODELS.find(({ fields }) => fields.every(({ name, storage }) => storage === 'none' || names.has(name)));
}
