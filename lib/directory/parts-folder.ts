import { lstat, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import { fromSystemError, isCheckpointError } from '../base/errors.js';
import { nextOf, settleSwap } from '../base/commit/swap.js';
import { removePath } from '../base/commit/remove-path.js';
import { ownerOf, temporaryBeside } from '../base/commit/temporary-name.js';
import { listParts, type Part } from '../formats/folder/list-parts.js';

/** The codes of a folder that is none of parts, or none that we read: it is not ours. */
const NOT_OURS: ReadonlySet<string> = new Set(['ERR_CKPT_NOT_A_FILE', 'ERR_CKPT_UNSUPPORTED_FILE', 'ERR_CKPT_LIMIT']);

/** Bytes and age of a checkpoint that is a folder: of its parts. Undefined for one that is none of parts: reading it tells what it is. */
export async function folderStats(folder: string): Promise<{ bytes: number; modifiedMs: number } | undefined> {
  const parts = (await partsOf(folder)) ?? (await partsOf(nextOf(folder)));
  if (parts === undefined || parts.length === 0) return undefined;
  return {
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    modifiedMs: parts.reduce((newest, { modifiedMs }) => Math.max(newest, modifiedMs), 0),
  };
}

async function partsOf(folder: string): Promise<Part[] | undefined> {
  try {
    return await listParts(folder);
  } catch (error) {
    if (isCheckpointError(error)) return undefined;
    throw error;
  }
}

/** Whether what is at a path is ours to remove: anything but a folder that is none of parts. @throws errors of the file system */
export async function isCheckpointPath(path: string): Promise<boolean> {
  try {
    if ((await lstat(path)).isDirectory()) await listParts(path);
    return true;
  } catch (error) {
    if (isCheckpointError(error) && NOT_OURS.has(error.code)) return false;
    if (isGone(error)) return true;
    throw fromSystemError(error, 'look at', path);
  }
}

/** Removed in this moment. */
function isGone(error: unknown): boolean {
  return isCheckpointError(error)
    ? error.code === 'ERR_CKPT_NOT_FOUND' || error.code === 'ERR_CKPT_CHANGED'
    : (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/**
 * Removes the file of a checkpoint, or its folder of parts: readers see all of it or nothing. False: there is none.
 * @throws `ERR_CKPT_NOT_A_FILE` for a folder of anything else, which stays; errors of the file system
 */
export async function removeCheckpoint(path: string): Promise<boolean> {
  try {
    // What waits for the name must not have it then.
    if (path.endsWith('.parquet')) await settleSwap(path);
    const isFolder = (await lstat(path)).isDirectory();
    if (!isFolder || ownerOf(basename(path)) !== undefined) {
      await removePath(path);
      return true;
    }
    await listParts(path);
    const aside = temporaryBeside(path);
    await rename(path, aside);
    await removePath(aside);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
