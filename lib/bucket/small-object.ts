import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError } from '../base/errors.js';
import type { Bucket, BucketPutOptions } from '../options/bucket.js';
import { remoteFolder } from './remote-folder.js';

/** What is read into memory is never longer. */
const MAX_BYTES = 64 << 20;

/** The text of a small object and its state; null where it is not there. @throws `ERR_CKPT_BUCKET_ANSWER` for one that is too long */
export async function readSmall(bucket: Bucket, key: string, signal?: AbortSignal): Promise<{ text: string; etag: string } | null> {
  const found = await bucket.get(key, signal && { signal });
  if (found === null) return null;
  if (found.size > MAX_BYTES) {
    // Ends the request.
    for await (const _ of found.body) break;
    throw new CheckpointError('ERR_CKPT_BUCKET_ANSWER', `the object ${key} has ${found.size} bytes, and ${MAX_BYTES} at most are expected`);
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of found.body) pieces.push(piece);
  return { text: Buffer.concat(pieces).toString('utf8'), etag: found.etag };
}

/** Makes a small object of a text. A bucket takes files: this one is removed afterwards. */
export async function writeSmall(bucket: Bucket, key: string, text: string, options: BucketPutOptions = {}): Promise<{ etag: string }> {
  const folder = await remoteFolder();
  try {
    const file = join(folder, 'text');
    await writeFile(file, text, { mode: 0o600 });
    return await bucket.put(key, file, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
