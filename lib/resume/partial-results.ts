import type { RowLike, Row } from '../base/rows.js';
import type { OperationFiles } from '../directory/operation-files.js';
import { isOfOperation } from './ledger-head.js';
import { keyOfRow, readBatches, recordOf, type BatchRecord } from './read-batches.js';

/** The results of an operation so far. */
export interface PartialResults<T extends RowLike = Row> {
  /** The results of the checkpoint in its order, then those of batches, which are newer and replace it row by row. */
  rows: T[];
  /** How many rows of the input these are the results of. Undefined if no `map` made the checkpoint. */
  inputRows: number | undefined;
  /** The batches have results that the checkpoint lacks: a `map` runs or was interrupted, and more may come. */
  isPartial: boolean;
}

/** How often to begin anew where a `map` ends while it is looked at: then its batches go, and their results are in the checkpoint. */
const ATTEMPTS = 10;

/** What is there of an operation, of its hash if it has one. */
export async function partialResults(files: OperationFiles): Promise<PartialResults<Row> | null> {
  const { step, operation, hash, logger } = files;
  const isWanted = (record: BatchRecord | undefined): boolean =>
    record !== undefined && isOfOperation(record.head, files) && (hash === undefined || record.hash === hash);
  const folders = [await files.sharedBatches(), await files.batches()].map((folder) => ({ step, operation, folder }));
  for (let attempt = 1; ; attempt++) {
    const before = await files.version();
    const final = await finalOf(files);
    const found = await readBatches(folders, logger, isWanted);
    if ((await files.version()) === before || attempt === ATTEMPTS) return joined(final, found);
  }
}

async function finalOf(files: OperationFiles): Promise<{ rows: Row[]; record: BatchRecord | undefined } | null> {
  const loaded = await files.load(async (store, path) => ({
    record: await recordOf(path),
    rows: await store.read(path, { compat: 'docetl' }),
  }));
  return loaded?.result ?? null;
}

function joined(
  final: { rows: Row[]; record: BatchRecord | undefined } | null,
  batches: Awaited<ReturnType<typeof readBatches>>,
): PartialResults<Row> | null {
  if (final === null && batches.length === 0) return null;
  const newer = new Map<string, string>();
  for (const { record } of batches) {
    for (const row of record?.rows ?? []) newer.set(keyOfRow(record as BatchRecord, row.keyHigh, row.keyLow), contentOf(row));
  }
  const rows: Row[] = [];
  if (final !== null && final.record === undefined) for (const row of final.rows) rows.push(row);
  let offset = 0;
  let ofFinal = 0;
  for (const row of final?.record?.rows ?? []) {
    const key = keyOfRow(final?.record as BatchRecord, row.keyHigh, row.keyLow);
    // The same in a batch: it was left behind.
    if (newer.get(key) === contentOf(row)) newer.delete(key);
    if (!newer.has(key)) {
      ofFinal++;
      for (const result of final?.rows.slice(offset, offset + row.count) ?? []) rows.push(result);
    }
    offset += row.count;
  }
  const isPartial = newer.size > 0 || final === null;
  for (const batch of batches) {
    let at = 0;
    for (const row of batch.kept) {
      const isNew = newer.has(keyOfRow(batch.record as BatchRecord, row.keyHigh, row.keyLow));
      if (isNew) for (const result of batch.rows.slice(at, at + row.count)) rows.push(result);
      at += row.count;
    }
  }
  const isCounted = final === null || final.record !== undefined;
  return { rows, inputRows: isCounted ? ofFinal + newer.size : undefined, isPartial };
}

/** Results that were made again, as they were too old, are of another time. */
function contentOf({ high, low, time }: { high: number; low: number; time: number }): string {
  return `${high} ${low} ${time}`;
}
