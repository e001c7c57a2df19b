import type { Stats } from 'node:fs';
import { mkdir, open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CheckpointError, fromSystemError } from '../errors.js';
import { flushFile, isFlushDenied, openNew } from './flush.js';
import { temporaryBeside } from './temporary-name.js';

/** How often a folder is made again that another process removes, as it is empty, before the first file is in it. */
const ATTEMPTS = 100;

/**
 * Replaces the file at `path` by what `write` writes, whole or not at all. Returns what `write` returns.
 *
 * - Until the rename the file under the name is the old one, whole; after it, it is the new one, whole.
 * - It resolves only when the bytes (fsync of the file) and the name (fsync of the folder) are durable, and the folders that had to
 *   be made for it too.
 * - When anything fails, `write` among it, the temporary is removed and the old file stays as it was. One exception: if the folder's
 *   own fsync fails, the new file is there already, but may not survive a power cut. Where Node's permission model denies fsync, the bytes are durable all
 *   the same, and the name is what cannot be promised.
 * - Only a killed process leaves a temporary: a hidden sibling, `.<name>.<pid>.<random>.tmp`, which readers ignore.
 * - Another process may remove the folder while it is empty: then it is made again.
 * - A folder, a device or a pipe at `path` is `ERR_CKPT_NOT_A_FILE` before anything is made. Other failures of the system are coded errors with the path,
 *   also those that `write` lets through; any other error of `write` is passed on as it is.
 * - `handle` may be read and written at any position, and must not be closed. A symbolic link at `path` is replaced, not followed.
 */
export async function commitFile<T>(path: string, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  const folder = dirname(path);
  const temporary = temporaryBeside(path);
  let made = false;
  try {
    await refuseWhatIsNoFile(path);
    const handle = await inFolder(folder, () => openNew(temporary));
    made = true;
    let result: T;
    try {
      result = await write(handle);
      await flushFile(handle);
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    made = false;
    await syncFolder(folder);
    return result;
  } catch (error) {
    // A failure here would hide the first; a sweep recognises the file by its name.
    if (made) await unlink(temporary).catch(() => {});
    throw fromSystemError(error, 'save', path);
  }
}

/** Makes a folder and runs `create`, which makes the first file in it, again as often as somebody removes the folder in between. */
export async function inFolder<T>(folder: string, create: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      await makeFolder(folder);
      return await create();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Makes a folder and what is missing above it, durably: a file is only as durable as the folders on its path. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  const top = dirname(resolve(first));
  for (let parent = dirname(resolve(folder)); ; parent = dirname(parent)) {
    await syncFolder(parent);
    if (parent === top || parent === dirname(parent)) return;
  }
}

/** What a file system says that cannot flush a folder, as some of networks and of user space: its names are as durable then as they can be there. */
const CANNOT_FLUSH: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Makes the names in a folder durable. A folder that somebody has removed has none. Windows has no such call; NTFS journals a rename. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isGone = handle === undefined && code === 'ENOENT';
    if (!isGone && !isFlushDenied(error) && !CANNOT_FLUSH.has(code)) throw error;
  } finally {
    await handle?.close();
  }
}

/** A rename would replace a device or a pipe as readily as a file. */
async function refuseWhatIsNoFile(path: string): Promise<void> {
  let stats: Stats;
  try {
    stats = await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (stats.isFile()) return;
  const how = stats.isDirectory() ? 'a folder stands where a file should be' : 'it is no regular file';
  throw new CheckpointError('ERR_CKPT_NOT_A_FILE', `cannot save ${path}: ${how}; choose another name`, { path });
}
