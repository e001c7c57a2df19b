import { CheckpointError, isCheckpointError } from '../base/errors.js';
import { ledgerHeadOf } from './read-ledger.js';

/**
 * A batch of a `map` is not replaced by one of the caller's own: its results are paid for, and nobody would have them any more.
 * `paths`: of what is under the index now. A file that cannot be read is no reason.
 * @throws `ERR_CKPT_INVALID_ARGUMENT`
 */
export async function refuseTakenIndex(paths: Iterable<string>): Promise<void> {
  for (const path of paths) {
    const head = await ledgerHeadOf(path).catch((error: unknown) => {
      if (isCheckpointError(error)) return null;
      throw error;
    });
    if (head === null) continue;
    const advice = 'take another index, finish the map, or remove its batches first (deleteBatchCheckpoints)';
    const message = `${path} has what a map of ${head.step}/${head.operation} made of ${head.rows} rows, which would be lost; ${advice}`;
    throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', message, { path });
  }
}
