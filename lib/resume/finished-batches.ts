import { isCheckpointError } from '../base/errors.js';
import { storeOf } from '../formats/choose.js';
import type { CheckpointStore } from '../store/store.js';
import { failedRows } from './ledger-head.js';
import { readLedger } from './read-ledger.js';
import type { SweepItem } from './sweep-item.js';

/**
 * The batches whose results are all in the checkpoint of their operation. The records of rows decide, row by row: key, content and number
 * of results. Times of files do not:
 * a clone, a copy or a download gives all files new ones, in any order. So a batch without a record, as `saveBatchCheckpoint` writes it, is
 * never finished.
 */
export async function finishedBatches(checkpoints: readonly SweepItem[], batches: readonly SweepItem[]): Promise<Set<SweepItem>> {
  const finished = new Set<SweepItem>();
  for (const group of groupsOf(batches)) {
    const [{ step, operation, hash }] = group as [SweepItem];
    const rowsOf = new Map<SweepItem, Set<string>>();
    for (const batch of group) {
      const rows = await rowsIn(batch.path);
      if (rows !== undefined) rowsOf.set(batch, rows);
    }
    for (const checkpoint of checkpoints) {
      if (checkpoint.step !== step || checkpoint.operation !== operation || checkpoint.hash !== hash) continue;
      const covered = await coveredBy(checkpoint, rowsOf);
      // What takes the place of the batches must be readable to its end.
      if (covered.length > 0 && (await isWhole(checkpoint.path))) for (const batch of covered) finished.add(batch);
    }
  }
  return finished;
}

/** The batches that say what they are of, those of one operation and hash together. */
function groupsOf(batches: readonly SweepItem[]): SweepItem[][] {
  const groups = new Map<string, SweepItem[]>();
  for (const batch of batches) {
    if (batch.step === null || batch.isDamaged) continue;
    const name = JSON.stringify([batch.step, batch.operation, batch.hash]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [batch]);
    else group.push(batch);
  }
  return [...groups.values()];
}

async function coveredBy({ path, step, operation }: SweepItem, rowsOf: ReadonlyMap<SweepItem, Set<string>>): Promise<SweepItem[]> {
  const wanted = new Set<string>();
  for (const rows of rowsOf.values()) for (const row of rows) wanted.add(row);
  const there = await rowsIn(path, (row) => wanted.has(row), { step, operation });
  if (there === undefined) return [];
  return [...rowsOf].filter(([, rows]) => [...rows].every((row) => there.has(row))).map(([batch]) => batch);
}

/**
 * The rows that a file's record names, those that `keeps` keeps; undefined where it has no record of the operation, or none that can be
 * read to its end.
 */
async function rowsIn(
  path: string,
  keeps: (row: string) => boolean = () => true,
  of?: Pick<SweepItem, 'step' | 'operation'>,
): Promise<Set<string> | undefined> {
  try {
    return await readLedger(path, async (ledger, head) => {
      // What it says of rows that failed is in no checkpoint.
      if (of === undefined && failedRows(head) > 0) return undefined;
      if (of !== undefined && (head.step !== of.step || head.operation !== of.operation)) return undefined;
      const rows = new Set<string>();
      await ledger.rows(head, ({ keyHigh, keyLow, high, low, count, time }) => {
        // Results that were made again have another time.
        const row = [keyHigh, keyLow, high, low, count, time].join();
        if (keeps(row)) rows.add(row);
      });
      // Its checksum is compared at its end.
      await ledger.finish();
      return rows;
    });
  } catch (error) {
    if (isCheckpointError(error)) return undefined;
    throw error;
  }
}

async function isWhole(path: string): Promise<boolean> {
  try {
    const store: CheckpointStore = await storeOf(path);
    for await (const _ of store.batches(path, {}));
    return true;
  } catch (error) {
    if (isCheckpointError(error)) return false;
    throw error;
  }
}
