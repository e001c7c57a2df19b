import type { CheckpointError } from '../../base/errors.js';
import type { CheckpointInfo } from '../../options/options.js';
import type { MapListing } from '../../resume/map-listing.js';
import { costText } from '../../resume/progress-bar.js';
import { skippedRows } from '../../resume/skipped-rows.js';
import type { UsageTotals } from '../../resume/usage/usage.js';
import type { Context } from '../context.js';
import type { StoredKept } from '../directory/layout-of.js';
import { countText, sizeText, timeText } from './quantities.js';
import { printTable } from './print-table.js';
import type { TableColumn } from './table-text.js';

/** One line of the list. */
export interface Listed extends Omit<CheckpointInfo, 'columns'> {
  /** Null for a file that lies directly in the directory. */
  step: string | null;
  operation: string;
  modified: Date;
  /** What a map told that its results cost. */
  usage?: UsageTotals | undefined;
  error?: CheckpointError;
}

/** The batches of an operation. */
export interface BatchCount {
  operation: string;
  batches: number;
  bytes: number;
}

/** What a directory has. */
interface Found {
  listed: readonly Listed[];
  maps: readonly MapListing[];
  batches: readonly BatchCount[];
  kept: readonly StoredKept[];
}

/** Prints it as tables. */
export async function printList({ output }: Context, directory: string, { listed, maps, batches, kept }: Found): Promise<void> {
  if (listed.length + batches.length + kept.length === 0) return output.note(`no checkpoints in ${directory}`);
  // Only a directory that has such checkpoints has these columns.
  const isShared = listed.some(({ delta }) => (delta ?? null) !== null);
  const hasFailed = listed.some(({ metadata }) => skippedRows(metadata) > 0);
  const hasCost = [...listed, ...maps].some(({ usage }) => (usage?.cost ?? 0) > 0);
  const shown = { isShared, hasFailed, hasCost };
  const columns: TableColumn[] = [
    { head: 'Step', cut: true },
    { head: 'Operation', cut: true },
    { head: 'Format' },
    { head: 'Rows', align: 'right' },
    ...(hasFailed ? [{ head: 'Failed', align: 'right' } as const] : []),
    { head: 'Size', align: 'right' },
    ...(isShared ? [{ head: 'Shared', align: 'right' } as const] : []),
    ...costColumn(shown),
    { head: 'Modified', style: output.colours.dim },
    { head: 'Hash', cut: true },
  ];
  let tables = 0;
  const table = async (heads: readonly TableColumn[], rows: readonly string[][]): Promise<void> => {
    if (rows.length === 0) return;
    if (tables++ > 0) await output.line();
    await printTable(output, heads, rows);
  };
  await table(
    columns,
    listed.map((entry) => cellsOf(entry, shown)),
  );
  await table(
    mapColumns(shown),
    maps.map((map) => mapCells(map, shown)),
  );
  await table(
    [
      { head: 'Batches of', cut: true },
      { head: 'Batches', align: 'right' },
      { head: 'Size', align: 'right' },
    ],
    batches.map(({ operation, batches: count, bytes }) => [operation, countText(count), sizeText(bytes)]),
  );
  await table(
    [
      { head: 'Kept results of', cut: true },
      { head: 'Operation', cut: true },
      { head: 'Files', align: 'right' },
      { head: 'Size', align: 'right' },
    ],
    kept.map(({ step, operation, files, bytes }) => [step, operation, countText(files), sizeText(bytes)]),
  );
}

/** Columns that only some directories have. */
interface Shown {
  isShared: boolean;
  hasFailed: boolean;
  hasCost: boolean;
}

function costColumn({ hasCost }: Shown): TableColumn[] {
  return hasCost ? [{ head: 'Cost', align: 'right' }] : [];
}

function costCell(usage: UsageTotals | undefined, { hasCost }: Shown): string[] {
  return hasCost ? [usage === undefined ? '' : costText(usage.cost)] : [];
}

function mapColumns(shown: Shown): TableColumn[] {
  return [
    { head: 'Step', cut: true },
    { head: 'Map', cut: true },
    { head: 'State' },
    { head: 'Rows done', align: 'right' },
    { head: 'Failed', align: 'right' },
    { head: 'Size', align: 'right' },
    ...costColumn(shown),
    { head: 'Modified' },
    { head: 'Hash', cut: true },
  ];
}

function mapCells({ step, operation, state, rows, failed, bytes, usage, modified, hash }: MapListing, shown: Shown): string[] {
  return [
    step,
    operation,
    state,
    countText(rows),
    failedText(failed),
    sizeText(bytes),
    ...costCell(usage, shown),
    timeText(modified),
    shortHash(hash),
  ];
}

function failedText(failed: number): string {
  return failed === 0 ? '' : countText(failed);
}

/** Of a hash its beginning: `--json` has it all. */
const HASH_CHARS = 12;

function shortHash(hash: string | null): string {
  return hash === null ? '' : hash.length > HASH_CHARS ? `${hash.slice(0, HASH_CHARS)}…` : hash;
}

function cellsOf({ step, operation, format, rows, bytes, metadata, delta, usage, modified, hash, error }: Listed, shown: Shown): string[] {
  const { isShared, hasFailed } = shown;
  const known = error === undefined ? countText(rows) : 'damaged';
  const shared = isShared ? [delta === null || delta === undefined ? '' : sizeText(delta.sharedBytes)] : [];
  return [
    step ?? '',
    operation,
    format,
    known,
    ...(hasFailed ? [failedText(skippedRows(metadata))] : []),
    sizeText(bytes),
    ...shared,
    ...costCell(usage, shown),
    timeText(modified),
    error === undefined ? shortHash(hash) : error.code,
  ];
}
