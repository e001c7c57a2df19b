import { throwIfAborted } from '../../base/halt.js';
import { remotePlace } from '../../bucket/bucket-of.js';
import { checkFileBucket } from '../../options/file-options.js';
import { checkFilePath, checkReadOptions } from '../../options/options.js';
import type { Row, RowLike } from '../../base/rows.js';
import { storeOf } from '../../formats/choose.js';
import { remote } from '../../formats/remote.js';
import { whileSwapped } from '../../formats/while-swapped.js';
import { readerOf, type CheckpointReader } from './checkpoint-reader.js';
import { OPEN_KEYS, type OpenCheckpointOptions } from './reader-options.js';

/**
 * Opens a checkpoint, or a file of another writer, to read parts of it or to stream it. Close it afterwards; `await using` does. @throws
 * what {@link readCheckpoint} throws for the file and the call. Of a URL only what is read is fetched, once, and kept until it is closed
 */
export async function openCheckpoint<T extends RowLike = Row>(path: string, options?: OpenCheckpointOptions): Promise<CheckpointReader<T>> {
  checkFilePath(path);
  const { signal, bucket, ...opened } = checkReadOptions(options, 'openCheckpoint', OPEN_KEYS) as OpenCheckpointOptions;
  throwIfAborted(signal);
  const place = remotePlace(path, checkFileBucket(path, bucket));
  const file =
    place === undefined
      ? await whileSwapped(path, async () => (await storeOf(path)).open(path, opened))
      : await (await remote()).openRemote(place, opened, { signal });
  if (signal?.aborted === true) file.close();
  throwIfAborted(signal);
  return readerOf<T>(file);
}
