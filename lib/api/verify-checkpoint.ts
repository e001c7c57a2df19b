import { throwIfAborted } from '../base/halt.js';
import { stat } from 'node:fs/promises';
import { CheckpointError, fromSystemError } from '../base/errors.js';
import { keysOf } from '../options/option-keys.js';
import { checkFilePath, checkReadOptions, type CheckpointInfo, type ReadOptions } from '../options/options.js';
import { remotePlace } from '../bucket/bucket-of.js';
import { storeOf } from '../formats/choose.js';
import { remote } from '../formats/remote.js';
import { checkFileBucket, type FileBucketOptions } from '../options/file-options.js';
import type { CheckpointStore } from '../store/store.js';

/** What {@link verifyCheckpoint} found in a file that is whole. */
export interface VerifyResult extends Pick<CheckpointInfo, 'path' | 'format' | 'rows' | 'bytes'> {
  /** Whether checksums of all that was read were compared. JSON and most files of other writers have none. */
  checksums: boolean;
}

/** Options of {@link verifyCheckpoint}, as of a load. */
export interface VerifyOptions extends Pick<ReadOptions, 'limits' | 'signal' | 'onProgress'>, FileBucketOptions {}

const KEYS = keysOf<VerifyOptions>({ limits: true, signal: true, onProgress: true, bucket: true });

/**
 * Reads every row of a checkpoint, and the record of rows that a `map` attached, compares the checksums, and throws what is wrong. Memory
 * is bounded. Of a URL the whole object is fetched to a temporary file. @throws what {@link readCheckpoint} throws for the file:
 * `ERR_CKPT_CORRUPT`, `ERR_CKPT_TRUNCATED`, ...
 */
export async function verifyCheckpoint(path: string, options?: VerifyOptions): Promise<VerifyResult> {
  checkFilePath(path);
  const { bucket, ...checked } = checkReadOptions(options, 'verifyCheckpoint', KEYS) as VerifyOptions;
  throwIfAborted(checked.signal);
  const place = remotePlace(path, checkFileBucket(path, bucket));
  if (place === undefined) return verify(path, await storeOf(path), checked);
  const { withWhole } = await remote();
  const result = await withWhole(place, checked, (local, store) => verify(local, store, checked));
  return { ...result, path: place.url };
}

async function verify(path: string, store: CheckpointStore, checked: ReadOptions): Promise<VerifyResult> {
  const { origin } = await store.head(path);
  let rows = 0;
  for await (const batch of store.batches(path, checked)) rows += batch.length;
  const info = store.format === 'parquet' ? await store.info(path) : undefined;
  if (info !== undefined) checkCount(path, rows, info.rows);
  if (store.attachment !== undefined) await readAll(store.attachment(path), checked.signal);
  return { path, format: store.format, rows, bytes: info?.bytes ?? (await sizeOf(path)), checksums: origin?.checksums ?? false };
}

/** Only after its last piece the checksum of an attachment is compared. */
async function readAll(attachment: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): Promise<void> {
  for await (const _ of attachment) throwIfAborted(signal);
}

function checkCount(path: string, rows: number, promised: number): void {
  if (rows === promised) return;
  throw new CheckpointError('ERR_CKPT_CORRUPT', `${path} is damaged: its footer says ${promised} rows, but there are ${rows}`, { path });
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  }
}
