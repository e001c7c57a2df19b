import { nodeCrypto } from '../base/node-modules.js';
import { readFile, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isLockFree } from '../base/lock/file-lock.js';
import { hasEnded, parseHolder } from '../base/lock/holder.js';
import { removeFiles } from './clear.js';
import { listFolder } from './folders.js';

/** An operation of a directory. */
export interface Place {
  directory: string;
  step: string;
  operation: string;
}

/** Where the workers that share a map keep what they tell each other: docs/RELIABILITY.md, "Several workers on one map". */
export function workersFolder(place: Place): string {
  const tag = nodeCrypto()
    .createHash('sha256')
    .update(JSON.stringify([place.step, place.operation]))
    .digest('hex')
    .slice(0, 24);
  return join(place.directory, `.workers-${tag}`);
}

/** The lease of the operation whose workers a folder is of. */
export function leaseOfWorkers(folder: string): string {
  return join(dirname(folder), `.lease-${basename(folder).slice('.workers-'.length)}.lock`);
}

/** Whether a folder in a directory of checkpoints is one of workers. */
export function isWorkersFolder(name: string): boolean {
  return /^\.workers-[0-9a-f]{24}$/.test(name);
}

const WORKER = /^worker_(\d+)\.lock$/;

/** The lock that a worker holds as long as it lives. */
export function workerLock(folder: string, number: number): string {
  return join(folder, `worker_${number}.lock`);
}

/** The file whose text is a worker's number: its claims are links to it. */
export function workerId(folder: string, number: number): string {
  return join(folder, `worker_${number}.id`);
}

/** The numbers of the workers that live, as far as can be seen from here. Locks of dead ones are taken away. */
export async function liveWorkers(folder: string): Promise<number[]> {
  const live: number[] = [];
  for (const { name } of await listFolder(folder)) {
    const number = WORKER.exec(name)?.[1];
    if (number !== undefined && !(await isLockFree(join(folder, name)))) live.push(Number(number));
  }
  return live;
}

/** {@link liveWorkers} for those who change nothing. */
export async function seenWorkers(folder: string): Promise<string[]> {
  const seen: string[] = [];
  for (const { name } of await listFolder(folder)) if (WORKER.test(name) && (await isSeen(join(folder, name)))) seen.push(name);
  return seen;
}

/** Whether a lock has a holder that lives, as far as its text says. */
export async function isSeen(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const holder = parseHolder(text);
  return holder === undefined || hasEnded(holder) !== true;
}

/** Removes what workers left, all of whom are gone. Only for the holder of the lease: no worker comes meanwhile. */
export async function clearWorkers(folder: string): Promise<void> {
  const names = (await listFolder(folder)).map(({ name }) => join(folder, name));
  if (names.length > 0) await removeFiles(names);
  // Not there, or a lock is being taken away.
  await rmdir(folder).catch(() => {});
}
