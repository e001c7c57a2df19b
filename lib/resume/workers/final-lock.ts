import { join } from 'node:path';
import { isCheckpointError } from '../../base/errors.js';
import { FileLock } from '../../base/lock/file-lock.js';
import { createIn } from '../../directory/folders.js';

const NAME = 'final.lock';

/** Whoever has it makes the checkpoint, or reads batches that the others are to leave alone. Undefined: another has it for longer. */
export async function finalLock(folder: string, signal: AbortSignal, waitMs: number): Promise<FileLock | undefined> {
  const options = { waitMs, signal, what: 'the checkpoint of a shared map', queues: true };
  try {
    return await createIn(folder, () => FileLock.take(join(folder, NAME), options));
  } catch (error) {
    if (isCheckpointError(error) && error.code === 'ERR_CKPT_LOCKED') return undefined;
    throw error;
  }
}

/** The same for whoever merges batches: nobody reads them meanwhile. Undefined: not now, or the workers' folder has been cleared. */
export async function mergeLock(folder: string): Promise<FileLock | undefined> {
  try {
    return await FileLock.take(join(folder, NAME), { waitMs: 0, brief: true });
  } catch (error) {
    if (isCheckpointError(error) && (error.code === 'ERR_CKPT_LOCKED' || error.code === 'ERR_CKPT_NOT_FOUND')) return undefined;
    throw error;
  }
}
