import { guarded } from '../base/guarded.js';
import { dirname } from 'node:path';
import { CheckpointError, fromSystemError, isCheckpointError } from '../base/errors.js';
import { syncFolder } from '../base/commit/commit.js';
import { removeUnchanged, versionOf } from '../base/commit/remove-unchanged.js';
import { invalid, show } from '../base/messages.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkKeys, checkPath, checkWriteOptions, type WriteOptions } from '../options/options.js';
import { checkpointFiles, type CheckpointFile, type Mirror } from './checkpoint-file.js';
import { DocetlConfig } from './docetl-config.js';
import { batchFolder, batchStem, contentsOf, filesOf, listBatches, operationStem, stepFolder } from './layout.js';
import { compareFiles, measureParquet, migrateFile, type MigrateOptions } from './migrate-file.js';
import type { MigrateCheckpointOptions } from './manager-options.js';
import { migrationProgress, type MigrationProgress } from './migration-progress.js';
import { sweepTemporaries } from './temporaries.js';

/** What became of one JSON file. */
export interface MigrationOutcome {
  /** The JSON file. */
  source: string;
  /** The Parquet file beside it. */
  target: string;
  /** Null for a batch. */
  step: string | null;
  operation: string;
  /** The index of a batch, else null. */
  batch: number | null;
  /** `already`: an earlier run made the Parquet file. `planned`: a dry run. `failed`: see `error`; nothing has changed. */
  status: 'migrated' | 'already' | 'planned' | 'failed';
  rows: number;
  jsonBytes: number;
  /** Of the Parquet file, in a dry run as it was measured; null if it failed. */
  arrowBytes: number | null;
  /** Whether the JSON file was removed. */
  deleted: boolean;
  error?: unknown;
}

/** Options of a migration. */
export interface MigrationOptions
  extends Pick<MigrateCheckpointOptions, 'keepJson'>, Pick<WriteOptions, 'compression' | 'compressionLevel' | 'rowGroupRows' | 'signal'> {
  /** Change nothing; measure how large the Parquet files would be. @default false */
  dryRun?: boolean;
  /** Called as rows are written and compared. */
  onProgress?: (progress: MigrationProgress) => void;
}

const KEYS = keysOf<MigrationOptions>({
  compression: true,
  compressionLevel: true,
  rowGroupRows: true,
  signal: true,
  keepJson: true,
  dryRun: true,
  onProgress: true,
});

function checkMigrationOptions(given: MigrationOptions | undefined): MigrationOptions {
  const options = asOptions(given, 'migrateDirectory') as MigrationOptions;
  checkKeys(options, KEYS, 'migrateDirectory');
  const { keepJson, dryRun, onProgress, ...save } = options;
  checkWriteOptions(save, 'migrateDirectory');
  for (const [name, value] of Object.entries({ keepJson, dryRun }))
    if (value !== undefined && typeof value !== 'boolean') throw invalid(`${name} must be true or false, got ${show(value)}`);
  if (onProgress !== undefined && typeof onProgress !== 'function') throw invalid(`onProgress must be a function, got ${show(onProgress)}`);
  return options;
}

/** A JSON file, or what was one, that may become Parquet. */
interface MigrationPlace {
  stem: string;
  step: string | null;
  operation: string;
  batch: number | null;
}

/** What `migrateDirectory` does. */
export async function* migrateFiles(directory: string, given?: MigrationOptions): AsyncGenerator<MigrationOutcome, void, undefined> {
  checkPath(directory);
  const options = checkMigrationOptions(given);
  const places = await placesIn(directory);
  const config = new DocetlConfig(directory);
  let done = 0;
  const folders = new Set(places.map(({ stem }) => dirname(stem)));
  const tell = guarded(options.onProgress, 'onProgress');
  for (const place of places) {
    const onRows = (rows: number) => tell?.(migrationProgress(`${place.stem}.json`, rows, done, places.length));
    const outcome = await migratePlace(place, config, options, onRows);
    done++;
    if (outcome !== null) yield outcome;
  }
  if (options.dryRun !== true) for (const folder of folders) await sweepTemporaries(folder);
}

async function placesIn(directory: string): Promise<MigrationPlace[]> {
  const places: MigrationPlace[] = [];
  const { operations, batches } = await contentsOf(directory);
  for (const { step, operation } of operations) places.push(await placeOfOperation(directory, step, operation));
  for (const { operation, folder } of batches) places.push(...(await placesOfBatches(folder, operation)));
  return places;
}

/** Migrates one place; null where there is no JSON file. Rejects only with an abort's reason. */
export async function migratePlace(
  place: MigrationPlace,
  config: DocetlConfig,
  options: MigrationOptions,
  onRows?: (rows: number) => void,
): Promise<MigrationOutcome | null> {
  const { stem, step, operation, batch } = place;
  const mirror: Mirror | undefined = step === null ? undefined : { config, step, operation };
  const files = await checkpointFiles(await filesOf(stem), mirror);
  const json = files.find(({ found }) => found.path.endsWith('.json'));
  if (json === undefined) return null;
  const outcome: MigrationOutcome = {
    source: json.found.path,
    target: `${stem}.parquet`,
    step,
    operation,
    batch,
    status: 'failed',
    rows: 0,
    jsonBytes: json.found.bytes,
    arrowBytes: null,
    deleted: false,
  };
  try {
    if (json.error !== undefined) throw json.error;
    const parquet = files.find((file) => file !== json);
    const current = mirror === undefined ? null : await config.hashOf(mirror.step, mirror.operation);
    Object.assign(outcome, await work(outcome, json, { parquet, current }, options, onRows));
    if (options.keepJson === false && options.dryRun !== true) {
      outcome.deleted = await removeUnchanged(json.found.path, json.found.version);
      await syncFolder(dirname(json.found.path));
    }
    return outcome;
  } catch (error) {
    if (options.signal?.aborted === true) throw options.signal.reason;
    if (isCheckpointError(error) && (error.code === 'ERR_CKPT_NOT_FOUND' || error.code === 'ERR_CKPT_LOCKED')) {
      // Cleared, or saved as Parquet, while it was read: there is no JSON file any more.
      if ((await versionOf(json.found.path).catch(() => '')) === null) return null;
    }
    return { ...outcome, error: fromSystemError(error, 'migrate', json.found.path) };
  }
}

type Worked = Pick<MigrationOutcome, 'status' | 'rows' | 'arrowBytes'>;

async function work(
  { source, target }: MigrationOutcome,
  json: CheckpointFile,
  { parquet, current }: { parquet: CheckpointFile | undefined; current: string | null },
  options: MigrationOptions,
  onRows?: (rows: number) => void,
): Promise<Worked> {
  const { keepJson: _, dryRun, onProgress: __, ...write } = options;
  const each: MigrateOptions = { ...write, hash: json.hash, ...(onRows !== undefined && { onRows }) };
  // A Parquet file whose hash is another than that which DocETL's configuration file has for the JSON file is an older one, and is
  // replaced.
  const isOlder = json.hash !== null && json.hash === current && parquet?.hash !== current;
  if (parquet !== undefined && parquet.error === undefined && !isOlder) {
    return { status: 'already', rows: await compareBoth(source, target, each), arrowBytes: parquet.found.bytes };
  }
  if (dryRun === true) {
    const { rows, bytes } = await measureParquet(source, each);
    return { status: 'planned', rows, arrowBytes: bytes };
  }
  const { rows, bytes } = await migrateFile(json.found, target, parquet?.found, each);
  return { status: 'migrated', rows, arrowBytes: bytes };
}

/**
 * A Parquet file beside the JSON file is an earlier run's, or one of the two was saved after the other. Which one that was the times of
 * files do not say for sure, a copy of a directory has new ones: if the rows differ, which to keep is not for a migration to decide.
 */
async function compareBoth(source: string, target: string, options: MigrateOptions): Promise<number> {
  try {
    return await compareFiles(source, target, options);
  } catch (error) {
    if (!isCheckpointError(error) || error.path !== target || error.row === undefined) throw error;
    const message = `${target} is there already and holds other rows than ${source}, from row ${error.row} on. Delete the one that is not wanted`;
    throw new CheckpointError('ERR_CKPT_CORRUPT', message, { path: source, row: error.row, cause: error });
  }
}

/** The place of an operation. */
export async function placeOfOperation(directory: string, step: string, operation: string): Promise<MigrationPlace> {
  const stem = await operationStem(await stepFolder(directory, step), operation);
  return { stem, step, operation, batch: null };
}

/** The places of the batches in the folders that an operation of a step has: where DocETL has it, and its own. */
export async function placesOfOwnBatches(directory: string, step: string, operation: string): Promise<MigrationPlace[]> {
  const folders = [await batchFolder(directory, operation), await batchFolder(directory, operation, step)];
  return (await Promise.all(folders.map((folder) => placesOfBatches(folder, operation)))).flat();
}

/** The places of the batches in a folder of them. */
async function placesOfBatches(folder: string, operation: string): Promise<MigrationPlace[]> {
  return (await listBatches(folder)).map((batch) => ({ stem: batchStem(folder, batch), step: null, operation, batch }));
}

export { measureParquet } from './migrate-file.js';
