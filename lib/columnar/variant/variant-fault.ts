import { CheckpointError, type CheckpointErrorCode } from '../../base/errors.js';
import type { TextMode } from '../../options/options.js';

/** A fault in the bytes of a VARIANT of a column. */
export function variantFault(column: string, what: string, code: CheckpointErrorCode = 'ERR_CKPT_CORRUPT'): CheckpointError {
  const message = code === 'ERR_CKPT_CORRUPT' ? `a VARIANT of column '${column}' is damaged: ${what}` : `column '${column}' has ${what}`;
  return new CheckpointError(code, message, { column });
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The string of some bytes. @throws CheckpointError `ERR_CKPT_UNSUPPORTED_FILE` for what is not UTF-8, but in the mode `lossy` */
export function variantText(bytes: Buffer, start: number, end: number, column: string, mode: TextMode): string {
  const text = bytes.toString('utf8', start, end);
  // Only what holds U+FFFD, or had to, is looked at again.
  if (mode === 'lossy' || !text.includes('\ufffd')) return text;
  try {
    return strict.decode(bytes.subarray(start, end));
  } catch (cause) {
    const advice = "load it with text: 'lossy', which puts U+FFFD in place of such bytes, or text: 'bytes'";
    throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', `column '${column}' has text that is not UTF-8; ${advice}`, { column, cause });
  }
}
