import { lstat, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import { isCheckpointError } from '../base/errors.js';
import { removePath } from '../base/commit/remove-path.js';
import { ownerOf, temporaryBeside } from '../base/commit/temporary-name.js';
import { listParts } from '../formats/folder/list-parts.js';

/** The bytes of the parts of a folder; 0 for one that is none of parts: reading it tells what it is. */
export async function folderBytes(folder: string): Promise<number> {
  try {
    return (await listParts(folder)).reduce((sum, { bytes }) => sum + bytes, 0);
  } catch (error) {
    if (isCheckpointError(error)) return 0;
    throw error;
  }
}

/** Whether what is at a path is ours to remove: anything but a folder that is none of parts. */
export async function isCheckpointPath(path: string): Promise<boolean> {
  try {
    if ((await lstat(path)).isDirectory()) await listParts(path);
    return true;
  } catch (error) {
    return !isCheckpointError(error);
  }
}

/**
 * Removes the file of a checkpoint, or its folder of parts: readers see all of it or nothing. False: there is none.
 * @throws `ERR_CKPT_NOT_A_FILE` for a folder of anything else, which stays; errors of the file system
 */
export async function removeCheckpoint(path: string): Promise<boolean> {
  try {
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
