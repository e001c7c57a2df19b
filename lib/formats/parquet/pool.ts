import { join } from 'node:path';
import { makeFolder } from '../../base/commit/commit.js';
import { FileLock } from '../../base/lock/file-lock.js';

/** The folder of the pool, in the root of what shares values: the directory of a manager. */
export const POOL_FOLDER = '.ckpt';

/** What a save may share: paths as the file system has them. */
export interface ShareRequest {
  /** The folder that has, or gets, {@link POOL_FOLDER}. */
  root: string;
  /** Checkpoints that may have the same values, the likeliest first. */
  bases: readonly string[];
}

/**
 * The lock of the pool: whoever pins a file there, or sweeps it, has it for moments.
 * @throws `ERR_CKPT_LOCKED`, errors of the file system
 */
export async function lockPool(root: string, signal?: AbortSignal): Promise<FileLock> {
  const folder = join(root, POOL_FOLDER);
  await makeFolder(folder);
  return FileLock.take(join(folder, 'lock'), { signal, what: 'the pool of shared files', queues: true, brief: true });
}
