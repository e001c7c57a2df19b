import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import { throwIfAborted } from '../../base/halt.js';
import { FileLock } from '../../base/lock/file-lock.js';
import { listBatches } from '../../directory/layout.js';
import { listFolder } from '../../directory/folders.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import { clearWorkers, liveWorkers, workerId, workerLock, workersFolder } from '../../directory/workers-folder.js';
import { difference, readRecord, writeRecord, type RunRecord } from './run-record.js';

/** How often a worker that waits for others to end looks whether they have. */
const LOOK_MS = 100;
/** How long a worker that leaves waits for another that comes or goes. */
const LEAVE_MS = 2_000;
/** Batches of a worker have indexes from its number times this on. */
const INDEXES = 1_000_000;
/** 2026-01-01 in seconds since 1970. */
const ORIGIN = 1_767_225_600;

/** How to come in. */
interface Joining {
  lockWait: number;
  signal: AbortSignal | undefined;
}

/**
 * A worker's part in a map that several share: a number that no other worker of the operation has or had, and a lock that others see as
 * long as this one lives.
 */
export class Membership {
  readonly folder: string;
  readonly #files: OperationFiles;
  readonly #mine: RunRecord;
  #lock: FileLock;
  /** It counts seconds, so that it is new also where all earlier workers and what they left are gone. */
  number: number;
  /** As the first of the workers has written it. */
  record: RunRecord;

  private constructor(files: OperationFiles, mine: RunRecord, { number, lock, record }: Entry) {
    this.folder = workersFolder(files);
    this.#files = files;
    this.#mine = mine;
    this.#lock = lock;
    this.number = number;
    this.record = record;
  }

  /**
   * Joins the workers that are there, or begins.
   * @throws `ERR_CKPT_LOCKED` beside a `map` without workers, `ERR_CKPT_WORKERS_DIFFER`
   */
  static async join(files: OperationFiles, mine: RunRecord, options: Joining): Promise<Membership> {
    return new Membership(files, mine, await entered(files, mine, options));
  }

  /** The first index of this worker's batches. */
  get firstIndex(): number {
    return this.number * INDEXES;
  }

  /** A worker that was stopped for long may have been taken for dead: then it comes in again, under a new number. */
  async renew(signal: AbortSignal | undefined): Promise<void> {
    if (await this.#lock.isHeld()) return;
    await this.#lock.release();
    const { number, lock, record } = await entered(this.#files, this.#mine, { lockWait: 0, signal });
    Object.assign(this, { number, record });
    this.#lock = lock;
  }

  /** What it has not finished is others' now. The last one removes what they told each other. */
  async leave(): Promise<void> {
    await this.#lock.release();
    try {
      const lease = await this.#files.lease({ lockWait: LEAVE_MS, joins: true });
      try {
        if ((await liveWorkers(this.folder)).length === 0) await clearWorkers(this.folder);
      } finally {
        await lease.release();
      }
    } catch {
      // Whoever has the lease next does it.
    }
  }
}

interface Entry {
  number: number;
  lock: FileLock;
  record: RunRecord;
}

async function entered(files: OperationFiles, mine: RunRecord, { lockWait, signal }: Joining): Promise<Entry> {
  const until = performance.now() + lockWait;
  for (;;) {
    const lease = await files.lease({ lockWait: Math.max(0, until - performance.now()), signal, joins: true });
    let entry: Entry | CheckpointError;
    try {
      entry = await enter(files, mine);
    } catch (error) {
      throw fromSystemError(error, 'save to', workersFolder(files));
    } finally {
      await lease.release();
    }
    if (!(entry instanceof CheckpointError)) return entry;
    if (performance.now() >= until) throw entry;
    await setTimeout(LOOK_MS, undefined, { signal }).catch(() => {});
    throwIfAborted(signal);
  }
}

/** Under the lease: nobody comes or goes meanwhile. */
async function enter(files: OperationFiles, mine: RunRecord): Promise<Entry | CheckpointError> {
  const folder = workersFolder(files);
  const live = await liveWorkers(folder);
  let record = mine;
  if (live.length > 0) {
    const theirs = await readRecord(folder);
    const error = difference(mine, theirs, folder);
    if (error !== undefined) return error;
    record = theirs as RunRecord;
  } else {
    // Of workers that are gone: what they had finished is in their batches.
    await clearWorkers(folder);
    await mkdir(folder, { recursive: true });
    await writeRecord(folder, mine);
  }
  const number = await newNumber(files, folder);
  const lock = await FileLock.take(workerLock(folder, number), { waitMs: 0, what: `worker ${number}` });
  try {
    await writeFile(workerId(folder, number), String(number));
  } catch (error) {
    await lock.release();
    throw error;
  }
  return { number, lock, record };
}

/** Greater than that of any worker of which something is left. */
async function newNumber(files: OperationFiles, folder: string): Promise<number> {
  let most = Math.floor(Date.now() / 1000) - ORIGIN;
  for (const { name } of await listFolder(folder)) most = Math.max(most, Number(/^worker_(\d+)\./.exec(name)?.[1] ?? 0) + 1);
  for (const index of await listBatches(await files.batches())) most = Math.max(most, Math.floor(index / INDEXES) + 1);
  return most;
}
