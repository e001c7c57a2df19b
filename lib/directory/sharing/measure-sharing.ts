import { basename } from 'node:path';
import { describedParquet } from '../../formats/parquet/describe-files.js';
import { eachReference } from '../../formats/parquet/each-reference.js';
import { type ColumnReference } from '../../formats/parquet/references.js';
import type { CheckpointInfo } from '../../options/options.js';
import { parquetStore } from '../../formats/parquet/parquet-store.js';
import { DocetlConfig } from '../docetl-config.js';
import { RecentFiles } from '../recent-files.js';
import { dedupeDirectory } from './dedupe-directory.js';
import type { SharedCheckpoint } from './shared-checkpoints.js';
import type { DedupeOptions, RewrittenCheckpoint } from './sharing-options.js';

/** What a checkpoint would share with one before it. */
interface SharedPair {
  step: string;
  operation: string;
  sharedBytes: number;
  /** By column. */
  columns: Record<string, { rows: number; bytes: number }>;
}

/** What a checkpoint would be if it shared its values with those before it. */
export interface MeasuredSharing {
  step: string;
  operation: string;
  bytes: number;
  rows: number;
  /** Bytes of its file then. */
  ownBytes: number;
  sharedBytes: number;
  /** Columns whose values are in others, some or all. */
  columns: { name: string; sharedRows: number; ownRows: number; sharedBytes: number }[];
  with: SharedPair[];
}

/**
 * Measures what the checkpoints of a directory would share, and changes nothing: each is written into the system's folder of temporaries
 * with those before it as bases, and all of it is removed. `outcomes`: what {@link dedupeDirectory} would do.
 */
export async function measureSharing(
  directory: string,
  options: Pick<DedupeOptions, 'signal' | 'onProgress'>,
): Promise<{ measured: MeasuredSharing[]; outcomes: RewrittenCheckpoint[] }> {
  const measured: MeasuredSharing[] = [];
  const names = new Map<string, SharedCheckpoint>();
  const look = async (checkpoint: SharedCheckpoint, made: CheckpointInfo): Promise<void> => {
    names.set(basename(made.path), checkpoint);
    measured.push(await sharingOf(checkpoint, made, names, options.signal));
  };
  const home = { directory, store: parquetStore, config: new DocetlConfig(directory), logger: null, recent: new RecentFiles(0) };
  const { checkpoints } = await dedupeDirectory(home, { ...options, dryRun: true }, look);
  return { measured, outcomes: checkpoints };
}

async function sharingOf(
  { step, operation, found }: SharedCheckpoint,
  { path, rows, bytes, delta }: CheckpointInfo,
  names: ReadonlyMap<string, SharedCheckpoint>,
  signal: AbortSignal | undefined,
): Promise<MeasuredSharing> {
  const measured: MeasuredSharing = { step, operation, bytes: found.bytes, rows, ownBytes: bytes, sharedBytes: 0, columns: [], with: [] };
  const facts = delta === null ? undefined : await describedParquet(path);
  const references = facts?.references;
  if (references === undefined) return measured;
  const pairs = references.holders.map(({ hint }): SharedPair => {
    const holder = names.get(basename(hint));
    return { step: holder?.step ?? '', operation: holder?.operation ?? '', sharedBytes: 0, columns: {} };
  });
  for (const [name, column] of references.columns) {
    measured.columns.push({ name, sharedRows: column.rows, ownRows: rows - column.rows, sharedBytes: column.bytes });
    measured.sharedBytes += column.bytes;
    for (const [holder, count] of await rowsByHolder(path, column, signal)) {
      const pair = pairs[holder] as SharedPair;
      const part = Math.round((column.bytes * count) / Math.max(column.rows, 1));
      pair.columns[name] = { rows: count, bytes: part };
      pair.sharedBytes += part;
    }
  }
  measured.with = pairs.filter(({ columns }) => Object.keys(columns).length > 0).sort((a, b) => b.sharedBytes - a.sharedBytes);
  return measured;
}

async function rowsByHolder(path: string, column: ColumnReference, signal: AbortSignal | undefined): Promise<Map<number, number>> {
  const rows = new Map<number, number>();
  const [only, ...others] = column.of;
  if (only !== undefined && others.length === 0) return rows.set(only[0], column.rows);
  await eachReference(path, column, (holder) => rows.set(holder, (rows.get(holder) ?? 0) + 1), signal);
  return rows;
}
