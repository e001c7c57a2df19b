import { isError } from '../base/realm.js';
import { isCheckpointError } from '../base/errors.js';
import { printable } from './output/printable.js';

/** An error as the documents of `--json` tell it. */
export interface Failure {
  /** A code of `CheckpointError`. */
  code: string;
  message: string;
  path?: string;
  column?: string;
  row?: number;
}

/** What the program reports of an error. An error without a code of arrow-ckpt is a bug, and is reported with its stack. */
export function failureOf(error: unknown): Failure {
  if (isCheckpointError(error)) {
    const { code, message, path, column, row } = error;
    return {
      code,
      message,
      ...(path !== undefined && { path }),
      ...(column !== undefined && { column }),
      ...(row !== undefined && { row }),
    };
  }
  const what = isError(error) ? (error.stack ?? error.message) : String(error);
  return { code: 'ERR_CKPT_INTERNAL', message: `arrow-ckpt has a bug, please report it: ${what}` };
}

/** The one line of an error: `cannot read a.json: no such file or folder; check the path [ERR_CKPT_NOT_FOUND]`. */
export function failureLine({ code, message }: Failure): string {
  return `${printable(message)} [${code}]`;
}
