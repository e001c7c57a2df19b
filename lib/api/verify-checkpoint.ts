import { throwIfAborted } from '../base/halt.js';
import { stat } from 'node:fs/promises';
import { CheckpointError, fromSystemError } from '../base/errors.js';
import { keysOf } from '../options/option-keys.js';
import { checkPath, checkReadOptions, type CheckpointInfo, type ReadOptions } from '../options/options.js';
import { storeOf } from '../formats/choose.js';

/** What {@link verifyCheckpoint} found in a file that is whole. */
export interface VerifyResult extends Pick<CheckpointInfo, 'path' | 'format' | 'rows' | 'bytes'> {
  /** Whether checksums of all that was read were compared. JSON and most files of other writers have none. */
  checksums: boolean;
}

/** Options of {@link verifyCheckpoint}, as of a load. */
export type VerifyOptions = Pick<ReadOptions, 'limits' | 'signal' | 'onProgress'>;

const KEYS = keysOf<VerifyOptions>({ limits: true, signal: true, onProgress: true });

/**
 * Reads every row of a checkpoint, and the record of rows that a `map` attached, compares the checksums, and throws what is wrong. Memory
 * is bounded. @throws what {@link readCheckpoint} throws for the file: `ERR_CKPT_CORRUPT`, `ERR_CKPT_TRUNCATED`, ...
 */
export async function verifyCheckpoint(path: string, options?: VerifyOptions): Promise<VerifyResult> {
  checkPath(path);
  const checked = checkReadOptions(options, 'verifyCheckpoint', KEYS);
  throwIfAborted(checked.signal);
  const store = await storeOf(path);
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
