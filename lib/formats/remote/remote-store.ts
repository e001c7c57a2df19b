import type { BucketPlace } from '../../bucket/bucket-of.js';
import type { CheckpointInfo, ReadOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import type { FileHead } from '../../store/origin.js';
import type { CheckpointStore, OpenFile, OpenOptions } from '../../store/store.js';
import { readAll, storeOf } from '../choose.js';
import { fetchWanted } from './fetch-wanted.js';
import { RemoteFile } from './remote-file.js';
import { RemoteOpen } from './remote-open.js';
import { bytesOf } from './bytes-of.js';
import type { RemoteRunning } from './sparse-copy.js';

/** Reads all rows that are wanted of an object, with the ranges of its bytes that they are in. */
export async function readRemote(place: BucketPlace, options: ReadOptions): Promise<Row[]> {
  return withRemote(place, runningOf(options), async (file) => {
    await fetchWanted(file, options, runningOf(options));
    return readAll(file.path, options);
  });
}

/** Opens an object, which fetches for each reading what it looks at. */
export async function openRemote(place: BucketPlace, options: OpenOptions, running: RemoteRunning): Promise<OpenFile> {
  const file = await RemoteFile.open(place, running);
  try {
    const store = await storeOf(file.path);
    return new RemoteOpen(file, store, await store.info(file.path, options), options);
  } catch (error) {
    await file.close();
    throw file.told(error);
  }
}

/** The same rows as {@link readRemote}, in batches. All that is wanted is fetched before the first. */
export async function* remoteBatches(place: BucketPlace, options: ReadOptions): AsyncGenerator<Row[], void, undefined> {
  const { verify, limits, text, duplicateColumns, compat, ...reading } = options;
  const given = { verify, limits, text, duplicateColumns, compat };
  const opened = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as OpenOptions;
  const file = await openRemote(place, opened, runningOf(options));
  try {
    yield* file.batches(reading);
  } finally {
    file.close();
  }
}

/** What an object says of itself. */
export async function remoteInfo(place: BucketPlace): Promise<{ info: CheckpointInfo; head: FileHead }> {
  return withRemote(place, {}, async (file) => {
    const store = await storeOf(file.path);
    const info = await store.info(file.path);
    return { info: { ...info, path: file.url, etag: file.etag }, head: await store.head(file.path) };
  });
}

/** Calls `work` with the whole object as a local file, and what a thin one needs of others. */
export async function withWhole<T>(
  place: BucketPlace,
  options: Pick<ReadOptions, 'signal' | 'onProgress'>,
  work: (path: string, store: CheckpointStore) => Promise<T>,
): Promise<T> {
  return withRemote(place, runningOf(options), async (file) => {
    await file.fetch([[0, file.size]], runningOf(options));
    if (file.holders.size > 0) await fetchWanted(file, {}, runningOf(options));
    return work(file.path, await storeOf(file.path));
  });
}

async function withRemote<T>(place: BucketPlace, running: RemoteRunning, work: (file: RemoteFile) => Promise<T>): Promise<T> {
  const file = await RemoteFile.open(place, running);
  try {
    return await work(file);
  } catch (error) {
    throw file.told(error);
  } finally {
    await file.close();
  }
}

function runningOf(options: Pick<ReadOptions, 'signal' | 'onProgress'>): RemoteRunning {
  return { signal: options.signal, onBytes: bytesOf(options) };
}
