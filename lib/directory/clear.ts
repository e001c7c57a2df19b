import { rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fromSystemError } from '../base/errors.js';
import { syncFolder } from '../base/commit/commit.js';
import type { DocetlConfig } from './docetl-config.js';
import { listFolder } from './folders.js';
import { keptFiles, keptFoldersIn } from './kept-files.js';
import { batchFoldersIn, checkpointPaths, isBatchFile, listBatchOperations, listOperations, listSteps } from './layout.js';
import { removeEmptyParts } from './parts.js';
import { removeCheckpoint } from './parts-folder.js';
import { settleSwaps, sweepTemporaries } from './temporaries.js';
import { forgetUses } from './use-record.js';

/** Removes files durably; gives how many there were. */
export async function removeFiles(paths: readonly string[]): Promise<number> {
  let removed = 0;
  for (const path of paths) {
    try {
      if (await removeCheckpoint(path)) removed++;
    } catch (error) {
      throw fromSystemError(error, 'remove', path);
    }
  }
  for (const folder of new Set(paths.map(dirname))) {
    if (removed > 0) await flushRemoval(folder);
    await forgetUses(folder);
    await removeEmptyParts(folder);
  }
  return removed;
}

async function flushRemoval(folder: string): Promise<void> {
  try {
    await syncFolder(folder);
  } catch (error) {
    throw fromSystemError(error, 'remove the files of', folder);
  }
}

/** Removes the kept results in a folder, and the folder; gives how many files there were. */
export async function clearKept(folder: string): Promise<number> {
  const removed = await removeFiles((await keptFiles(folder)).map(({ path }) => path));
  await removeKeptFolder(folder);
  return removed;
}

/** Removes a folder of kept results if nothing is in it any more. */
export async function removeKeptFolder(folder: string): Promise<void> {
  await removeFolder(folder);
  await removeEmptyFolder(dirname(folder));
}

/**
 * Removes the checkpoints of a step's folder, the batches and the kept results in it, and the folder if nothing else is in it; gives how
 * many files there were.
 */
export async function clearStepFolder(folder: string): Promise<number> {
  let removed = 0;
  await settleSwaps(folder);
  for (const batches of await batchFoldersIn(folder, null)) removed += await clearBatchFolder(batches.folder);
  for (const kept of await keptFoldersIn(folder)) removed += await clearKept(kept.folder);
  return removed + (await clearFolder(folder, await checkpointPaths(folder)));
}

/** Removes the batches in a folder of batches, and the folder if nothing else is in it. */
export async function clearBatchFolder(folder: string): Promise<number> {
  const entries = await listFolder(folder);
  return clearFolder(
    folder,
    entries.filter((entry) => !entry.isDirectory() && isBatchFile(entry.name)).map((entry) => entry.name),
  );
}

/**
 * Removes every checkpoint and batch of a directory, and DocETL's configuration file. What is none of them stays, and so does the
 * directory.
 */
export async function clearDirectory(directory: string, config: DocetlConfig): Promise<number> {
  let removed = 0;
  for (const { folder } of await listSteps(directory)) removed += await clearStepFolder(folder);
  for (const { folder } of await listBatchOperations(directory)) removed += await clearBatchFolder(folder);
  await sweepTemporaries(directory);
  const { clearPool } = await import('./sweep-pool.js');
  // Last: until then checkpoints may need it.
  await clearPool(directory);
  // A save that came in between has its hash there.
  await config.keep(await listOperations(directory));
  return removed;
}

async function clearFolder(folder: string, paths: readonly string[]): Promise<number> {
  const removed = await removeFiles(paths.map((path) => join(folder, path)));
  await removeFolder(folder);
  return removed;
}

/** Removes a folder of checkpoints, and what dead processes left in it, unless something else is in it, which stays. */
export async function removeFolder(folder: string): Promise<void> {
  await sweepTemporaries(folder);
  await removeEmptyFolder(folder);
}

/** Removes a folder of checkpoints if nothing at all is in it. Who is about to save there makes it again: see `inFolder`. */
export async function removeEmptyFolder(folder: string): Promise<void> {
  await forgetUses(folder);
  try {
    await rmdir(folder);
    await forgetUses(dirname(folder));
    await removeEmptyParts(dirname(folder));
  } catch {
    // Not empty, or not there.
  }
}
