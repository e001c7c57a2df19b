import { link, rename, stat } from 'node:fs/promises';
import { removePath } from './remove-path.js';
import { temporaryBeside } from './temporary-name.js';

/** What differs between a file and another that takes its place; null if there is no file. */
export async function versionOf(path: string): Promise<string | null> {
  try {
    const { ino, mtimeMs, size } = await stat(path);
    return `${ino}:${mtimeMs}:${size}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Removes a file if it is still this version of it; false if it is not, or not there. A save may replace it at any moment: so it gets
 * another name first, and goes only if it is the right one under that. Else it gets its own name back, unless the next save has that
 * already.
 */
export async function removeUnchanged(path: string, version: string | null): Promise<boolean> {
  if (version === null || (await versionOf(path)) !== version) return false;
  const aside = temporaryBeside(path);
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  let isIt = false;
  try {
    isIt = (await versionOf(aside)) === version;
  } finally {
    // Also where nobody can say which it is.
    if (!isIt) await giveBack(aside, path);
    await remove(aside);
  }
  return isIt;
}

async function giveBack(aside: string, path: string): Promise<void> {
  try {
    await link(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    // A file system without links, or a folder of parts, which can have none.
    if ((await versionOf(path)) === null) await rename(aside, path);
  }
}

async function remove(path: string): Promise<void> {
  try {
    await removePath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
