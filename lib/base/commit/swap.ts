import { nodeCrypto } from '../node-modules.js';
import { rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { withLock } from '../lock/file-lock.js';
import { syncFolder } from './commit.js';
import { removePath } from './remove-path.js';
import { temporaryBeside } from './temporary-name.js';

/** Bytes of a name that is kept whole in those beside it: file systems allow 255 in all. */
const NAME_BYTES = 200;
/** How often a save of another process may come in between. */
const ATTEMPTS = 100;
const LOCK = { waitMs: 30_000, brief: true, queues: true, what: 'the place of a folder of parts' };
const NEXT = /^\.(?!long-[0-9a-f]{32}\.)(.+)\.next$/s;

/*
 * No system call replaces a folder that is not empty, nor a file by a folder. docs/RELIABILITY.md, "Replacing a folder", has the steps and
 * what holds after each; the letters in this file are those of its list.
 */

/** Where the new state of a path waits for its name. It counts as the checkpoint while nothing has the name itself. */
export function nextOf(path: string): string {
  return join(dirname(path), `.${shortName(path)}.next`);
}

/** The name whose new state an entry of a folder is; undefined if it is none, or the name was too long to be kept. */
export function nameOfNext(entry: string): string | undefined {
  return NEXT.exec(entry)?.[1];
}

function shortName(path: string): string {
  const name = basename(path);
  if (Buffer.byteLength(name) <= NAME_BYTES) return name;
  return `long-${nodeCrypto().createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}

/**
 * Gives the name `path` to what is whole and durable at `ready`, beside it: a folder or a file, in the place of a file, a folder or
 * nothing. Old or new at any moment, and after any crash. It does not look at what it replaces. If it fails, `ready` is the caller's again,
 * as far as that can be.
 */
export async function swapIn(ready: string, path: string): Promise<void> {
  await withLock(lockOf(path), LOCK, async () => {
    await settle(path);
    for (let attempt = 1; ; attempt++) {
      try {
        return (await isThere(path)) ? await replace(ready, path) : await give(ready, path); // d
      } catch (error) {
        // A file of that name, saved in this moment: it is older.
        if (!IS_TAKEN.has((error as NodeJS.ErrnoException).code) || attempt === ATTEMPTS) throw error;
      }
    }
  });
}

/** What systems say where a folder cannot have a name, since something else has. */
const IS_TAKEN: ReadonlySet<string | undefined> = new Set(['ENOTDIR', 'ENOTEMPTY', 'EEXIST', 'EISDIR']);

async function give(ready: string, path: string): Promise<void> {
  await rename(ready, path);
  await syncFolder(dirname(path));
}

async function replace(ready: string, path: string): Promise<void> {
  const [folder, next, aside] = [dirname(path), nextOf(path), temporaryBeside(path)];
  await rename(ready, next); // e
  try {
    await syncFolder(folder);
    await rename(path, aside); // f
  } catch (error) {
    // The old state has its name.
    await rename(next, ready).catch(() => {});
    throw error;
  }
  const failures: unknown[] = [];
  const flush = async (): Promise<void> => syncFolder(folder).catch((error: unknown) => void failures.push(error));
  await flush();
  try {
    await rename(next, path); // g
  } catch (error) {
    await back(aside, path, next, ready);
    throw error;
  }
  await flush();
  // Either flush has taken the name from the old one for good: a power cut cannot bring back what is being removed.
  if (failures.length < 2) await removePath(aside).catch(() => {}); // h
  if (failures.length > 0) throw failures[0];
}

/** The old state gets its name again, and the new one goes. If that fails, too, the new one counts. */
async function back(aside: string, path: string, next: string, ready: string): Promise<void> {
  try {
    await rename(aside, path);
    // Only when its name is durable nothing needs to wait any more.
    await syncFolder(dirname(path));
    await rename(next, ready);
  } catch (error) {
    // Readers find what is next, and the next save gives it the name.
    if (!IS_TAKEN.has((error as NodeJS.ErrnoException).code)) return;
    // A file has got the name in this moment, which counts: the new state is the caller's again, and the old one nobody's.
    await rename(next, ready).catch(() => {});
    await removePath(aside).catch(() => {});
  }
}

/** Ends what a process that was killed has begun: to be called with the lock. */
async function settle(path: string): Promise<void> {
  const next = nextOf(path);
  if (!(await isThere(next))) return;
  if (await isThere(path)) await removePath(next);
  else await give(next, path);
}

/** The same for whoever is about to remove a path, or has found that nobody did. Costs one look where there is nothing to end. */
export async function settleSwap(path: string): Promise<void> {
  if (await isThere(nextOf(path))) await withLock(lockOf(path), LOCK, () => settle(path));
}

function lockOf(path: string): string {
  return join(dirname(path), `.${shortName(path)}.lock`);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
