import { dirname } from 'node:path';
import { isCheckpointError } from '../base/errors.js';
import { clearBatchFolder } from '../directory/clear.js';
import { batchStem, filesOf, listBatches, type BatchFolder } from '../directory/layout.js';
import { loadFile } from '../directory/load.js';
import type { Logger } from '../directory/log-lines.js';
import type { Row } from '../base/rows.js';
import { storeOf } from '../formats/choose.js';
import type { StoredFailure } from './failure-record.js';
import { MOST_LOOKS } from './found-files.js';
import type { LedgerReader, LedgerRow } from './ledger.js';
import { failedRows, type LedgerHead } from './ledger-head.js';
import { readLedger } from './read-ledger.js';
import { takeLease } from '../directory/lease.js';

/** A batch as it was read. */
interface ReadBatch {
  index: number;
  /** Those of rows that no later batch has; of a merged file's sources nothing is left. */
  rows: Row[];
  /** What its record says of the rows that {@link rows} are of. */
  kept: LedgerRow[];
  /** What its record of rows says; undefined for one of `saveBatchCheckpoint`. */
  record: BatchRecord | undefined;
}

/** The record of a batch file. */
export interface BatchRecord {
  head: LedgerHead;
  hash: string | null;
  rows: LedgerRow[];
  /** Rows that failed. */
  failures: StoredFailure[];
}

/**
 * The batches in folders, each row of the input once: a file that others were merged into is there before those go, and stays beside them
 * for good where the process is killed in between. Of a row that two files have, the later one counts.
 *
 * Other processes may write and merge meanwhile. A file that is gone when it is to be read was merged, or all results are in the final
 * checkpoint: the folder is looked at anew, until nothing has gone. What was read before stays.
 */
export async function readBatches(
  folders: readonly BatchFolder[],
  logger: Logger | null,
  wanted: (record: BatchRecord | undefined) => boolean = () => true,
): Promise<ReadBatch[]> {
  const batches: ReadBatch[] = [];
  for (const { folder } of folders) batches.push(...(await collected(folder, (stem) => readBatch(stem, logger), wanted)));
  return distinct(batches);
}

/** The indexes of the batches that {@link readBatches} gives. Reads the records only. */
export async function batchIndexes(folders: readonly BatchFolder[]): Promise<number[]> {
  const batches: ReadBatch[] = [];
  for (const { folder } of folders) batches.push(...(await collected(folder, readRecord, () => true)));
  return distinct(batches).map(({ index }) => index);
}

/** Removes the batches in folders, under the leases of the operations; gives how many files there were. */
export async function deleteBatches(directory: string, folders: readonly BatchFolder[]): Promise<number> {
  let removed = 0;
  for (const { step, operation, folder } of folders) {
    if ((await listBatches(folder)).length === 0) continue;
    const lease = step === null ? undefined : await takeLease({ directory, step, operation }, { lockWait: 0, sweeps: true });
    try {
      removed += await clearBatchFolder(folder);
    } finally {
      await lease?.release();
    }
  }
  return removed;
}

type Read = Pick<ReadBatch, 'rows' | 'record'>;

async function collected(
  folder: string,
  read: (stem: string) => Promise<Read | null>,
  wanted: (record: BatchRecord | undefined) => boolean,
): Promise<ReadBatch[]> {
  const found = new Map<number, ReadBatch & { version: string | undefined }>();
  for (let look = 1; ; look++) {
    let isWhole = true;
    for (const index of await listBatches(folder)) {
      const stem = batchStem(folder, index);
      const [file] = await filesOf(stem);
      // A file of another version has replaced the one that was read.
      if (file !== undefined && found.get(index)?.version === file.version) continue;
      const batch = file === undefined ? null : await read(stem);
      if (batch === null) isWhole = false;
      else found.set(index, { index, ...batch, kept: [], version: file?.version });
    }
    if (isWhole || look >= MOST_LOOKS) break;
  }
  return [...found.values()].filter(({ record }) => wanted(record)).sort((a, b) => a.index - b.index);
}

/** Null: it is gone. */
async function readBatch(stem: string, logger: Logger | null): Promise<Read | null> {
  const loaded = await loadFile({ find: () => filesOf(stem), uses: dirname(stem), logger }, async (store, path) => ({
    record: await recordOf(path),
    rows: await store.read(path, { compat: 'docetl' }),
  }));
  return loaded?.result ?? null;
}

async function readRecord(stem: string): Promise<Read | null> {
  try {
    const loaded = await loadFile({ find: () => filesOf(stem), logger: null }, async (_store, path) => recordOf(path));
    return loaded === null ? null : { record: loaded.result, rows: [] };
  } catch (error) {
    // It is there, whatever is in it.
    if (isCheckpointError(error)) return { record: undefined, rows: [] };
    throw error;
  }
}

/** What a file of results says of its rows; undefined where it has no record. */
export async function recordOf(path: string): Promise<BatchRecord | undefined> {
  const store = await storeOf(path);
  const { hash } = await store.head(path);
  const read = async (ledger: LedgerReader, head: LedgerHead): Promise<BatchRecord> => {
    const rows: LedgerRow[] = [];
    await ledger.rows(head, (row) => void rows.push({ ...row }));
    const failures = await ledger.failures(head);
    await ledger.finish();
    return { head, hash, rows, failures };
  };
  return readLedger(path, read, store);
}

/** The batches without rows that a later one has, and without those of which nothing is left. */
function distinct(batches: readonly ReadBatch[]): ReadBatch[] {
  const seen = new Set<string>();
  const left: ReadBatch[] = [];
  for (const batch of [...batches].reverse()) {
    const { record, rows } = batch;
    if (record === undefined) {
      left.push(batch);
      continue;
    }
    const own: Row[] = [];
    const kept: LedgerRow[] = [];
    let offset = 0;
    // One that has records of failures alone is no batch of results.
    let isNeeded = record.rows.length === 0 && failedRows(record.head) === 0;
    for (const line of record.rows) {
      const { keyHigh, keyLow, count } = line;
      const key = keyOfRow(record, keyHigh, keyLow);
      if (!seen.has(key)) {
        isNeeded = true;
        seen.add(key);
        kept.push(line);
        for (const row of rows.slice(offset, offset + count)) own.push(row);
      }
      offset += count;
    }
    if (isNeeded) left.push({ ...batch, rows: own, kept });
  }
  return left.reverse();
}

/** What no row of another key, step or operation has. */
export function keyOfRow({ head }: Pick<BatchRecord, 'head'>, keyHigh: number, keyLow: number): string {
  return `${keyHigh} ${keyLow} ${JSON.stringify([head.step, head.operation])}`;
}
