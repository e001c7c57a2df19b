import { throwIfAborted } from '../../base/halt.js';
import { checkPath, checkReadOptions } from '../../options/options.js';
import type { Row, RowLike } from '../../base/rows.js';
import { storeOf } from '../../formats/choose.js';
import { readerOf, type CheckpointReader } from './checkpoint-reader.js';
import { OPEN_KEYS, type OpenCheckpointOptions } from './reader-options.js';

/**
 * Opens a checkpoint, or a file of another writer, to read parts of it or to stream it. Close it afterwards; `await using` does. @throws
 * what {@link readCheckpoint} throws for the file and the call
 */
export async function openCheckpoint<T extends RowLike = Row>(path: string, options?: OpenCheckpointOptions): Promise<CheckpointReader<T>> {
  checkPath(path);
  const { signal, ...opened } = checkReadOptions(options, 'openCheckpoint', OPEN_KEYS);
  throwIfAborted(signal);
  const store = await storeOf(path);
  const file = await store.open(path, opened);
  if (signal?.aborted === true) file.close();
  throwIfAborted(signal);
  return readerOf<T>(file);
}
