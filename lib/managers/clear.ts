import { rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSystemError } from '../errors.js';
import { syncFolder } from '../files/commit.js';
import { listFolder } from './folders.js';
import { CONFIG_NAME } from './docetl-config.js';
import { isBatchFile, isBatchFolder, isCheckpointFile, stepNames } from './layout.js';
import { sweepTemporaries } from './temporaries.js';

/** Removes files durably; gives how many there were. */
export async function removeFiles(folder: string, names: readonly string[]): Promise<number> {
  let removed = 0;
  for (const name of names) {
    const path = join(folder, name);
    try {
      await unlink(path);
      removed++;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fromSystemError(error, 'remove', path);
    }
  }
  if (removed > 0) await syncFolder(folder);
  return removed;
}

/** Removes the checkpoints of a step's folder, and the folder if nothing else is in it; gives how many files there were. */
export async function clearStepFolder(folder: string): Promise<number> {
  return clearFolder(folder, isCheckpointFile);
}

/** Removes the batches in a folder of batches, and the folder if nothing else is in it. */
export async function clearBatchFolder(folder: string): Promise<number> {
  return clearFolder(folder, isBatchFile);
}

/** Removes every checkpoint and batch of a directory, and DocETL's configuration file. What is none of them stays, and so does the directory. */
export async function clearDirectory(directory: string): Promise<number> {
  let removed = 0;
  for (const name of await stepNames(directory)) removed += await clearStepFolder(join(directory, name));
  for (const { name } of await listFolder(directory)) {
    if (isBatchFolder(name)) removed += await clearBatchFolder(join(directory, name));
  }
  await sweepTemporaries(directory);
  await rm(join(directory, CONFIG_NAME), { force: true });
  return removed;
}

async function clearFolder(folder: string, isOurs: (name: string) => boolean): Promise<number> {
  const names = (await listFolder(folder)).filter((entry) => !entry.isDirectory() && isOurs(entry.name)).map((entry) => entry.name);
  const removed = await removeFiles(folder, names);
  await sweepTemporaries(folder, 0);
  // Not empty: something else is in it, and stays.
  await rmdir(folder).catch(() => {});
  return removed;
}
