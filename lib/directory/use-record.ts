import { mkdir, open, readdir, rmdir, stat, unlink, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { listFolder } from './folders.js';
import { CONTINUES, removeEmptyParts } from './parts.js';

/*
 * When results were last used. Beside a checkpoint `extract.parquet` that is the time of the empty file `.used/extract`, beside a folder of
 * batches `extract_batches` that of `.used/extract_batches`. A sweep that judges by age asks for it. It is no duty: where it cannot be
 * written, in a folder that is read only or on a full disk, nothing fails, and the age of the file counts.
 */

const FOLDER = '.used';
/** A use is noted this often at most, and not at all for a file that was written in this time. */
const PAUSE_MS = 3_600_000;
/** When the use of results was last noted, by the paths of the records. */
const noted = new Map<string, number>();
const MAX_NOTED = 10_000;
/** What follows the name of a record in the name of what it is of; nothing for a folder of batches. */
const ENDING = /^(?:\.(?:parquet|jsonl?))*$/;

/**
 * Notes that results were used. `of`: the path of a checkpoint without its extension, or of a folder of batches. `writtenMs`: the time of
 * the file that was read.
 */
export async function noteUse(of: string, writtenMs: number): Promise<void> {
  const now = Date.now();
  if (now - writtenMs < PAUSE_MS) return;
  const path = recordOf(of);
  if (now - (noted.get(path) ?? 0) < PAUSE_MS) return;
  if (noted.size >= MAX_NOTED) noted.clear();
  // Also where it cannot be written: it is not tried at every use.
  noted.set(path, now);
  try {
    const last = await usedMs(of);
    if (now - last < PAUSE_MS) noted.set(path, last);
    else await touch(path, new Date(now));
  } catch {
    // See above.
  }
}

/** When results were last used, as far as was noted, in milliseconds since 1970; 0 for never. */
export async function usedMs(of: string): Promise<number> {
  return stat(recordOf(of)).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/** Removes the records of results that are not in a folder any more; gives whether none is left of some. */
export async function forgetUses(folder: string): Promise<boolean> {
  const records = join(folder, FOLDER);
  try {
    const names = await readdir(records);
    const there = await readdir(folder);
    for (const name of names) {
      if (there.some((other) => other.startsWith(name) && ENDING.test(other.slice(name.length)))) continue;
      noted.delete(join(records, name));
      await unlink(join(records, name));
    }
    await rmdir(records);
    return true;
  } catch {
    // There are none, or some that stay.
    return false;
  }
}

/** The same in the folder of a step, and in those that a long name needs. */
export async function forgetUsesIn(folder: string): Promise<void> {
  for (const entry of await listFolder(folder))
    if (entry.isDirectory() && entry.name.endsWith(CONTINUES)) await forgetUsesIn(join(folder, entry.name));
  if (await forgetUses(folder)) await removeEmptyParts(folder);
}

async function touch(path: string, now: Date): Promise<void> {
  try {
    await utimes(path, now, now);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // The folder above is there, or the results were removed in this moment: it must not come back.
    await mkdir(dirname(path)).catch(() => {});
    await (await open(path, 'a')).close();
  }
}

function recordOf(of: string): string {
  return join(dirname(of), FOLDER, basename(of));
}
