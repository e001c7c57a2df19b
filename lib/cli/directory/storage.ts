import { measureParquet } from '../../directory/migration.js';
import { storeOf } from '../../formats/choose.js';
import { percentOf } from '../output/quantities.js';
import type { StoredCheckpoint } from './layout-of.js';

/** What one checkpoint takes. A size is null where there is no such file. */
export interface StorageEntry {
  /** Null for a batch. */
  step: string | null;
  operation: string;
  batch: number | null;
  /** Of the file that was read: the Parquet one where there are both. */
  rows: number;
  jsonBytes: number | null;
  arrowBytes: number | null;
  /** What the JSON file would take as Parquet; null where that is there, or was not measured. */
  estimatedArrowBytes: number | null;
}

/** A group of checkpoints whose sizes are both known. */
export interface Savings {
  count: number;
  jsonBytes: number;
  arrowBytes: number;
  /** Negative where Parquet is larger. */
  savedBytes: number;
  savedPercent: number;
}

/** Sums of what exists; savings only of checkpoints of which both sizes are known. */
export interface StorageTotals {
  jsonBytes: number;
  arrowBytes: number;
  /** There as JSON and as Parquet. */
  both: Savings;
  /** There as JSON only. */
  notMigrated: { count: number; jsonBytes: number };
  /** There as Parquet only. */
  arrowOnly: { count: number; arrowBytes: number };
  /** Of those that are JSON only, with measured sizes; null if none was measured. */
  estimated: Savings | null;
}

/**
 * Looks into the files of a checkpoint, so that a damaged one is not counted.
 * @throws what is wrong with one of them
 */
export async function storageOf({ step, operation, batch, json, parquet }: StoredCheckpoint): Promise<StorageEntry> {
  const infoOf = async (path: string | undefined) => (path === undefined ? null : await (await storeOf(path)).info(path));
  const [ofJson, ofParquet] = [await infoOf(json), await infoOf(parquet)];
  const rows = (ofParquet ?? ofJson)?.rows ?? 0;
  return {
    step,
    operation,
    batch,
    rows,
    jsonBytes: ofJson?.bytes ?? null,
    arrowBytes: ofParquet?.bytes ?? null,
    estimatedArrowBytes: null,
  };
}

/** Measures what the JSON file would take as Parquet, where there is only that. @throws what is wrong with it */
export async function measured(entry: StorageEntry, path: string | undefined, signal: AbortSignal): Promise<StorageEntry> {
  if (path === undefined || entry.arrowBytes !== null) return entry;
  const { bytes } = await measureParquet(path, { signal });
  return { ...entry, estimatedArrowBytes: bytes };
}

/** Sums of entries. */
export function totalsOf(entries: readonly StorageEntry[]): StorageTotals {
  const both = entries.filter(({ jsonBytes, arrowBytes }) => jsonBytes !== null && arrowBytes !== null);
  const notMigrated = entries.filter(({ arrowBytes }) => arrowBytes === null);
  const arrowOnly = entries.filter(({ jsonBytes }) => jsonBytes === null);
  const estimated = notMigrated.filter(({ estimatedArrowBytes }) => estimatedArrowBytes !== null);
  return {
    jsonBytes: sum(entries, 'jsonBytes'),
    arrowBytes: sum(entries, 'arrowBytes'),
    both: savingsOf(both, 'arrowBytes'),
    notMigrated: { count: notMigrated.length, jsonBytes: sum(notMigrated, 'jsonBytes') },
    arrowOnly: { count: arrowOnly.length, arrowBytes: sum(arrowOnly, 'arrowBytes') },
    estimated: estimated.length === 0 ? null : savingsOf(estimated, 'estimatedArrowBytes'),
  };
}

/** Savings of several groups together. */
export function together(groups: readonly Savings[]): Savings {
  const add = (of: (group: Savings) => number): number => groups.reduce((total, group) => total + of(group), 0);
  return savings(
    add(({ count }) => count),
    add(({ jsonBytes }) => jsonBytes),
    add(({ arrowBytes }) => arrowBytes),
  );
}

function savingsOf(entries: readonly StorageEntry[], arrow: 'arrowBytes' | 'estimatedArrowBytes'): Savings {
  return savings(entries.length, sum(entries, 'jsonBytes'), sum(entries, arrow));
}

function savings(count: number, jsonBytes: number, arrowBytes: number): Savings {
  const savedBytes = jsonBytes - arrowBytes;
  return { count, jsonBytes, arrowBytes, savedBytes, savedPercent: percentOf(savedBytes, jsonBytes) };
}

function sum(entries: readonly StorageEntry[], of: 'jsonBytes' | 'arrowBytes' | 'estimatedArrowBytes'): number {
  return entries.reduce((total, entry) => total + (entry[of] ?? 0), 0);
}
