import type { Stats } from 'node:fs';
import { mkdir, open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CheckpointError, fromSystemError } from '../errors.js';
import { flushFile, isFlushDenied, openNew } from './flush.js';
import { temporaryBeside } from './temporary-name.js';

/** How often a folder is made again, if another process removes it before the first file is in it. */
const ATTEMPTS = 100;

/**
 * Replaces the file at `path` by what `write` writes, whole or not at all. Returns what `write` returns.
 *
 * The steps and what holds after each: docs/RELIABILITY.md, "The commit protocol". The numbers in this file are those of its list.
 *
 * - `handle` may be read and written at any position, and must not be closed.
 * - Failures of the system are coded errors with the path, also those that `write` lets through. Any other error of `write` is passed on
 *   as it is.
 */
export async function commitFile<T>(path: string, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  const folder = dirname(path);
  const temporary = temporaryBeside(path);
  let made = false;
  try {
    await refuseWhatIsNoFile(path); // 1
    const handle = await inFolder(folder, () => openNew(temporary)); // 2, 3
    made = true;
    let result: T;
    try {
      result = await write(handle); // 4
      await flushFile(handle); // 5
    } finally {
      await handle.close();
    }
    await rename(temporary, path); // 6
    made = false;
    await syncFolder(folder); // 7
    return result;
  } catch (error) {
    // 8. A failure here would hide the first.
    if (made) await unlink(temporary).catch(() => {});
    throw fromSystemError(error, 'save', path);
  }
}

/**
 * Runs `create`, which makes the first file in a folder. The folder is there as a rule: it is made where `create` does not find it, again
 * as often as somebody removes it in between.
 */
export async function inFolder<T>(folder: string, create: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      if (attempt > 1) await makeFolder(folder);
      return await create();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt > ATTEMPTS) throw error;
    }
  }
}

/** Makes a folder and what is missing above it, durably: step 2. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  const top = dirname(resolve(first));
  for (let parent = dirname(resolve(folder)); ; parent = dirname(parent)) {
    await syncFolder(parent);
    if (parent === top || parent === dirname(parent)) return;
  }
}

/** Errors of file systems that cannot flush a folder, some of networks and of user space: names are as durable there as they can be. */
const CANNOT_FLUSH: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Makes the names in a folder durable: step 7. Windows has no such call; NTFS journals a rename. */
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
