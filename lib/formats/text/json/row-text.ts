import { constants, isAscii, isUtf8 } from 'node:buffer';
import { CheckpointError, isCheckpointError } from '../../../base/errors.js';
import type { Row } from '../../../base/rows.js';
import { mayHaveEscapes } from '../../../base/value/extended-json.js';
import { restore } from '../../../base/value/restore.js';
import { CHUNK_BYTES } from './window.js';

/**
 * Bytes that a row of a file of text can have. A string holds as many, and a reader may have some small rows and brackets in the same one.
 */
export const MAX_ROW_BYTES = constants.MAX_STRING_LENGTH - 2 * CHUNK_BYTES;

/** The text of bytes; undefined if they are not UTF-8. @throws `ERR_CKPT_LIMIT` if they are more than a string can hold */
export function utf8Text(bytes: Buffer, path: string): string | undefined {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    const message = `${path} has a row of ${bytes.length} bytes, and a string of this Node can hold ${constants.MAX_STRING_LENGTH}`;
    throw new CheckpointError('ERR_CKPT_LIMIT', message, { path });
  }
  // Node's latin1 is several times as fast as its utf8, and gives a one-byte string that parses faster.
  if (isAscii(bytes)) return bytes.toString('latin1');
  return isUtf8(bytes) ? bytes.toString() : undefined;
}

/** Where bytes stop being UTF-8. */
export function firstOddByte(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString());
  let at = 0;
  while (again[at] === bytes[at]) at++;
  return at;
}

/** True for the value of a JSON object. */
export function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Undoes the escapes in rows fresh from `JSON.parse`, in place. `text` is what they were parsed from, `first` the index of the first of
 * them.
 * @throws what `restore` throws, with path and row
 */
export function restoreRows(rows: Row[], text: string, path: string, first: number): void {
  if (!mayHaveEscapes(text)) return;
  for (let index = 0; index < rows.length; index++) {
    try {
      const row = restore(rows[index]);
      if (!isObject(row)) throw new CheckpointError('ERR_CKPT_CORRUPT', 'an escape that stands for a row, but is none');
      rows[index] = row;
    } catch (cause) {
      if (!isCheckpointError(cause)) throw cause;
      const message = `${path} is damaged in row ${first + index}: ${cause.message}`;
      throw new CheckpointError(cause.code, message, { path, row: first + index, cause });
    }
  }
}
