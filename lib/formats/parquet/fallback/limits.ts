import { CheckpointError } from '../../../base/errors.js';
import type { FileLimits } from '../../../options/limits.js';

/**
 * Every cap on what a file may ask of the fallback reader; the native reader's are in crates/arrow-ckpt/src/limits.rs. A caller's `limits`
 * only make them tighter.
 */
const MOST: Required<FileLimits> = {
  footerBytes: 256 << 20,
  rowGroups: 1 << 20,
  columns: 100_000,
  depth: 256,
  /** Writers make pages of about 1 MB. */
  pageBytes: 1 << 30,
  decodedBytes: Number.MAX_SAFE_INTEGER,
  ratio: 10_000,
  stringBytes: 1 << 30,
};

/** Bytes of one column chunk in the file: an array buffer of Node 20 holds no more. */
export const MAX_CHUNK_BYTES = 2 ** 32 - 1;
/** Values of one column chunk, nulls included: V8 makes hash tables of longer arrays. */
export const MAX_CHUNK_VALUES = 1 << 27;
/** Values of one page, nulls and empty lists counted. */
export const MAX_PAGE_VALUES = 1 << 28;
/** Column chunks of a file: row groups times leaf columns. */
export const MAX_CHUNKS = 2_000_000;
/** Entries of any other list of a footer. */
export const MAX_LIST_ENTRIES = 100_000;
/** Rows of a file: what a JavaScript array can index. */
export const MAX_ROWS = 2 ** 32 - 2;
/** Rows of a file without columns: nothing in such a file bears its row count out. */
export const MAX_EMPTY_ROWS = 1 << 26;

/** The limits in force: the caller's, none above what the reader bears. */
export function effectiveLimits(given: FileLimits = {}): Required<FileLimits> {
  const limits = { ...MOST };
  for (const name of Object.keys(MOST) as (keyof FileLimits)[]) limits[name] = Math.min(MOST[name], given[name] ?? MOST[name]);
  return limits;
}

/** Throws `ERR_CKPT_LIMIT` for more than a cap allows. */
export function checkLimit(value: number, limit: number, what: string, path: string, column?: string): void {
  if (value > limit) {
    const fields = column === undefined ? { path } : { path, column };
    throw new CheckpointError('ERR_CKPT_LIMIT', `${path}: ${what} is ${value}, the limit is ${limit}`, fields);
  }
}
