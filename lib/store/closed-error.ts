import { CheckpointError } from '../base/errors.js';

/** The error of a reader that is used after it was closed. */
export function closedError(path: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_CLOSED', `the reader of ${path} is closed; open the checkpoint again`, { path });
}
