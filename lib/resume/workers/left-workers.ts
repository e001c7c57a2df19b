import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isCheckpointError } from '../../base/errors.js';
import { FileLock } from '../../base/lock/file-lock.js';
import { listFolder } from '../../directory/folders.js';
import { clearWorkers, isWorkersFolder, leaseOfWorkers, liveWorkers, seenWorkers } from '../../directory/workers-folder.js';

/** What the workers of shared maps left in a directory, where all of them are gone. It is removed, unless the sweep is a dry run. */
export async function leftWorkers(directory: string, dryRun: boolean): Promise<{ path: string; bytes: number }[]> {
  const found: { path: string; bytes: number }[] = [];
  for (const { name } of await listFolder(directory)) {
    const folder = join(directory, name);
    if (!isWorkersFolder(name) || (await seenWorkers(folder)).length > 0) continue;
    const lease = dryRun ? undefined : await leaseFor(folder);
    if (lease === null) continue;
    try {
      if (!dryRun && (await liveWorkers(folder)).length > 0) continue;
      for (const file of await listFolder(folder)) {
        const path = join(folder, file.name);
        const bytes = await stat(path).then(
          ({ size }) => size,
          () => 0,
        );
        found.push({ path, bytes });
      }
      if (!dryRun) await clearWorkers(folder);
    } finally {
      await lease?.release();
    }
  }
  return found;
}

/** The lease of the operation: no worker comes meanwhile. Null: somebody has it. */
async function leaseFor(folder: string): Promise<FileLock | null> {
  try {
    return await FileLock.take(leaseOfWorkers(folder), { waitMs: 0, what: 'the operation', brief: true });
  } catch (error) {
    if (isCheckpointError(error) && error.code === 'ERR_CKPT_LOCKED') return null;
    throw error;
  }
}
