import { CheckpointError } from '../../../base/errors.js';
import { showByte } from '../json/damage.js';
import { firstError } from '../json/first-error.js';
import type { FileWindow } from '../json/window.js';
import type { Lines } from './lines.js';

/** Where a line stands, for messages. */
interface LinePlace {
  /** Counted from 1, as editors do. */
  line: number;
  /** The index of its row; none for a header. */
  row?: number;
}

/**
 * The error of a line that is no JSON. Torn is one that goes on behind the end of the file: `ERR_CKPT_TRUNCATED`. Bytes of zero at its end
 * count as the end of the file: so a file system may leave it after a power cut.
 */
export function brokenLine(window: FileWindow, { from, to, isOpen }: Lines, place: LinePlace, cause?: unknown): CheckpointError {
  let end = to;
  while (isOpen && end > from && window.bytes[end - 1] === 0) end--;
  const text = window.bytes.subarray(from, end);
  const error = firstError(text);
  const at = window.base + from + (error?.at ?? text.length);
  if (isOpen && (error === undefined ? end < to : error.at === text.length)) {
    const message = `${window.path} ends too early, at byte ${at}, in the middle of ${words(place)}; save it again`;
    return new CheckpointError('ERR_CKPT_TRUNCATED', message, fields(window, place, cause));
  }
  const found = error === undefined || error.at === text.length ? 'the end of the line' : showByte(text[error.at] as number);
  const message = `${window.path} is damaged in ${words(place)}, at byte ${at}: expected ${error?.expected ?? 'a row'}, found ${found}`;
  return new CheckpointError('ERR_CKPT_CORRUPT', message, fields(window, place, cause));
}

/** The error of a line that is not UTF-8 from index `at` of the window on. */
export function notUtf8(window: FileWindow, at: number, place: LinePlace): CheckpointError {
  const found = showByte(window.bytes[at] as number);
  const message = `${window.path} is damaged in ${words(place)}, at byte ${window.base + at}: expected UTF-8, found ${found}`;
  return new CheckpointError('ERR_CKPT_CORRUPT', message, fields(window, place));
}

/** The error of a line that is JSON but no object. */
export function notARow(window: FileWindow, what: string, place: LinePlace): CheckpointError {
  const message = `${window.path}: ${words(place)} is ${what}, but a row must be an object`;
  return new CheckpointError('ERR_CKPT_CORRUPT', message, fields(window, place));
}

/** The error of a file whose first line does not even begin as a row does. */
export function notLines(window: FileWindow): CheckpointError {
  const message = `${window.path} is no JSONL checkpoint: an object a line is expected; a file with one JSON array needs a name in .json`;
  return new CheckpointError('ERR_CKPT_NOT_A_CHECKPOINT', message, { path: window.path });
}

function words({ line, row }: LinePlace): string {
  return row === undefined ? `line ${line}` : `line ${line} (row ${row})`;
}

function fields(window: FileWindow, { row }: LinePlace, cause?: unknown): { path: string; row?: number; cause?: unknown } {
  return { path: window.path, ...(row !== undefined && { row }), ...(cause !== undefined && { cause }) };
}
