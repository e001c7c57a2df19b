import { decodeName } from './names.js';
import { PLACEHOLDER } from '../compat/docetl/codec.js';
import { isCheckpointError } from '../base/errors.js';
import type { DeltaInfo } from '../options/delta-info.js';
import type { CheckpointInfo } from '../options/options.js';
import { storeOf } from '../formats/choose.js';
import { knownInfos } from '../formats/parquet/describe-files.js';
import { checkpointFiles, isOfFile, type CheckpointFile, type KnownInfos, type Mirror, type OpenStore } from './checkpoint-file.js';
import type { DocetlConfig } from './docetl-config.js';
import { inParallel } from '../base/in-parallel.js';
import { foundFiles, type FoundFile } from './layout.js';
import type { CheckpointListing, NamedCheckpointInfo, StoredFile } from './manager-options.js';
import { allPaths, operationsIn } from './listed-files.js';

/**
 * What is known of an operation's checkpoint, of the newest file that can be read; null when there is none. @throws the newest one's error
 * when none can be read
 */
export async function operationInfo(
  found: readonly FoundFile[],
  mirror: Mirror,
  known?: KnownInfos,
  open: OpenStore = storeOf,
): Promise<NamedCheckpointInfo | null> {
  const files = await checkpointFiles(found, mirror, known, open);
  let failure: unknown;
  for (const file of files) {
    try {
      if (file.error !== undefined) throw file.error;
      return { step: mirror.step, operation: mirror.operation, ...(await infoOf(file, known, open)), ...common(file, files) };
    } catch (error) {
      if (!isOfFile(error)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined && !(isCheckpointError(failure) && failure.code === 'ERR_CKPT_NOT_FOUND')) throw failure;
  return null;
}

/** The same for a list: a checkpoint that cannot be read is listed with its error. */
export async function operationListing(
  found: readonly FoundFile[],
  mirror: Mirror,
  known?: KnownInfos,
  open: OpenStore = storeOf,
): Promise<CheckpointListing | null> {
  try {
    return await operationInfo(found, mirror, known, open);
  } catch (error) {
    if (!isCheckpointError(error)) throw error;
    const [file] = await checkpointFiles(found, mirror, known, open);
    if (file === undefined) return null;
    const { path, bytes } = file.found;
    const nothing = { rows: 0, bytes, hash: null, metadata: {}, columns: [], delta: null };
    return { step: mirror.step, operation: mirror.operation, path, format: formatOf(path), ...nothing, ...common(file, [file]), error };
  }
}

/**
 * All checkpoints of a directory, in the order of step and operation. Each folder is read once, and the footers of many files at a time.
 */
export async function directoryListing(directory: string, config: DocetlConfig): Promise<CheckpointListing[]> {
  const operations = await operationsIn(directory);
  const known = await knownInfos(operations.flatMap(({ found }) => found.map(({ path }) => path)));
  const hashes = await config.snapshot();
  const listing = await inParallel(operations, ({ step, operation, found }) =>
    operationListing(found, { config: hashes, step, operation }, known),
  );
  return listing.filter((entry) => entry !== null);
}

/** The bytes of all checkpoints, batches and kept results in a directory: no file is opened. */
export async function totalBytes(directory: string): Promise<number> {
  const found = await inParallel(await allPaths(directory, { kept: true }), async (path) => foundFiles([path]));
  return found.flat().reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The format that most checkpoints and batches of a directory are in; null where there are none. */
export async function directoryFormat(directory: string): Promise<StoredFile['format'] | null> {
  const counts = { parquet: 0, json: 0 };
  for (const path of await allPaths(directory, { kept: false })) counts[formatOf(path)]++;
  if (counts.parquet + counts.json === 0) return null;
  return counts.json > counts.parquet ? 'json' : 'parquet';
}

async function infoOf({ found, hash }: CheckpointFile, known: KnownInfos | undefined, open: OpenStore): Promise<CheckpointInfo> {
  const info = known?.get(found.path) ?? (await (await open(found.path)).info(found.path));
  // An empty list of DocETL's pull request 380 has a row that stands for none.
  const isPlaceholder = info.format === 'parquet' && info.rows === 1 && info.columns.length === 1 && info.columns[0]?.name === PLACEHOLDER;
  return { ...info, rows: isPlaceholder ? 0 : info.rows, hash, delta: withNames(info.delta ?? null) };
}

/** Which checkpoints the holders were, by where they were saved. */
function withNames(delta: DeltaInfo | null): DeltaInfo | null {
  if (delta === null) return null;
  const holders = delta.holders.map((holder) => {
    const [, step, operation] = /^([^/]+)\/([^/]+)\.parquet$/.exec(holder.path) ?? [];
    if (step === undefined || operation === undefined) return holder;
    return { ...holder, step: decodeName(step, 'step'), operation: decodeName(operation, 'operation') };
  });
  return { ...delta, holders };
}

function common({ found }: CheckpointFile, all: readonly CheckpointFile[]): Pick<NamedCheckpointInfo, 'modified' | 'files'> {
  const files = all.map(({ found: { path, bytes, modifiedMs } }) => ({
    path,
    format: formatOf(path),
    bytes,
    modified: new Date(modifiedMs),
  }));
  return { modified: new Date(found.modifiedMs), files };
}

/** By its extension. */
export function formatOf(path: string): StoredFile['format'] {
  return path.endsWith('.json') ? 'json' : 'parquet';
}
