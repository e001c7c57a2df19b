import { readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasEnded, isAlive, parseHolder } from '../base/lock/holder.js';
import { listFolder } from '../directory/folders.js';
import { listBatchOperations, listSteps } from '../directory/layout.js';
import { findTemporaries } from '../directory/temporaries.js';
import { isClaim } from './batch-log.js';
import { isLease } from '../directory/lease.js';
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

/** A claim is empty for a moment, then it holds the number of its process. */
const EMPTY_MS = 60_000;

async function isDeadClaim(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text !== '') return Number(text) > 0 && !isAlive(Number(text));
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > EMPTY_MS,
    () => false,
  );
}

/** Removes the claims of processes that have ended from a folder of batches; all of them where nobody else may write there. */
export async function removeClaims(folder: string, areAllDead: boolean): Promise<void> {
  for (const { name } of await listFolder(folder)) {
    const path = join(folder, name);
    if (isClaim(name) && (areAllDead || (await isDeadClaim(path)))) await unlink(path).catch(() => {});
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
