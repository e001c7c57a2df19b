import { throwIfAborted } from '../halt.js';
import { link, open, readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fromSystemError } from '../errors.js';
import { uniqueDigits } from '../unique-digits.js';
import { temporaryBeside } from '../commit/temporary-name.js';
import { loadBinding, type Binding } from '../addon/binding.js';
import { hasEnded, isOfThisKernel, isOfThisProcess, parseHolder, thisHolder, type Holder } from './holder.js';
import { circle, locked } from './locked.js';
import { duringTurn, endTurn, enterTurn, takeTurn, type Turn } from './turns.js';

/** How often a lock that is held for long says that its holder lives. */
const HEARTBEAT_MS = 5_000;
/** A lock of another machine that has not said so for this long is nobody's. */
const STALE_MS = 60_000;
/**
 * One of a process that lives here: of a worker that was terminated, say. A process may compute for minutes without a turn of its event
 * loop.
 */
const STALE_HERE_MS = 600_000;
/** Who takes a dead process's lock away holds a second lock meanwhile, for some milliseconds. */
const STEAL_MS = 10_000;
/** Who does not want to wait waits so long all the same for a holder that has it for moments. */
const BRIEF_MS = 10_000;
/** Two who look at once at the lock of a dead process are in each other's way for a moment. */
const LOOKS = 3;
const MIN_WAIT_MS = 2;
const MAX_WAIT_MS = 50;

type NativeLock = InstanceType<Binding['NativeLock']>;

/** How to wait for a lock. */
export interface LockOptions {
  /** Milliseconds to wait for another holder; then `ERR_CKPT_LOCKED`. 0: do not wait. @default 30000 */
  waitMs?: number;
  /** Aborts the wait: rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
  /** What the lock is for, in the words of the error: `the configuration file`. */
  what?: string;
  /** Calls of this process wait for each other, however long that takes. @default false */
  queues?: boolean;
  /** It is held for moments only. @default false */
  brief?: boolean;
  /** A stream holds it: whoever reads that may take its time, or have left it. @default false */
  stream?: boolean;
}

/** What holding a lock takes. */
interface Holding {
  path: string;
  holder: Holder;
  /** Undefined without the binary. */
  native: NativeLock | undefined;
  turn: Turn | undefined;
  beat: NodeJS.Timeout;
}

/** Gives back what nobody can give back any more: of a stream that was left in the middle. */
const forgotten = new FinalizationRegistry<Holding>((holding) => void giveBack(holding).catch(() => {}));

/**
 * A lock that is a file: whoever made it holds it. Works among processes, threads and machines that see the same folder.
 *
 * - It is made whole by one system call (`link`), so that no reader sees it half written.
 * - With the native binary the kernel locks the file from its first moment, and frees it when the process, the worker or the handle is
 *   gone: then it is taken away at once, whatever the numbers of processes in containers say. Windows, and file systems without such locks,
 *   have the rules below alone.
 * - By the text of the file, the lock of a process that has ended is taken away at once, on the same machine and in the same space of
 *   process numbers; that of another when it has not been touched for a minute, and that of a process that lives, but whose thread may not,
 *   after ten.
 * - Calls of one thread that ask for it with `queues` have it one after the other.
 * - It is advisory: it keeps out those who ask for it.
 */
export class FileLock {
  readonly #holding: Holding;

  private constructor(holding: Holding) {
    this.#holding = holding;
    forgotten.register(this, holding, holding);
  }

  /**
   * Takes the lock at `path`, whose folder must exist. @throws `ERR_CKPT_LOCKED` when another holder has it for longer than `waitMs`, and
   * errors of the file system
   */
  static async take(path: string, options: LockOptions = {}): Promise<FileLock> {
    const turn = options.queues === true ? await turnAt(path, options) : undefined;
    try {
      return new FileLock(await holdingOf(path, turn, options));
    } catch (error) {
      if (turn !== undefined) endTurn(turn);
      if (options.signal?.aborted === true) throw options.signal.reason;
      throw fromSystemError(error, 'lock', path);
    }
  }

  /** Whether this holder still has it: another may have taken it away from a process that was stopped for minutes. */
  async isHeld(): Promise<boolean> {
    return isStill(this.#holding);
  }

  /** Runs what the lock is for: a wait for itself in there is `ERR_CKPT_LOCKED`, and does not last for ever. */
  during<T>(work: () => Promise<T>): Promise<T> {
    const { turn } = this.#holding;
    return turn === undefined ? work() : duringTurn(turn, work);
  }

  /** {@link during} for work that is done piece by piece, until `leave`. Undefined where calls of this thread have no turns. */
  enter(): ReturnType<typeof enterTurn> | undefined {
    const { turn } = this.#holding;
    return turn === undefined ? undefined : enterTurn(turn);
  }

  /** Gives the lock back. Harmless when it has been taken away. */
  async release(): Promise<void> {
    forgotten.unregister(this.#holding);
    try {
      await giveBack(this.#holding);
    } catch (error) {
      throw fromSystemError(error, 'unlock', this.#holding.path);
    }
  }
}

/** Whether nobody holds the lock at `path`. That of a dead holder is taken away. @throws errors of the file system */
export async function isLockFree(path: string): Promise<boolean> {
  try {
    const found = await lookAt(path);
    return found === 'gone' || (await isTakenAway(path, found));
  } catch (error) {
    throw fromSystemError(error, 'lock', path);
  }
}

async function giveBack(holding: Holding): Promise<void> {
  const { path, native, turn, beat } = holding;
  clearInterval(beat);
  try {
    if (native !== undefined) native.release();
    else if (await isStill(holding)) await remove(path);
  } catch (error) {
    throw asNodeError(error);
  } finally {
    if (turn !== undefined) endTurn(turn);
  }
}

async function isStill({ path, native, holder }: Holding): Promise<boolean> {
  if (native !== undefined) return native.isHeld();
  const found = await lookAt(path);
  return found !== 'gone' && found.holder?.token === holder.token;
}

/** The turn of a call among those of this thread. */
async function turnAt(path: string, options: LockOptions): Promise<Turn> {
  const { waitMs = 30_000, signal, stream = false } = options;
  return takeTurn(resolve(path), { waitMs, signal, stream }, (why) =>
    why === 'circle' ? circle(path, options) : locked(path, thisHolder('', { stream: true }), undefined, options),
  );
}

async function holdingOf(path: string, turn: Turn | undefined, options: LockOptions): Promise<Holding> {
  const { waitMs = 30_000, signal, queues = false, brief = false, stream = false } = options;
  const holder = thisHolder(uniqueDigits(), { brief, stream });
  const from = performance.now();
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(signal);
    const made = await make(path, holder);
    if (made !== null) {
      const beat = setInterval(() => void touch(path), HEARTBEAT_MS);
      beat.unref();
      return { path, holder, native: made.native, turn, beat };
    }
    const found = await lookAt(path);
    if (found === 'gone' || (await isTakenAway(path, found))) continue;
    const other = found.holder;
    const isOurs = queues && other !== undefined && !other.stream && isOfThisProcess(other);
    const most = isOurs ? Number.POSITIVE_INFINITY : other?.brief === true ? Math.max(waitMs, BRIEF_MS) : waitMs;
    if (performance.now() - from >= most && attempt >= LOOKS) throw locked(path, other, await ageOf(path), options);
    const wait = Math.min(MIN_WAIT_MS * 2 ** Math.min(attempt, 8), MAX_WAIT_MS);
    await setTimeout(wait * (0.5 + Math.random()), undefined, signal === undefined ? {} : { signal });
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

/** Makes the lock; null if it is there. */
async function make(path: string, holder: Holder): Promise<{ native: NativeLock | undefined } | null> {
  const binding = loadBinding();
  if (binding === null) return (await makeText(path, holder)) ? { native: undefined } : null;
  try {
    const locked = JSON.stringify({ ...holder, kernel: true });
    const native = await binding.makeLock(path, temporaryBeside(path), locked, JSON.stringify(holder));
    return native === null ? null : { native };
  } catch (error) {
    throw asNodeError(error);
  }
}

/** An error of the core's, `ENOENT: ...`, as Node has it. */
function asNodeError(error: unknown): unknown {
  const code = /^(E[A-Z]+): /.exec((error as Error).message)?.[1];
  return code === undefined ? error : Object.assign(error as Error, { code });
}

async function makeText(path: string, holder: Holder): Promise<boolean> {
  const text = JSON.stringify(holder);
  const temporary = temporaryBeside(path);
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

/** A lock's text, and the holder that it names: undefined for a text that names none. */
interface Found {
  text: string;
  holder: Holder | undefined;
}

async function lookAt(path: string): Promise<Found | 'gone'> {
  try {
    const text = await readFile(path, 'utf8');
    return { text, holder: parseHolder(text) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
    throw error;
  }
}

/** Takes the lock of a dead holder away; false where that may live. */
async function isTakenAway(path: string, { text, holder }: Found): Promise<boolean> {
  const binding = loadBinding();
  if (holder?.kernel === true && binding !== null && isOfThisKernel(holder)) {
    const fate = await binding.takeAwayLock(path, text).catch((error: unknown) => {
      throw asNodeError(error);
    });
    if (fate !== 'unknown') return fate === 'gone';
  }
  return (await isDead(path, holder)) && (await takeAway(path, holder));
}

async function isDead(path: string, holder: Holder | undefined): Promise<boolean> {
  // Half written, for so long, by a process that died over it.
  const ended = holder === undefined ? undefined : hasEnded(holder);
  return ended === true || ((await ageOf(path)) ?? 0) > (ended === undefined ? STALE_MS : STALE_HERE_MS);
}

/**
 * Takes a dead holder's lock away; true if it is gone. Two who want to must not both do it: the second would take that of a third, who has
 * made it in between. So whoever does it holds a lock on that.
 */
async function takeAway(path: string, dead: Holder | undefined): Promise<boolean> {
  const guard = `${path}.steal`;
  if (!(await makeText(guard, thisHolder(uniqueDigits())))) {
    if (((await ageOf(guard)) ?? 0) > STEAL_MS) await remove(guard);
    return false;
  }
  try {
    const found = await lookAt(path);
    if (found !== 'gone' && found.holder?.token === dead?.token) await remove(path);
    return true;
  } finally {
    await remove(guard);
  }
}

/**
 * Milliseconds since a lock was last touched: a holder that lives does so. A lock guards no rows by itself: one that is taken away by
 * mistake costs work that is done twice.
 */
async function ageOf(path: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return undefined;
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
