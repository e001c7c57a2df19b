import { randomBytes } from 'node:crypto';
import { link, open, readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { CheckpointError, fromSystemError } from '../errors.js';
import { hasEnded, parseHolder, thisHolder, type Holder } from './holder.js';

/** How often a lock that is held for long says that its holder lives. */
const HEARTBEAT_MS = 5_000;
/** A lock of another machine that has not said so for this long is nobody's. */
const STALE_MS = 60_000;
/** One of a process that lives here: of a worker that was terminated, say. A process may compute for minutes without a turn of its event loop. */
const STALE_HERE_MS = 600_000;
/** Who takes a dead process's lock away holds a second lock meanwhile, for some milliseconds. */
const STEAL_MS = 10_000;
const MIN_WAIT_MS = 2;
const MAX_WAIT_MS = 50;

/** How to wait for a lock. */
export interface LockOptions {
  /** Milliseconds to wait for another holder; then `ERR_CKPT_LOCKED`. 0: do not wait. @default 30000 */
  waitMs?: number;
  /** Aborts the wait: rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
  /** What the lock is for, in the words of the error: `the configuration file`. */
  what?: string;
}

/**
 * A lock that is a file: whoever made it holds it. Works among processes, threads and machines that see the same folder.
 *
 * - It is made whole by one system call (`link`), so that no reader sees it half written.
 * - The lock of a process that has ended is taken away at once, on the same machine; that of another machine when it has not been touched for a minute, and
 *   that of a process that lives, but whose thread may not, after ten.
 * - It is advisory: it keeps out those who ask for it.
 */
export class FileLock {
  readonly #path: string;
  readonly #holder: Holder;
  readonly #beat: NodeJS.Timeout;

  private constructor(path: string, holder: Holder) {
    this.#path = path;
    this.#holder = holder;
    this.#beat = setInterval(() => void touch(path), HEARTBEAT_MS);
    this.#beat.unref();
  }

  /** Takes the lock at `path`, whose folder must exist. @throws `ERR_CKPT_LOCKED` when another holder has it for longer than `waitMs`, and errors of the file system */
  static async take(path: string, options: LockOptions = {}): Promise<FileLock> {
    const { waitMs = 30_000, signal } = options;
    const holder = thisHolder(randomBytes(8).toString('hex'));
    const until = performance.now() + waitMs;
    try {
      for (let attempt = 0; ; attempt++) {
        if (await make(path, holder)) return new FileLock(path, holder);
        const other = await holderOf(path);
        if (other === 'gone' || ((await isDead(path, other)) && (await takeAway(path, other)))) continue;
        if (performance.now() >= until) throw locked(path, other, options);
        const wait = Math.min(MIN_WAIT_MS * 2 ** Math.min(attempt, 8), MAX_WAIT_MS);
        await setTimeout(wait * (0.5 + Math.random()), undefined, signal === undefined ? {} : { signal });
      }
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      throw fromSystemError(error, 'lock', path);
    }
  }

  /** Whether this holder still has it: another may have taken it away from a process that was stopped for minutes. */
  async isHeld(): Promise<boolean> {
    const holder = await holderOf(this.#path);
    return typeof holder === 'object' && holder.token === this.#holder.token;
  }

  /** Gives the lock back. Harmless when it has been taken away. */
  async release(): Promise<void> {
    clearInterval(this.#beat);
    try {
      if (await this.isHeld()) await remove(this.#path);
    } catch (error) {
      throw fromSystemError(error, 'unlock', this.#path);
    }
  }
}

/** Runs `work` with the lock at `path`. */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const lock = await FileLock.take(path, options);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** Makes the lock; false if it is there. */
async function make(path: string, holder: Holder): Promise<boolean> {
  const text = JSON.stringify(holder);
  const temporary = `${path}.${holder.pid}.${holder.token}.tmp`;
  await writeFile(temporary, text, { flag: 'wx' });
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // File systems without links: FAT, some of networks. There a reader may see the file before its text.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw error;
    return await makeInPlace(path, text);
  } finally {
    await remove(temporary);
  }
}

async function makeInPlace(path: string, text: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The holder of the lock, `gone` when there is no lock, undefined for a text that names none. */
async function holderOf(path: string): Promise<Holder | 'gone' | undefined> {
  try {
    return parseHolder(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
    throw error;
  }
}

async function isDead(path: string, holder: Holder | undefined): Promise<boolean> {
  // Half written, for so long, by a process that died over it.
  const ended = holder === undefined ? undefined : hasEnded(holder);
  return ended === true || (await isOlder(path, ended === undefined ? STALE_MS : STALE_HERE_MS));
}

/**
 * Takes a dead holder's lock away; true if it is gone. Two who want to must not both do it: the second would take that of a third, who has made it
 * in between. So whoever does it holds a lock on that.
 */
async function takeAway(path: string, dead: Holder | undefined): Promise<boolean> {
  const guard = `${path}.steal`;
  if (!(await make(guard, thisHolder(randomBytes(8).toString('hex'))))) {
    if (await isOlder(guard, STEAL_MS)) await remove(guard);
    return false;
  }
  try {
    const holder = await holderOf(path);
    if (holder !== 'gone' && holder?.token === dead?.token) await remove(path);
    return true;
  } finally {
    await remove(guard);
  }
}

async function isOlder(path: string, ms: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > ms;
  } catch {
    return false;
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function locked(path: string, holder: Holder | undefined, { what = 'it', waitMs }: LockOptions): CheckpointError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host.split(' ', 1)[0]}`;
  const waited = waitMs === 0 ? '' : '; waited in vain';
  const message = `${what} is in use by ${who} (lock ${path})${waited}. Wait for it, or end that process; delete the lock only if there is no such process`;
  return new CheckpointError('ERR_CKPT_LOCKED', message, { path });
}
