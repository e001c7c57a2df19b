import { stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../lock/holder.js';
import { listFolder } from './folders.js';

/** `.<name>.<pid>.<random>.tmp`: what the core's commit, commit.ts and the lock write before a rename. */
const TEMPORARY = /^\..+\.(\d+)\.[0-9a-f]+\.tmp$/;
/** A temporary that was written to within this time may be of a process on another machine, whose number means nothing here. */
const MIN_AGE_MS = 3_600_000;

/** Removes the temporaries that killed processes left in a folder: those not written to for an hour whose process has ended. Gives how many. */
export async function sweepTemporaries(folder: string, minAgeMs = MIN_AGE_MS): Promise<number> {
  let removed = 0;
  for (const { name } of await listFolder(folder)) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(folder, name);
    try {
      if (Date.now() - (await stat(path)).mtimeMs < minAgeMs) continue;
      await unlink(path);
      removed++;
    } catch {
      // Gone already, or not ours to remove: a sweep is no duty.
    }
  }
  return removed;
}
