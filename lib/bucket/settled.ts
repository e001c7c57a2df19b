import type { CheckpointError } from '../base/errors.js';
import type { Bucket, BucketPutOptions } from '../options/bucket.js';
import { UploadFile } from './upload-file.js';

/** So much of an object's end is compared: a checkpoint's footer and the checksums in it, or all of a small object. */
const TAIL_BYTES = 64 << 10;

/** A failure of a put that may have succeeded all the same. */
export class Unsure extends Error {
  /** What it is if it did not. */
  readonly known: CheckpointError;

  constructor(known: CheckpointError) {
    super(known.message);
    this.known = known;
  }
}

/**
 * What `put` gives, or, where nobody said whether it was carried out, what is there: if the object is the file, it was. Its size and its
 * end are compared.
 */
export async function settled(
  bucket: Pick<Bucket, 'get'>,
  key: string,
  file: UploadFile,
  { signal }: BucketPutOptions,
  put: () => Promise<string>,
): Promise<{ etag: string }> {
  try {
    return { etag: await put() };
  } catch (error) {
    if (!(error instanceof Unsure)) throw error;
    const etag = await etagOfSame(bucket, key, file, signal).catch(() => undefined);
    if (etag === undefined) throw error.known;
    return { etag };
  }
}

/** Whether there is no object. */
export async function isGone(bucket: Pick<Bucket, 'get'>, key: string, signal: AbortSignal | undefined): Promise<boolean> {
  const found = await bucket.get(key, { range: { start: 0, end: 1 }, ...(signal !== undefined && { signal }) });
  // Read to its end: else the request would stay.
  for await (const _ of found?.body ?? []);
  return found === null;
}

/** The state of an object that is the same as a local file, as far as its size and its end tell; undefined if it is not. */
export async function sameThere(
  bucket: Pick<Bucket, 'get'>,
  key: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const file = await UploadFile.open(path);
  try {
    return await etagOfSame(bucket, key, file, signal);
  } finally {
    await file.close();
  }
}

async function etagOfSame(
  bucket: Pick<Bucket, 'get'>,
  key: string,
  file: UploadFile,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const last = Math.min(TAIL_BYTES, file.size);
  const found = await bucket.get(key, { ...(last > 0 && { range: { last } }), ...(signal !== undefined && { signal }) });
  if (found === null) return undefined;
  const pieces: Uint8Array[] = [];
  for await (const piece of found.body) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  if (found.size !== file.size || found.offset + bytes.length !== file.size) return undefined;
  return bytes.subarray(-last).equals(await file.range(file.size - last, file.size).bytes()) || last === 0 ? found.etag : undefined;
}
