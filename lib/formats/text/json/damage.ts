import { CheckpointError } from '../../../base/errors.js';
import { firstError } from './first-error.js';
import type { FileWindow } from './window.js';

/** The error for a file that ends before its contents do. */
export function truncated(window: FileWindow, row?: number, size = window.base + window.end): CheckpointError {
  const where = row === undefined ? 'in its head' : `in or before row ${row}`;
  const message = `${window.path} ends too early, at byte ${size}, ${where}; save it again`;
  return new CheckpointError('ERR_CKPT_TRUNCATED', message, row === undefined ? { path: window.path } : { path: window.path, row });
}

/** The error for a byte that JSON does not allow. `at` is an index into the window. */
export function damaged(window: FileWindow, at: number, expected: string, row?: number, cause?: unknown): CheckpointError {
  const where = row === undefined ? '' : `, in or before row ${row}`;
  const found = at < window.end ? showByte(window.bytes[at] as number) : 'the end';
  const message = `${window.path} is damaged at byte ${window.base + at}${where}: expected ${expected}, found ${found}`;
  return new CheckpointError('ERR_CKPT_CORRUPT', message, {
    path: window.path,
    ...(row !== undefined && { row }),
    ...(cause !== undefined && { cause }),
  });
}

/** The error for an element that is JSON but no object. */
export function notARow(window: FileWindow, what: string, row: number): CheckpointError {
  const message = `${window.path}: element ${row} is ${what}, but a row must be an object`;
  return new CheckpointError('ERR_CKPT_CORRUPT', message, { path: window.path, row });
}

/** The error for a file that is something else. */
export function notACheckpoint(window: FileWindow): CheckpointError {
  const message = `${window.path} is no checkpoint: a JSON array of objects, or an object whose first key is "arrow-ckpt", is expected`;
  return new CheckpointError('ERR_CKPT_NOT_A_CHECKPOINT', message, { path: window.path });
}

/**
 * The error for a row that `JSON.parse` or the scan refused. The row stands in the window from `from` to `to`; `ended` says that the file
 * ends there.
 */
export function badRow(window: FileWindow, from: number, to: number, row: number, ended: boolean, cause?: unknown): CheckpointError {
  const error = firstError(window.bytes.subarray(from, to));
  if (error === undefined) return damaged(window, from, 'a row', row, cause);
  if (ended && from + error.at === to) return truncated(window, row);
  return damaged(window, from + error.at, error.expected, row, cause);
}

/** A byte for messages. */
export function showByte(byte: number): string {
  if (byte > 0x20 && byte < 0x7f) return `'${String.fromCharCode(byte)}'`;
  return `byte 0x${byte.toString(16).padStart(2, '0')}`;
}
