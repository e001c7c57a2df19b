import { stat } from 'node:fs/promises';
import { removePath } from '../base/commit/remove-path.js';
import { swapIn } from '../base/commit/swap.js';
import { temporaryBeside } from '../base/commit/temporary-name.js';
import { CheckpointError, fromSystemError, isCheckpointError } from '../base/errors.js';
import type { Row } from '../base/rows.js';
import { isRevoked } from '../base/value/is-revoked.js';
import type { CheckpointInfo } from '../options/options.js';
import type { Attachment, CheckpointStore } from '../store/store.js';
import { isReplaced, listParts } from './folder/list-parts.js';
import type { TypedWriteOptions } from './parquet/column-types.js';

/** How often a save of another process may come in between. */
const ATTEMPTS = 20;

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
  if (parts !== undefined && store.format === 'parquet') {
    const { writeFolder } = await import('./folder/write-folder.js');
    return writeFolder(path, rows, { ...options, parts });
  }
  // Rows of an array are there once more: only for others is it looked first, as a store refuses a folder by itself.
  const isArray = !isRevoked(rows) && Array.isArray(rows);
  if (!isArray && (await kindOf(path)) === 'parts') return inPlaceOfFolder(store, path, rows, options, attachment);
  for (let attempt = 1; ; attempt++) {
    try {
      return await store.write(path, rows, options, attachment);
    } catch (error) {
      const isFolder = isCheckpointError(error) && error.code === 'ERR_CKPT_NOT_A_FILE';
      if (!isFolder) throw error;
      const kind = await kindOf(path);
      if (!isArray) throw kind === 'other' ? error : becameFolder(path, error);
      if (kind === 'parts') return inPlaceOfFolder(store, path, rows, options, attachment);
      // Another save has replaced the folder in this moment.
      if (kind === 'other' || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The rows of an iterable are there once. */
function becameFolder(path: string, cause: unknown): CheckpointError {
  const what = 'another save made it a folder of parts while these rows came; nothing is saved, and that folder stays: save the rows again';
  return new CheckpointError('ERR_CKPT_NOT_A_FILE', `cannot save ${path}: ${what}`, { path, cause });
}

/** What has the name: a file or nothing; a folder of parts; something that no save replaces, as the store tells. */
async function kindOf(path: string): Promise<'free' | 'parts' | 'other'> {
  try {
    const stats = await stat(path);
    if (!stats.isDirectory()) return stats.isFile() ? 'free' : 'other';
    await listParts(path);
    return 'parts';
  } catch (error) {
    return isReplaced(error) || (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'free' : 'other';
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
