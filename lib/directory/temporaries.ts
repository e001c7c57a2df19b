import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { nameOfNext, settleSwap } from '../base/commit/swap.js';
import { removePath } from '../base/commit/remove-path.js';
import { ownerOf } from '../base/commit/temporary-name.js';
import { listFolder } from './folders.js';

/**
 * Of a process of another machine or container nobody here can tell whether it lives. It writes to its temporary while it saves; one that
 * has not done so for an hour is of a process that was killed. The worst that a wrong guess does: a save that stood still for an hour
 * fails, and can be made again. No temporary holds the only copy of what was once durable.
 */
const FOREIGN_AGE_MS = 3_600_000;
/** Saves look for temporaries in a folder this often at most: with a thousand batches in it each look is as long as a save. */
const PAUSE_MS = 60_000;
/** When saves last looked, by folder. */
const looked = new Map<string, number>();
const MAX_LOOKED = 1000;

/** The temporaries that killed processes left in a folder. */
export async function findTemporaries(folder: string): Promise<{ path: string; bytes: number }[]> {
  const found: { path: string; bytes: number }[] = [];
  for (const { name } of await listFolder(folder)) {
    const owner = ownerOf(name);
    if (owner === undefined || owner === 'alive') continue;
    const path = join(folder, name);
    try {
      const stats = await stat(path);
      const { mtimeMs, size } = stats.isDirectory() ? await together(path, stats) : stats;
      if (owner === 'dead' || Date.now() - mtimeMs >= FOREIGN_AGE_MS) found.push({ path, bytes: size });
    } catch {
      // Gone already.
    }
  }
  return found;
}

/** A folder of parts that is being written, or was replaced: it is written to as long as one of its files is. */
async function together(folder: string, { mtimeMs }: Stats): Promise<Pick<Stats, 'mtimeMs' | 'size'>> {
  const files = await Promise.all((await listFolder(folder)).map(({ name }) => stat(join(folder, name))));
  return { mtimeMs: Math.max(mtimeMs, ...files.map((file) => file.mtimeMs)), size: files.reduce((sum, { size }) => sum + size, 0) };
}

/** Sweeps a folder that was saved to, at the first save and then now and then. */
export async function sweepAfterSave(folder: string): Promise<void> {
  const now = performance.now();
  const last = looked.get(folder);
  if (last !== undefined && now - last < PAUSE_MS) return;
  if (looked.size >= MAX_LOOKED) looked.clear();
  looked.set(folder, now);
  await sweepTemporaries(folder);
}

/** Gives their names to checkpoints that wait for them since their processes have ended, or removes what waits in vain. */
export async function settleSwaps(folder: string): Promise<void> {
  for (const { name } of await listFolder(folder)) {
    const waiting = nameOfNext(name);
    // A sweep is no duty: readers find what waits.
    if (waiting !== undefined) await settleSwap(join(folder, waiting)).catch(() => {});
  }
}

/** Removes these temporaries. Gives how many. */
export async function sweepTemporaries(folder: string): Promise<number> {
  await settleSwaps(folder);
  let removed = 0;
  for (const { path } of await findTemporaries(folder)) {
    try {
      await removePath(path);
      removed++;
    } catch {
      // Gone already, or not ours to remove: a sweep is no duty.
    }
  }
  return removed;
}
