import { firstBytes, FOLDER, PARQUET } from './first-bytes.js';
import { loadBinding, noBindingReason, warnNoBinding } from '../base/addon/binding.js';
import { nextOf } from '../base/commit/swap.js';
import { isCheckpointError } from '../base/errors.js';
import { fallbackFolders, fallbackStore, jsonlStore, jsonStore, nativeFolders } from './later-stores.js';
import { isLines } from './text/is-lines.js';
import { parquetStore } from './parquet/parquet-store.js';
import { storeElsewhere } from './store-elsewhere.js';
import { readLargeParquet } from './parquet/read-parquet.js';
import { readSmallParquet } from './parquet/read-small-parquet.js';
import { whileSwapped } from './while-swapped.js';
import type { ReadOptions } from '../options/options.js';
import type { Row } from '../base/rows.js';
import type { CheckpointStore } from '../store/store.js';

/** The store to save with: Parquet where that is wanted and the native binary is there, else JSON, with one warning per process. */
export function chooseStore(enableArrow: boolean): CheckpointStore {
  if (!enableArrow) return jsonStore;
  if (loadBinding() !== null) return parquetStore;
  warnNoBinding();
  return jsonStore;
}

/** Whether a store is one of text because its user wants that, and not for lack of the native binary. */
export function isTextByChoice(store: CheckpointStore): boolean {
  return store.format !== 'parquet' && loadBinding() !== null;
}

/** The store that a path to save to asks for by its name. */
export function storeFor(path: string): CheckpointStore {
  if (path.endsWith('.json')) return jsonStore;
  if (isLines(path)) return jsonlStore;
  const store = chooseStore(true);
  return store === jsonStore ? insteadOfParquet(jsonStore) : store;
}

/** A store whose saves tell that they are not what the name asked for. */
function insteadOfParquet(store: CheckpointStore): CheckpointStore {
  const { summary, advice } = noBindingReason() ?? { summary: '', advice: '' };
  const fallback = { reason: `${summary}. ${advice}` };
  return { ...store, write: async (...call) => ({ ...(await store.write(...call)), fallback }) };
}

/**
 * The store to read a file with: Parquet by its first bytes, whatever its name, read in TypeScript without the native binary; a folder is
 * one of Parquet parts. Where nothing has the name, and a save was ended before it gave it, what waits for it counts. What is left is text:
 * JSON lines by its name, since a file of one line may be either, else JSON.
 */
export async function storeOf(path: string): Promise<CheckpointStore> {
  try {
    return await storeAt(path);
  } catch (error) {
    if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_NOT_FOUND') throw error;
    const next = nextOf(path);
    const store = await storeAt(next).catch(() => undefined);
    // If nothing waits for the name, it may have it by now.
    return store === undefined ? storeAt(path) : storeElsewhere(store, path, next);
  }
}

async function storeAt(path: string): Promise<CheckpointStore> {
  const first = await firstBytes(path);
  if (first !== PARQUET && first !== FOLDER) return isLines(path) ? jsonlStore : jsonStore;
  if (loadBinding() !== null) return first === FOLDER ? nativeFolders : parquetStore;
  warnNoBinding();
  return first === FOLDER ? fallbackFolders : fallbackStore;
}

/** All rows of a file that is there to be read: a small Parquet file is read in one step, before anybody has looked at what it is. */
export async function readAll(path: string, options: ReadOptions): Promise<Row[]> {
  const isText = path.endsWith('.json') || isLines(path);
  const small = isText ? undefined : await readSmallParquet(path, options);
  if (small !== undefined) return small;
  return whileSwapped(path, async () => {
    const store = await storeOf(path);
    return store === parquetStore ? readLargeParquet(path, options) : store.read(path, options);
  });
}
