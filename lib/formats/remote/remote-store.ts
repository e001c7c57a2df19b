import type { BucketPlace } from '../../bucket/bucket-of.js';
import type { CheckpointInfo, FileOptions, ReadOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import type { FileHead } from '../../store/origin.js';
import type { CheckpointStore, OpenFile, OpenOptions } from '../../store/store.js';
import { storeOf } from '../choose.js';
import { findObject } from './find-object.js';
import { fetchWanted } from './fetch-wanted.js';
import type { RemoteFile } from './remote-file.js';
import { openedRemote } from './opened-remote.js';
import { readArriving } from './read-arriving.js';
import { bytesOf } from './bytes-of.js';
import { openRemoteFolder, remoteFolderStore, type RemoteFolder } from './folder/remote-folder-store.js';
import type { RemoteRunning } from './sparse-copy.js';

/** Reads all rows that are wanted of an object, with the ranges of its bytes that they are in: they are decoded while others come. */
export async function readRemote(place: BucketPlace, options: ReadOptions): Promise<Row[]> {
  const ofObject = (file: RemoteFile): Promise<Row[]> => readArriving(file, options);
  return withRemote(place, runningOf(options), ofObject, ({ url, store }) => store.read(url, options));
}

/** Opens an object or a folder of parts, which fetches for each reading what it looks at. */
export async function openRemote(place: BucketPlace, options: OpenOptions, running: RemoteRunning): Promise<OpenFile> {
  const file = await findObject(place, { ...running, options });
  return file === undefined ? openRemoteFolder(place, options, running) : openedRemote(file, options);
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
  const ofObject = async (file: RemoteFile): Promise<{ info: CheckpointInfo; head: FileHead }> => {
    const store = await storeOf(file.path);
    const info = await store.info(file.path);
    return { info: { ...info, path: file.url, etag: file.etag }, head: await store.head(file.path) };
  };
  return withRemote(place, {}, ofObject, async ({ url, store }) => ({ info: await store.info(url), head: await store.head(url) }));
}

/** Calls `work` with the whole object as a local file, and what a thin one needs of others; or with a folder of parts by its URL. */
export async function withWhole<T>(
  place: BucketPlace,
  options: Pick<ReadOptions, 'signal' | 'onProgress'>,
  work: (path: string, store: CheckpointStore) => Promise<T>,
): Promise<T> {
  const ofObject = async (file: RemoteFile): Promise<T> => {
    await file.fetch([[0, file.size]], runningOf(options));
    if (file.holders.size > 0) await fetchWanted(file, {}, runningOf(options));
    return work(file.path, await storeOf(file.path));
  };
  return withRemote(place, runningOf(options), ofObject, ({ url, store }) => work(url, store));
}

async function withRemote<T>(
  place: BucketPlace,
  running: RemoteRunning,
  work: (file: RemoteFile) => Promise<T>,
  ofFolder: (folder: RemoteFolder) => Promise<T>,
): Promise<T> {
  const file = await findObject(place, running);
  if (file === undefined) return withFolder(place, running, ofFolder);
  try {
    return await work(file);
  } catch (error) {
    throw file.told(error);
  } finally {
    await file.close();
  }
}

async function withFolder<T>(place: BucketPlace, running: RemoteRunning, work: (folder: RemoteFolder) => Promise<T>): Promise<T> {
  const folder = remoteFolderStore(place, running);
  try {
    return await work(folder);
  } finally {
    await folder.close();
  }
}

function runningOf(options: Pick<ReadOptions, 'signal' | 'onProgress'> & FileOptions): RemoteRunning {
  return { signal: options.signal, onBytes: bytesOf(options), options };
}
