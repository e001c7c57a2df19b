import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { FileLock } from '../base/lock/file-lock.js';
import type { Mirror } from '../directory/checkpoint-file.js';
import type { DocetlConfig } from '../directory/docetl-config.js';
import { makeFolders } from '../directory/folders.js';
import type { Logger } from '../directory/log-lines.js';
import type { CheckpointStore } from '../store/store.js';

/** Where an operation keeps its results. */
export interface Place {
  directory: string;
  store: CheckpointStore;
  step: string;
  operation: string;
  /** Of the operation as it is now. */
  hash: string | undefined;
  /** The path of the final checkpoint without its extension. */
  stem: string;
  /** The folder of its batches. */
  batches: string;
  /** Where DocETL has batches of operations of this name, whatever their step, and 0.1.0 had those of maps: read, and no longer written. */
  sharedBatches: string;
  mirror: Mirror<DocetlConfig>;
  logger: Logger | null;
}

/** How to wait for a lease. */
interface LeaseOptions {
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

/** The path of the lease of an operation: whoever holds it works on the operation's checkpoint and batches, and nobody else may change or remove them. */
export function leasePath(directory: string, step: string, operation: string): string {
  const name = createHash('sha256')
    .update(JSON.stringify([step, operation]))
    .digest('hex')
    .slice(0, 24);
  return join(directory, `.lease-${name}.lock`);
}

/** Takes the lease of an operation. @throws `ERR_CKPT_LOCKED` when another has it for longer than `lockWait` */
export async function takeLease(
  { directory, step, operation }: Pick<Place, 'directory' | 'step' | 'operation'>,
  { lockWait, signal, sweeps = false, streams = false }: LeaseOptions,
): Promise<FileLock> {
  await makeFolders(directory);
  const what = `operation '${operation}' of step '${step}'`;
  return FileLock.take(leasePath(directory, step, operation), {
    waitMs: lockWait,
    signal,
    what,
    queues: !sweeps,
    brief: sweeps,
    stream: streams,
  });
}
