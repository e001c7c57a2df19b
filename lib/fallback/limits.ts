import { CheckpointError } from '../errors.js';

/** Every cap on what a file may ask of the fallback reader; the native reader's are in crates/arrow-ckpt/src/limits.rs. */

/** Bytes of a footer. */
export const MAX_FOOTER_BYTES = 256 << 20;
/** Depth of a schema. */
export const MAX_SCHEMA_DEPTH = 256;
/** Bytes of one decompressed page; writers make pages of about 1 MB. */
export const MAX_PAGE_BYTES = 512 << 20;
/** Bytes of one column chunk in the file. */
export const MAX_CHUNK_BYTES = 2 ** 31 - 1;
/** Values of one column chunk, nulls included. */
export const MAX_CHUNK_VALUES = 1 << 27;
/** Rows of a file without columns: nothing in such a file bears its row count out. */
export const MAX_EMPTY_ROWS = 1 << 26;

/** Throws `ERR_CKPT_LIMIT` for more than a cap allows. */
export function checkLimit(value: number, limit: number, what: string, path: string, column?: string): void {
  if (value > limit) {
    const fields = column === undefined ? { path } : { path, column };
    throw new CheckpointError('ERR_CKPT_LIMIT', `${path}: ${what} is ${value}, the limit is ${limit}`, fields);
  }
}
