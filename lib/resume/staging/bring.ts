import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeAll } from '../../base/commit/write-all.js';
import { CheckpointError, fromSystemError, isCheckpointError } from '../../base/errors.js';
import { placeIn, type BucketHome } from '../../directory/bucket/bucket-home.js';
import { inParallel } from '../../base/in-parallel.js';
import { makeFolders } from '../../directory/folders.js';
import type { BucketEntry, BucketObject } from '../../options/bucket.js';
import type { Area } from './areas.js';

/** How often files are looked for anew that go while they are fetched, as somebody merges them. */
const MOST_LOOKS = 20;

/** An object of an area. */
interface Found extends BucketEntry {
  name: string;
}

/**
 * Fetches the objects of an area that are not here, those that `isHere` does not know, and gives what was fetched. All are those of one
 * listing: where one goes or changes meanwhile, it is listed anew. Those that were fetched and have gone by then stay: their results are in
 * others, too.
 */
export async function bring(
  home: BucketHome,
  { here, there, has }: Area,
  isHere: (path: string, etag: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<{ path: string; etag: string }[]> {
  const fetched = new Map<string, string>();
  const { bucket } = home;
  const { key: begin, url } = placeIn(home, there);
  const asked = signal && { signal };
  for (let look = 1; ; look++) {
    const wanted: Found[] = [];
    for await (const entry of bucket.list(begin, asked)) {
      const name = entry.key.slice(begin.length);
      const path = here + name;
      if (has(name) && fetched.get(path) !== entry.etag && !isHere(path, entry.etag)) wanted.push({ ...entry, name });
    }
    for (const folder of new Set(wanted.map(({ name }) => dirname(here + name)))) await makeFolders(folder);
    const gone = await inParallel(wanted, async ({ key, name, etag }) => {
      const path = here + name;
      try {
        const found = await bucket.get(key, { ifMatch: etag, ...asked });
        if (found === null) return true;
        await take(path, found);
        fetched.set(path, found.etag);
        return false;
      } catch (error) {
        if (isCheckpointError(error) && error.code === 'ERR_CKPT_CHANGED') return true;
        throw error;
      }
    });
    if (!gone.includes(true)) return [...fetched].map(([path, etag]) => ({ path, etag }));
    if (look === MOST_LOOKS) {
      const message = `the objects of ${url} changed ${MOST_LOOKS} times while they were read; try again when nobody works on them`;
      throw new CheckpointError('ERR_CKPT_CHANGED', message, { path: url });
    }
  }
}

/** Makes a file of an object, whole or not at all. It is as old as that, where the store tells. */
async function take(path: string, { body, size, modified }: BucketObject): Promise<void> {
  const unfinished = `${path}.part`;
  try {
    const handle = await open(unfinished, 'w', 0o600);
    let at = 0;
    try {
      for await (const piece of body) {
        await writeAll(handle, piece, at);
        at += piece.length;
      }
      if (modified !== undefined) await handle.utimes(modified, modified);
    } finally {
      await handle.close();
    }
    if (at !== size) throw new CheckpointError('ERR_CKPT_BUCKET_ANSWER', `${size} bytes were to come, and ${at} came`);
    await rename(unfinished, path);
  } catch (error) {
    throw fromSystemError(error, 'write', path);
  }
}
