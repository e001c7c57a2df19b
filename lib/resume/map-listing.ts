import { isCheckpointError, type CheckpointError } from '../base/errors.js';
import { contentsOf, type FoundFile } from '../directory/layout.js';
import { isInUse } from '../directory/lease.js';
import { digest } from './digest.js';
import { readEach } from './found-files.js';
import { keyOfRow, recordOf, type BatchRecord } from './read-batches.js';
import { addUsage, NO_USAGE, type UsageTotals } from './usage/usage.js';

/** A batch file and what it says. */
interface ReadFile {
  file: FoundFile;
  record: BatchRecord;
}

/** A `map` that runs, or that ended before its checkpoint was saved: what its batches hold. */
export interface MapListing {
  step: string;
  operation: string;
  /** Null: the map has none. */
  hash: string | null;
  /** `running`: somebody works on the operation, and these are its newest batches. */
  state: 'running' | 'interrupted';
  /** Rows of the input whose results the batches hold. */
  rows: number;
  /** Rows that failed, and have no results since: see {@link CheckpointManager.failures}. */
  failed: number;
  /** What was used for these results, as far as the map told. */
  usage: UsageTotals;
  batches: number;
  /** Of all batch files. */
  bytes: number;
  /** When the newest batch was written. */
  modified: Date;
}

/**
 * The maps of a directory that have batches, in the order of their steps, operations and last writes. Changes nothing.
 * @param failed told of each folder that cannot be listed; the rest goes on. Without it that is thrown
 */
export async function mapsIn(directory: string, failed?: (error: CheckpointError) => void): Promise<MapListing[]> {
  const tell = (error: unknown): never[] => {
    if (failed === undefined || !isCheckpointError(error)) throw error;
    failed(error);
    return [];
  };
  const groups = new Map<string, ReadFile[]>();
  const { batches } = await contentsOf(directory);
  for (const { folder } of batches) {
    for (const batch of await readEach(folder, readFile).catch(tell)) {
      if (batch.record === undefined) continue;
      const { head, hash } = batch.record;
      const name = JSON.stringify([head.step, head.operation, hash]);
      const group = groups.get(name);
      const read = { file: batch.file, record: batch.record };
      if (group === undefined) groups.set(name, [read]);
      else group.push(read);
    }
  }
  const listed = [...groups.values()].map(listingOf);
  listed.sort((a, b) => compare(a.step, b.step) || compare(a.operation, b.operation) || b.modified.getTime() - a.modified.getTime());
  const running = new Set<string>();
  for (const listing of listed) {
    const { step, operation } = listing;
    const name = JSON.stringify([step, operation]);
    // Who works on an operation writes the newest batches; those of other hashes wait.
    if (running.has(name) || !(await isInUse({ directory, step, operation }))) continue;
    running.add(name);
    listing.state = 'running';
  }
  return listed;
}

function listingOf(found: readonly ReadFile[]): MapListing {
  const [{ record: first }] = found as [ReadFile];
  const { step, operation } = first.head;
  const rows = new Set<string>();
  const failed = new Set<string>();
  const listing: MapListing = {
    step,
    operation,
    hash: first.hash,
    state: 'interrupted',
    rows: 0,
    failed: 0,
    usage: { ...NO_USAGE },
    batches: 0,
    bytes: 0,
    modified: new Date(0),
  };
  for (const { file, record } of found) {
    const { bytes, modifiedMs } = file;
    for (const row of record.rows) {
      const name = keyOfRow(record, row.keyHigh, row.keyLow);
      // What was merged may still be there, too.
      if (!rows.has(name)) addUsage(listing.usage, row);
      rows.add(name);
      failed.delete(name);
    }
    for (const { key } of record.failures) {
      const { high, low } = digest(key);
      failed.add(keyOfRow(record, high, low));
    }
    listing.batches++;
    listing.bytes += bytes;
    if (modifiedMs > listing.modified.getTime()) listing.modified = new Date(modifiedMs);
  }
  return { ...listing, rows: rows.size, failed: failed.size };
}

/** A damaged one is computed again; that of `saveBatchCheckpoint` has no record. */
async function readFile(file: FoundFile): Promise<{ file: FoundFile; record: BatchRecord | undefined } | 'gone'> {
  try {
    return { file, record: await recordOf(file.path) };
  } catch (error) {
    if (!isCheckpointError(error)) throw error;
    return error.code === 'ERR_CKPT_NOT_FOUND' ? 'gone' : { file, record: undefined };
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
