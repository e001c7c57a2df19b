import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileLock } from '../base/lock/file-lock.js';
import { hasEnded, parseHolder } from '../base/lock/holder.js';
import { makeFolders } from './folders.js';

/** Whose lease it is. */
interface Leased {
  directory: string;
  step: string;
  operation: string;
}

/** How to wait for a lease. */
export interface LeaseOptions {
  lockWait: number;
  signal?: AbortSignal | undefined;
  /** A sweep holds it, for moments, and waits for no call of this process. @default false */
  sweeps?: boolean;
  /** A stream holds it: see `LockOptions.stream`. @default false */
  streams?: boolean;
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
export function leasePath({ directory, step, operation }: Leased): string {
  const name = createHash('sha256')
    .update(JSON.stringify([step, operation]))
    .digest('hex')
    .slice(0, 24);
  return join(directory, `.lease-${name}.lock`);
}

/** Takes the lease of an operation. @throws `ERR_CKPT_LOCKED` when another has it for longer than `lockWait` */
export async function takeLease(leased: Leased, { lockWait, signal, sweeps = false, streams = false }: LeaseOptions): Promise<FileLock> {
  const { directory, step, operation } = leased;
  await makeFolders(directory);
  const what = `operation '${operation}' of step '${step}'`;
  return FileLock.take(leasePath(leased), { waitMs: lockWait, signal, what, queues: !sweeps, brief: sweeps, stream: streams });
}

/** Whether a lease has a holder that lives, as far as can be seen from here. */
export async function isInUse(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const holder = parseHolder(text);
  return holder === undefined || hasEnded(holder) !== true;
}
