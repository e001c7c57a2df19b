import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { fromSystemError } from '../base/errors.js';
import { inFolder, makeFolder } from '../base/commit/commit.js';

/** The entries of a folder in the order of their names; none when the folder does not exist. */
export async function listFolder(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fromSystemError(error, 'list', folder);
  }
}

/** Makes a folder and what is missing above it, durably. */
export async function makeFolders(folder: string): Promise<void> {
  try {
    await inFolder(folder, () => makeFolder(folder));
  } catch (error) {
    throw fromSystemError(error, 'create the folder', folder);
  }
}

/** Makes a folder and in it what `create` makes, again as often as a clean-up removes the folder in between. */
export async function createIn<T>(folder: string, create: () => Promise<T>): Promise<T> {
  try {
    return await inFolder(folder, create);
  } catch (error) {
    throw fromSystemError(error, 'save to', folder);
  }
}
