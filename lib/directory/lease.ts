import { setTimeout } from 'node:timers/promises';
import { CheckpointError } from '../base/errors.js';
import { throwIfAborted } from '../base/halt.js';
import { FileLock } from '../base/lock/file-lock.js';
import { makeFolders } from './folders.js';
import { clearWorkers, isSeen, leaseOfWorkers, liveWorkers, seenWorkers, workersFolder, type Place } from './workers-folder.js';

/** How often whoever waits for workers looks whether they are gone. */
const LOOK_MS = 50;

/** How to wait for a lease. */
export interface LeaseOptions {
  lockWait: number;
  signal?: AbortSignal | undefined;
  /** A sweep holds it, for moments, and waits for no call of this process. @default false */
  sweeps?: boolean;
  /** A stream holds it: see `LockOptions.stream`. @default false */
  streams?: boolean;
  /**
   * Of a bucket: what is published while it is held is sent again and again to a store that cannot be reached, until this aborts.
   * @default what the driver does itself
   */
  patience?: AbortSignal | undefined;
  /** A worker of a shared map holds it, for moments, while it comes or goes: other workers are in nobody's way. @default false */
  joins?: boolean;
}

const LEASE = /^\.lease-[0-9a-f]{24}\.lock$/;

/** Whether a file in a directory of checkpoints is a lease. */
export function isLease(name: string): boolean {
  return LEASE.test(name);
}

/**
 * The path of the lease of an operation: whoever holds it works on the operation's checkpoint and batches, and nobody else may change or
 * remove them.
 */
export function leasePath(place: Place): string {
  return leaseOfWorkers(workersFolder(place));
}

/**
 * Takes the lease of an operation, when no workers share a map of it either.
 * @throws `ERR_CKPT_LOCKED` when another has it for longer than `lockWait`
 */
export async function takeLease(place: Place, options: LeaseOptions): Promise<FileLock> {
  const { lockWait, signal, sweeps = false, streams = false, joins = false } = options;
  const { directory, step, operation } = place;
  await makeFolders(directory);
  const what = `operation '${operation}' of step '${step}'`;
  const folder = workersFolder(place);
  const until = performance.now() + lockWait;
  for (;;) {
    // Workers that come or go are not to find the lease taken by one that waits for them.
    let workers = joins ? 0 : (await liveWorkers(folder)).length;
    if (workers === 0) {
      const waitMs = Math.max(0, until - performance.now());
      const lock = await FileLock.take(leasePath(place), {
        waitMs,
        signal,
        what,
        queues: !sweeps,
        brief: sweeps || joins,
        stream: streams,
      });
      if (joins) return lock;
      try {
        workers = (await liveWorkers(folder)).length;
        // What dead ones left.
        if (workers === 0) await clearWorkers(folder);
      } catch (error) {
        await lock.release();
        throw error;
      }
      if (workers === 0) return lock;
      await lock.release();
    }
    if (performance.now() >= until) throw sharedBy(what, workers, folder, lockWait);
    // The wait ends with an error of Node's own.
    await setTimeout(LOOK_MS, undefined, { signal }).catch(() => {});
    throwIfAborted(signal);
  }
}

function sharedBy(what: string, count: number, path: string, lockWait: number): CheckpointError {
  const who = count === 1 ? 'a worker works on it' : `${count} workers share it`;
  const waited = lockWait === 0 ? '' : '; waited in vain';
  const message = `${what} is in use: ${who}, with workers: 'shared' (${path})${waited}. Wait for them to end, or join them with workers: 'shared'`;
  return new CheckpointError('ERR_CKPT_LOCKED', message, { path });
}

/** Whether somebody who lives works on an operation, alone or with others, as far as can be seen from here. */
export async function isInUse(place: Place): Promise<boolean> {
  return (await seenWorkers(workersFolder(place))).length > 0 || isSeen(leasePath(place));
}
