import { readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasEnded, isAlive, parseHolder } from '../base/lock/holder.js';
import { listFolder } from '../directory/folders.js';
import { listBatchOperations, listSteps } from '../directory/layout.js';
import { findTemporaries } from '../directory/temporaries.js';
import { isClaim } from './batch-log.js';
import { isLease } from './place.js';
import type { SweepItem } from './sweep-item.js';

/** What processes that have ended left in a directory: temporaries, leases, claims of batches. */
export async function leftovers(directory: string, items: readonly SweepItem[]): Promise<{ path: string; bytes: number }[]> {
  const steps = (await listSteps(directory)).map(({ folder }) => folder);
  const batches = (await listBatchOperations(directory)).map(({ folder }) => folder);
  const folders = new Set([directory, ...steps, ...batches, ...items.map(({ path }) => dirname(path))]);
  const found: { path: string; bytes: number }[] = [];
  for (const folder of folders) {
    found.push(...(await findTemporaries(folder)));
    for (const { name } of await listFolder(folder)) {
      const path = join(folder, name);
      if ((folder === directory && isLease(name) && (await isDeadLease(path))) || (isClaim(name) && (await isDeadClaim(path))))
        found.push({ path, bytes: await sizeOf(path) });
    }
  }
  return found;
}

async function isDeadLease(path: string): Promise<boolean> {
  const holder = parseHolder(await readFile(path, 'utf8').catch(() => ''));
  return holder !== undefined && hasEnded(holder) === true;
}

/** A claim holds the number of its process. */
async function isDeadClaim(path: string): Promise<boolean> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''));
  return pid > 0 && !isAlive(pid);
}

/** Removes the claims of processes that have ended from a folder of batches. */
export async function removeDeadClaims(folder: string): Promise<void> {
  for (const { name } of await listFolder(folder)) {
    const path = join(folder, name);
    if (isClaim(name) && (await isDeadClaim(path))) await unlink(path).catch(() => {});
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
