import { nodeCrypto } from '../base/node-modules.js';
import { setOwn } from '../base/build.js';
import { CheckpointError } from '../base/errors.js';
import { unheeded } from '../base/guarded.js';
import { invalid, show } from '../base/messages.js';
import { MISSING, pathOf, valueAt, type Part, type Path } from '../base/path.js';
import { isThenable } from '../base/realm.js';
import { isPlainObject, type Row, type RowLike } from '../base/rows.js';
import { textOf } from '../base/value/extended-json.js';
import { itemsOf } from '../base/value/items-of.js';
import { JsonTree } from '../base/value/json-tree.js';
import { Projection } from '../select/projection.js';
import { sourceOf } from './hash-operation.js';

/** What of a row must be the same for its results to count: all of it, some columns or paths, all but some, or what a function gives. */
export type ContentOption<T extends RowLike = Row> = 'all' | readonly string[] | { ignore: readonly string[] } | ((row: T) => unknown);

/** @throws `ERR_CKPT_INVALID_OPTION`, `ERR_CKPT_UNSUPPORTED_VALUE` for a function without a source */
export function checkContent(content: unknown): void {
  if (content === undefined || content === 'all') return;
  if (typeof content === 'function') return void sourceOf(content as () => unknown, 'content');
  const { ignore } = isPlainObject(content) ? (content as { ignore?: unknown }) : { ignore: undefined };
  const names = itemsOf(ignore ?? content);
  const isOnly = ignore === undefined || Object.keys(content as object).length === 1;
  const areNames = names?.every((name) => typeof name === 'string' && name !== '') === true;
  // Without a name all rows would be the same.
  if (!areNames || !isOnly || (ignore === undefined && names.length === 0))
    throw invalid(`content must be 'all', an array of columns and paths, { ignore: [...] } or a function of the row, got ${show(content)}`);
}

/**
 * Makes the text of a row's content. What is compared is the row with what counts of it, in its own order, and not which columns count: a
 * row that has nothing else has the same text with `'all'` and with their names. A function's text has the digest of its source.
 */
export class ContentReader {
  readonly #tree = new JsonTree();
  readonly #read: (row: Row, index: number) => unknown;
  readonly #prefix: string;
  /** Paths that must count, and that no row has had so far. */
  #unmet: Path[];

  constructor(content: ContentOption | undefined) {
    this.#unmet = Array.isArray(content) ? (content as string[]).map(pathOf) : [];
    this.#prefix = typeof content === 'function' ? `content ${digestOf(sourceOf(content, 'content'))} ` : '';
    this.#read = readerOf(content);
  }

  /** @throws `ERR_CKPT_UNSUPPORTED_VALUE`, and what a function throws */
  text(row: Row, index: number): string {
    this.look(row);
    return this.#prefix + textOf(this.#tree, this.#read(row, index), { row: index, path: '' });
  }

  /** Whether there are paths that no row has had so far. */
  get wantsMore(): boolean {
    return this.#unmet.length > 0;
  }

  look(row: Row): void {
    if (this.#unmet.length > 0) this.#unmet = this.#unmet.filter((path) => valueAt(row, path) === MISSING);
  }

  /** When all rows were looked at. @throws `ERR_CKPT_UNKNOWN_COLUMN` for a path that none has: it would make all of them the same */
  finish(): void {
    const [unmet] = this.#unmet;
    if (unmet === undefined) return;
    const message = `content names '${unmet.text}', which no row of the input has; rows would be taken for unchanged whatever they hold`;
    throw new CheckpointError('ERR_CKPT_UNKNOWN_COLUMN', message, { column: unmet.text });
  }
}

function readerOf(content: ContentOption | undefined): (row: Row, index: number) => unknown {
  if (content === undefined || content === 'all') return (row) => row;
  if (typeof content === 'function') return (row, index) => given(content(row), index);
  if (!('ignore' in content)) {
    const projection = new Projection(content as readonly string[]);
    return (row) => projection.of(row);
  }
  const { parts } = new Projection(content.ignore);
  return (row) => without(row, parts);
}

function given(value: unknown, row: number): unknown {
  let isPromise: boolean;
  try {
    isPromise = isThenable(value);
  } catch (cause) {
    const message = `content returned for row ${row} what cannot be looked at`;
    throw new CheckpointError('ERR_CKPT_UNSUPPORTED_VALUE', message, { row, cause });
  }
  if (value !== undefined && !isPromise) return value;
  unheeded(value);
  const what = value === undefined ? 'undefined' : 'a promise';
  throw new CheckpointError(
    'ERR_CKPT_UNSUPPORTED_VALUE',
    `content returned ${what} for row ${row}; it must return what counts of the row`,
    {
      row,
    },
  );
}

/** A row without some of its keys and paths. */
function without(object: Row, parts: ReadonlyMap<string, Part>): Row {
  const left: Row = {};
  for (const key of Object.keys(object)) {
    const part = parts.get(key);
    if (part?.whole === true) continue;
    const value = object[key];
    setOwn(left, key, part !== undefined && isPlainObject(value) ? without(value, part.parts) : value);
  }
  return left;
}

function digestOf(source: string): string {
  return nodeCrypto().createHash('sha256').update(source).digest('hex').slice(0, 16);
}
