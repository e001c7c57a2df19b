import { PLACEHOLDER } from '../compat/docetl/codec.js';
import { isCheckpointError } from '../errors.js';
import type { CheckpointInfo } from '../options.js';
import { storeOf } from '../store/choose.js';
import { checkpointFiles, isOfFile, type CheckpointFile, type Mirror } from './checkpoint-file.js';
import { batchStem, filesOf, listBatches, listBatchOperations, listOperations, operationStem, stepFolder } from './layout.js';
import type { CheckpointListing, NamedCheckpointInfo, StoredFile } from './manager-options.js';

/** What is known of an operation's checkpoint, of the newest file that can be read; null when there is none. @throws the newest one's error when none can be read */
export async function operationInfo(stem: string, mirror: Mirror): Promise<NamedCheckpointInfo | null> {
  const files = await checkpointFiles(await filesOf(stem), mirror);
  let failure: unknown;
  for (const file of files) {
    try {
      if (file.error !== undefined) throw file.error;
      return { step: mirror.step, operation: mirror.operation, ...(await infoOf(file)), ...common(file, files) };
    } catch (error) {
      if (!isOfFile(error)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined && !(isCheckpointError(failure) && failure.code === 'ERR_CKPT_NOT_FOUND')) throw failure;
  return null;
}

/** The same for a list: a checkpoint that cannot be read is told with its error. */
export async function operationListing(stem: string, mirror: Mirror): Promise<CheckpointListing | null> {
  try {
    return await operationInfo(stem, mirror);
  } catch (error) {
    if (!isCheckpointError(error)) throw error;
    const [file] = await checkpointFiles(await filesOf(stem), mirror);
    if (file === undefined) return null;
    const { path, bytes } = file.found;
    const nothing = { rows: 0, bytes, hash: null, metadata: {}, columns: [] };
    return { step: mirror.step, operation: mirror.operation, path, format: formatOf(path), ...nothing, ...common(file, [file]), error };
  }
}

/** The bytes of all checkpoints and batches in a directory. */
export async function totalBytes(directory: string): Promise<number> {
  let bytes = 0;
  for (const stem of await allStems(directory)) for (const file of await filesOf(stem)) bytes += file.bytes;
  return bytes;
}

/** The format that most checkpoints and batches of a directory are in; null where there are none. */
export async function directoryFormat(directory: string): Promise<StoredFile['format'] | null> {
  const counts = { parquet: 0, json: 0 };
  for (const stem of await allStems(directory)) for (const { path } of await filesOf(stem)) counts[formatOf(path)]++;
  if (counts.parquet + counts.json === 0) return null;
  return counts.json > counts.parquet ? 'json' : 'parquet';
}

async function allStems(directory: string): Promise<string[]> {
  const stems: string[] = [];
  for (const { step, operation } of await listOperations(directory))
    stems.push(await operationStem(await stepFolder(directory, step), operation));
  for (const { folder } of await listBatchOperations(directory)) {
    for (const batch of await listBatches(folder)) stems.push(batchStem(folder, batch));
  }
  return stems;
}

async function infoOf({ found, hash }: CheckpointFile): Promise<CheckpointInfo> {
  const info = await (await storeOf(found.path)).info(found.path);
  // An empty list of DocETL's pull request 380 has a row that stands for none.
  const isPlaceholder = info.format === 'parquet' && info.rows === 1 && info.columns.length === 1 && info.columns[0]?.name === PLACEHOLDER;
  return { ...info, rows: isPlaceholder ? 0 : info.rows, hash };
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

function formatOf(path: string): StoredFile['format'] {
  return path.endsWith('.json') ? 'json' : 'parquet';
}
