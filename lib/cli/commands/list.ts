import { join } from 'node:path';
import { isCheckpointError, type CheckpointError } from '../../base/errors.js';
import { DocetlConfig } from '../../directory/docetl-config.js';
import { operationListing } from '../../directory/inventory.js';
import { filesOf } from '../../directory/layout.js';
import type { CheckpointInfo } from '../../options/options.js';
import { storeOf } from '../../formats/choose.js';
import { skippedRows } from '../../resume/skipped-rows.js';
import { mapsIn, type MapListing } from '../../resume/map-listing.js';
import type { Context, Run } from '../context.js';
import { needFolder, statOf } from '../directory/folder.js';
import { layoutOf, type StoredCheckpoint, type StoredKept } from '../directory/layout-of.js';
import { EXIT } from '../exit-codes.js';
import { failureOf } from '../failure.js';
import { countText, sizeText, timeText } from '../output/quantities.js';
import { tableText, type TableColumn } from '../output/table-text.js';

/** One line of the list. */
interface Listed extends Omit<CheckpointInfo, 'columns'> {
  /** Null for a file that lies directly in the directory. */
  step: string | null;
  operation: string;
  modified: Date;
  error?: CheckpointError;
}

/** The batches of an operation. */
interface BatchCount {
  operation: string;
  batches: number;
  bytes: number;
}

/**
 * `list DIR`: every checkpoint with the facts in its file, the maps that run or were interrupted, and the number of batches. A damaged
 * checkpoint is listed with its error.
 */
export const run: Run = async (context, [directory = '']) => {
  const { output, json } = context;
  await needFolder(directory);
  const { checkpoints, kept, flat, failures } = await layoutOf(directory);
  const config = await new DocetlConfig(directory).snapshot();
  const listed: Listed[] = [];
  const errors = failures;
  const add = async (entry: Promise<Listed | null>): Promise<void> => {
    try {
      const found = await entry;
      if (found !== null) listed.push(found);
      if (found?.error !== undefined) errors.push(found.error);
    } catch (error) {
      if (!isCheckpointError(error)) throw error;
      errors.push(error);
    }
  };
  for (const { step, operation, stem } of checkpoints)
    if (step !== null) await add(filesOf(stem).then((found) => operationListing(found, { config, step, operation })));
  for (const name of flat) await add(flatListing(join(directory, name), name));
  const batches = batchCounts(checkpoints);
  // A folder that cannot be listed was told by its layout.
  const maps = await mapsIn(directory, () => {});
  for (const error of errors) output.error(error);
  if (json) await output.document({ directory, checkpoints: listed.map(documentOf), maps, batches, kept, failures: errors.map(failureOf) });
  else await print(context, directory, { listed, maps, batches, kept });
  return errors.length > 0 ? EXIT.findings : EXIT.fine;
};

async function flatListing(path: string, operation: string): Promise<Listed> {
  const { mtime } = await statOf(path);
  return { step: null, operation, modified: mtime, ...(await (await storeOf(path)).info(path)) };
}

function batchCounts(checkpoints: readonly StoredCheckpoint[]): BatchCount[] {
  const counts = new Map<string, BatchCount>();
  for (const { operation, batch, bytes } of checkpoints) {
    if (batch === null) continue;
    const count = counts.get(operation) ?? { operation, batches: 0, bytes: 0 };
    count.batches++;
    count.bytes += bytes;
    counts.set(operation, count);
  }
  return [...counts.values()];
}

function documentOf({ step, operation, path, format, rows, bytes, hash, metadata, delta, modified, error }: Listed): unknown {
  const known = { step, operation, path, format, bytes, modified };
  return error === undefined
    ? { ...known, rows, failed: skippedRows(metadata), hash, metadata, delta }
    : { ...known, error: failureOf(error) };
}

interface Found {
  listed: readonly Listed[];
  maps: readonly MapListing[];
  batches: readonly BatchCount[];
  kept: readonly StoredKept[];
}

async function print({ output }: Context, directory: string, { listed, maps, batches, kept }: Found): Promise<void> {
  const { colours, width } = output;
  if (listed.length + batches.length + kept.length === 0) return output.note(`no checkpoints in ${directory}`);
  // Only a directory that has such checkpoints has these columns.
  const isShared = listed.some(({ delta }) => (delta ?? null) !== null);
  const hasFailed = listed.some(({ metadata }) => skippedRows(metadata) > 0);
  const columns: TableColumn[] = [
    { head: 'Step', cut: true },
    { head: 'Operation', cut: true },
    { head: 'Format' },
    { head: 'Rows', align: 'right' },
    ...(hasFailed ? [{ head: 'Failed', align: 'right' } as const] : []),
    { head: 'Size', align: 'right' },
    ...(isShared ? [{ head: 'Shared', align: 'right' } as const] : []),
    { head: 'Modified', style: colours.dim },
    { head: 'Hash', cut: true },
  ];
  if (listed.length > 0)
    await output.line(
      tableText(
        columns,
        listed.map((entry) => cellsOf(entry, { isShared, hasFailed })),
        width,
        colours,
      ),
    );
  let lines = listed.length;
  if (maps.length > 0) await output.line(`${lines++ > 0 ? '\n' : ''}${tableText(MAP_COLUMNS, maps.map(mapCells), width, colours)}`);
  const counted = async (heads: TableColumn[], rows: string[][]): Promise<void> => {
    if (rows.length === 0) return;
    if (lines++ > 0) await output.line();
    await output.line(tableText([...heads, { head: 'Size', align: 'right' }], rows, width, colours));
  };
  await counted(
    [
      { head: 'Batches of', cut: true },
      { head: 'Batches', align: 'right' },
    ],
    batches.map(({ operation, batches: count, bytes }) => [operation, countText(count), sizeText(bytes)]),
  );
  await counted(
    [
      { head: 'Kept results of', cut: true },
      { head: 'Operation', cut: true },
      { head: 'Files', align: 'right' },
    ],
    kept.map(({ step, operation, files, bytes }) => [step, operation, countText(files), sizeText(bytes)]),
  );
}

const MAP_COLUMNS: TableColumn[] = [
  { head: 'Step', cut: true },
  { head: 'Map', cut: true },
  { head: 'State' },
  { head: 'Rows done', align: 'right' },
  { head: 'Failed', align: 'right' },
  { head: 'Size', align: 'right' },
  { head: 'Modified' },
  { head: 'Hash', cut: true },
];

function mapCells({ step, operation, state, rows, failed, bytes, modified, hash }: MapListing): string[] {
  return [step, operation, state, countText(rows), failedText(failed), sizeText(bytes), timeText(modified), shortHash(hash)];
}

function failedText(failed: number): string {
  return failed === 0 ? '' : countText(failed);
}

/** Of a hash its beginning: `--json` has it all. */
const HASH_CHARS = 12;

function shortHash(hash: string | null): string {
  return hash === null ? '' : hash.length > HASH_CHARS ? `${hash.slice(0, HASH_CHARS)}…` : hash;
}

function cellsOf(
  { step, operation, format, rows, bytes, metadata, delta, modified, hash, error }: Listed,
  { isShared, hasFailed }: { isShared: boolean; hasFailed: boolean },
): string[] {
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
    timeText(modified),
    error === undefined ? shortHash(hash) : error.code,
  ];
}
