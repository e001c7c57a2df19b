import type { FileHandle } from 'node:fs/promises';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commitFile } from '../../base/commit/commit.js';
import { remotePlace } from '../../bucket/bucket-of.js';
import { remoteFolder } from '../../bucket/remote-folder.js';

/** Writes a file, or the object of a URL, whole or not at all. @throws what `write`, the file system and the bucket throw */
export async function commitTo<T>(path: string, signal: AbortSignal, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  const place = remotePlace(path, undefined);
  if (place === undefined) return commitFile(path, write);
  const folder = await remoteFolder();
  try {
    const local = join(folder, 'object');
    const result = await commitFile(local, write);
    await place.bucket.put(place.key, local, { signal });
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
