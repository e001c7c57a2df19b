import { stat } from 'node:fs/promises';
import { removePath } from '../base/commit/remove-path.js';
import { swapIn } from '../base/commit/swap.js';
import { temporaryBeside } from '../base/commit/temporary-name.js';
import { fromSystemError, isCheckpointError } from '../base/errors.js';
import type { Row } from '../base/rows.js';
import { isRevoked } from '../base/value/is-revoked.js';
import type { CheckpointInfo } from '../options/options.js';
import type { Attachment, CheckpointStore } from '../store/store.js';
import { listParts } from './folder/list-parts.js';
import { writeFolder } from './folder/write-folder.js';
import type { TypedWriteOptions } from './parquet/column-types.js';

/**
 * Saves by a store: as one file, or as a folder of parts where that is asked for. A folder of parts that has the name is replaced as a file
 * is; a folder of anything else is `ERR_CKPT_NOT_A_FILE`.
 */
export async function saveTo(
  store: CheckpointStore,
  path: string,
  rows: Iterable<Row> | AsyncIterable<Row>,
  { parts, ...options }: TypedWriteOptions,
  attachment?: Attachment,
): Promise<CheckpointInfo> {
  if (parts !== undefined && store.format === 'parquet') return writeFolder(path, rows, { ...options, parts });
  // Rows of an array are there once more: only for others is it looked first, as a store refuses a folder by itself.
  const isArray = !isRevoked(rows) && Array.isArray(rows);
  if (!isArray && (await isFolderOfParts(path))) return inPlaceOfFolder(store, path, rows, options, attachment);
  try {
    return await store.write(path, rows, options, attachment);
  } catch (error) {
    const isFolder = isCheckpointError(error) && error.code === 'ERR_CKPT_NOT_A_FILE' && isArray;
    if (!isFolder || !(await isFolderOfParts(path))) throw error;
    return inPlaceOfFolder(store, path, rows, options, attachment);
  }
}

async function isFolderOfParts(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isDirectory()) return false;
    await listParts(path);
    return true;
  } catch {
    // Whatever it is, the save tells.
    return false;
  }
}

async function inPlaceOfFolder(
  store: CheckpointStore,
  path: string,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: TypedWriteOptions,
  attachment?: Attachment,
): Promise<CheckpointInfo> {
  const temporary = temporaryBeside(path);
  try {
    const info = await store.write(temporary, rows, options, attachment);
    await swapIn(temporary, path);
    return { ...info, path };
  } catch (error) {
    await removePath(temporary).catch(() => {});
    throw fromSystemError(error, 'save', path);
  }
}
