import { isCheckpointError, type CheckpointError, type CheckpointErrorCode } from '../base/errors.js';

const CODES: ReadonlySet<CheckpointErrorCode> = new Set(['ERR_CKPT_READ_ONLY', 'ERR_CKPT_PERMISSION']);

/** Whether nothing can be written to a directory, as an error of taking a lock in it says: then nobody else writes there either. */
export function isUnwritable(error: unknown): error is CheckpointError {
  return isCheckpointError(error) && CODES.has(error.code);
}
