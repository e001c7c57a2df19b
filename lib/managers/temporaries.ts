import { stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../lock/holder.js';
import { listFolder } from './folders.js';

/** `.<name>.<pid>.<random>.tmp`: what the core's commit, commit.ts and the lock write before a rename. */
const TEMPORARY = /^\..+\.(\d+)\.[0-9a-f]+\.tmp$/;
/** A temporary that was written to within this time may be of a process on another machine, whose number means nothing here. */
const MIN_AGE_MS = 3_600_000;
/** Saves look for temporaries in a folder this often at most: with a thousand batches in it each look is as long as a save. */
const PAUSE_MS = 60_000;
/** When saves last looked, by folder. */
const looked = new Map<string, number>();
const MAX_LOOKED = 1000;

/** The temporaries that killed processes left in a folder: those not written to for an hour whose process has ended. */
export async function findTemporaries(folder: string, minAgeMs = MIN_AGE_MS): Promise<{ path: string; bytes: number }[]> {
  const found: { path: string; bytes: number }[] = [];
  for (const { name } of await listFolder(folder)) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(folder, name);
    try {
      const { mtimeMs, size } = await stat(path);
      if (Date.now() - mtimeMs >= minAgeMs) found.push({ path, bytes: size });
    } catch {
      // Gone already.
    }
  }
  return found;
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

/** Removes these temporaries. Gives how many. */
export async function sweepTemporaries(folder: string, minAgeMs = MIN_AGE_MS): Promise<number> {
  let removed = 0;
  for (const { path } of await findTemporaries(folder, minAgeMs)) {
    try {
      await unlink(path);
      removed++;
    } catch {
      // Gone already, or not ours to remove: a sweep is no duty.
    }
  }
  return removed;
}
