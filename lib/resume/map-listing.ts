import { isCheckpointError, type CheckpointError } from '../base/errors.js';
import { contentsOf } from '../directory/layout.js';
import { isInUse } from '../directory/lease.js';
import { digest } from './digest.js';
import { findBatches, type FoundBatch } from './found-files.js';
import { keyOfRow, recordOf } from './read-batches.js';
import { addUsage, NO_USAGE, type UsageTotals } from './usage/usage.js';

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
  const groups = new Map<string, FoundBatch[]>();
  const { batches } = await contentsOf(directory);
  for (const { folder } of batches) {
    for (const batch of await findBatches(folder).catch(tell)) {
      if (batch.head === null) continue;
      const { step, operation } = batch.head;
      const name = JSON.stringify([step, operation, batch.hash]);
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [batch]);
      else group.push(batch);
    }
  }
  const listed = (await Promise.all([...groups.values()].map(listingOf))).filter((listing) => listing.batches > 0);
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

async function listingOf(found: readonly FoundBatch[]): Promise<MapListing> {
  const [first] = found as [FoundBatch];
  const { step = '', operation = '' } = first.head ?? {};
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
  for (const { path, bytes, modifiedMs } of found) {
    const record = await recordOf(path).catch(goneOrDamaged);
    if (record === undefined) continue;
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

/** A batch may be merged with others meanwhile, and a damaged one is computed again. */
function goneOrDamaged(error: unknown): undefined {
  if (!isCheckpointError(error)) throw error;
  return undefined;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
