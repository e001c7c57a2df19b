import type { BucketPlace } from '../../bucket/bucket-of.js';
import type { ReadOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import type { CheckpointStore, OpenFile, OpenOptions } from '../../store/store.js';
import { readAll, storeOf } from '../choose.js';
import { RemoteFile, type RemoteRunning } from './remote-file.js';
import { RemoteOpen } from './remote-open.js';
import { bytesOf } from './bytes-of.js';
import { told } from './told.js';
import { wantedRanges } from './wanted-ranges.js';

/** Reads all rows that are wanted of an object, with the ranges of its bytes that they are in. */
export async function readRemote(place: BucketPlace, options: ReadOptions): Promise<Row[]> {
  return withRemote(place, runningOf(options), async (file) => {
    if (file.isParquet) await file.fetch(await wantedRanges(file.path, options), runningOf(options));
    return readAll(file.path, options);
  });
}

/** Opens an object, which fetches for each reading what it looks at. */
export async function openRemote(place: BucketPlace, options: OpenOptions, running: RemoteRunning): Promise<OpenFile> {
  const file = await RemoteFile.open(place, running);
  try {
    // What it shares with others is told before anything is read.
    if (file.isParquet) await wantedRanges(file.path, { ...options, columns: [] });
    const store = await storeOf(file.path);
    return new RemoteOpen(file, store, await store.info(file.path, options), options);
  } catch (error) {
    await file.close();
    throw told(error, file.path, file.url);
  }
}

/** Calls `work` with the whole object as a local file. */
export async function withWhole<T>(
  place: BucketPlace,
  options: Pick<ReadOptions, 'signal' | 'onProgress'>,
  work: (path: string, store: CheckpointStore) => Promise<T>,
): Promise<T> {
  return withRemote(place, runningOf(options), async (file) => {
    await file.all(runningOf(options));
    return work(file.path, await storeOf(file.path));
  });
}

async function withRemote<T>(place: BucketPlace, running: RemoteRunning, work: (file: RemoteFile) => Promise<T>): Promise<T> {
  const file = await RemoteFile.open(place, running);
  try {
    return await work(file);
  } catch (error) {
    throw told(error, file.path, file.url);
  } finally {
    await file.close();
  }
}

function runningOf(options: Pick<ReadOptions, 'signal' | 'onProgress'>): RemoteRunning {
  return { signal: options.signal, onBytes: bytesOf(options) };
}
