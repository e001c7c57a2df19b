import { CheckpointError, isCheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';
import type { CheckpointInfo, ColumnInfo } from '../options/options.js';
import { isPlainObject } from '../base/rows.js';
import type { CheckpointSchema, ColumnSchema, ValueSchema } from '../options/checkpoint-schema.js';
import { isRevoked } from '../base/value/is-revoked.js';
import { contractOf } from './contract.js';
import type { StandardSchemaV1 } from '../options/standard-schema-v1.js';

/** What {@link diffSchema} compares. */
export type SchemaSource = CheckpointSchema | StandardSchemaV1 | CheckpointInfo;

/** A schema of any source. */
interface KnownSchema {
  schema: CheckpointSchema;
  /** A file shows the types of its columns, but neither nulls nor missing keys. */
  vague: boolean;
}

/** The columns of a source. @throws `ERR_CKPT_INVALID_ARGUMENT` for what has none that can be told */
export function schemaOf(source: SchemaSource, which: string): KnownSchema {
  if (isRevoked(source)) throw noColumns(which, 'a revoked proxy has no columns');
  if (isInfo(source)) {
    if (source.format !== 'parquet')
      throw noColumns(
        which,
        `a ${String(source.format).toUpperCase()} checkpoint has no columns; load its rows and give inferSchema(rows)`,
      );
    return { schema: { columns: source.columns.map(columnOf) }, vague: true };
  }
  try {
    const { fields } = contractOf(source);
    if (fields === undefined) throw noColumns(which, 'a schema whose columns cannot be told; give a zod object or a CheckpointSchema');
    return { schema: { columns: [...fields.columns], extra: fields.extra }, vague: false };
  } catch (cause) {
    if (isCheckpointError(cause) && cause.code === 'ERR_CKPT_INVALID_OPTION') throw noColumns(which, cause.message);
    throw cause;
  }
}

function isInfo(source: unknown): source is CheckpointInfo {
  return isPlainObject(source) && 'format' in source && Array.isArray(source['columns']) && !('~standard' in source);
}

function columnOf(column: ColumnInfo): ColumnSchema {
  const { name, type } = (column ?? {}) as ColumnInfo;
  return { name, ...valueOf(type) };
}

/** The words of a type in a file as a type of values: those of `leafTypeName` and of crates/arrow-ckpt/src/decode/kinds.rs. */
function valueOf(words: string): ValueSchema {
  if (typeof words !== 'string')
    throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `a column of diffSchema has no type but ${show(words)}`);
  const list = /^list<(.*)>$/s.exec(words);
  if (list !== null) return { type: 'list', element: valueOf(list[1] as string) };
  // The keys of a struct are in the words too, but may hold anything, commas and brackets among it.
  if (words.startsWith('struct<')) return { type: 'struct' };
  if (words === 'json' || words === 'null') return { type: words };
  if (/^u?int\d+$/.test(words)) return { type: 'number', stored: 'int64' };
  if (words === 'double' || words === 'float' || words === 'float16') return { type: 'number', stored: 'double' };
  if (words === 'bool') return { type: 'boolean' };
  if (words === 'date' || words.startsWith('timestamp')) return { type: 'date' };
  if (words.startsWith('binary')) return { type: 'bytes' };
  return words.startsWith('map<') ? { type: 'any' } : { type: 'string' };
}

function noColumns(which: string, message: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `${which} of diffSchema: ${message}`);
}
