import { throwIfAborted } from '../base/halt.js';
import { stat } from 'node:fs/promises';
import { CheckpointError, fromSystemError } from '../base/errors.js';
import { keysOf } from '../options/option-keys.js';
import { checkPath, checkReadOptions, type CheckpointInfo, type ReadOptions } from '../options/options.js';
import { storeOf } from '../formats/choose.js';

/** What {@link verifyCheckpoint} found in a file that is whole. */
export interface VerifyResult {
  /** The path as it was given. */
  path: string;
  /** What the file is, whatever its name. */
  format: CheckpointInfo['format'];
  /** Rows that were read: all of them. */
  rows: number;
  /** Size of the file in bytes. */
  bytes: number;
  /** Whether checksums of all that was read were compared. JSON has none, nor have most files of other writers: in those only broken syntax is found. */
  checksums: boolean;
}

/** Options of {@link verifyCheckpoint}, as of a load. */
export type VerifyOptions = Pick<ReadOptions, 'limits' | 'signal' | 'onProgress'>;

const KEYS = keysOf<VerifyOptions>({ limits: true, signal: true, onProgress: true });

/**
 * Reads every row of a checkpoint, and the record of rows that a `map` attached to it, compares its checksums, and throws what is wrong with it. Nothing is kept of the rows: memory is bounded, whatever the size.
 *
 * @param options `limits`, `signal` and `onProgress`, as of a load
 * @throws CheckpointError what `readCheckpoint` throws for the file: `ERR_CKPT_CORRUPT`, `ERR_CKPT_TRUNCATED`, `ERR_CKPT_NOT_A_CHECKPOINT`, ...
 */
export async function verifyCheckpoint(path: string, options?: VerifyOptions): Promise<VerifyResult> {
  checkPath(path);
  const checked = checkReadOptions(options, 'verifyCheckpoint', KEYS);
  throwIfAborted(checked.signal);
  const store = await storeOf(path);
  const { origin } = await store.head(path);
  let rows = 0;
  for await (const batch of store.batches(path, checked)) rows += batch.length;
  if (store.format === 'parquet') checkCount(path, rows, (await store.info(path)).rows);
  if (store.attachment !== undefined) await readAll(store.attachment(path), checked.signal);
  return { path, format: store.format, rows, bytes: await sizeOf(path), checksums: origin?.checksums ?? false };
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
