import { CheckpointError } from '../../base/errors.js';
import type { ReadOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import type { CheckpointStore } from '../../store/store.js';
import { readAll, storeOf } from '../choose.js';
import { attachmentRange } from '../parquet/attachment.js';
import { readFacts } from '../parquet/fallback/facts-of.js';
import { bytesOf } from './bytes-of.js';
import { fetchWanted } from './fetch-wanted.js';
import type { RemoteFile } from './remote-file.js';
import type { RemoteRunning } from './sparse-copy.js';

/**
 * What reads an object as any store reads a file: each call fetches what it looks at and is not there. All that it gives is of one state of
 * the object. The path that it is given is not looked at.
 */
export async function remoteCheckpoint(file: RemoteFile, running: RemoteRunning): Promise<CheckpointStore> {
  const { path, url } = file;
  const local = await storeOf(path);
  const fetchFor = (options: ReadOptions): Promise<void> => fetchWanted(file, options, { onBytes: bytesOf(options), ...running });
  const asRemote = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw file.told(error);
    }
  };
  return {
    format: local.format,
    extension: local.extension,
    write: async () => {
      throw new CheckpointError('ERR_CKPT_INTERNAL', `${url} is open to be read`, { path: url });
    },
    open: async () => {
      throw new CheckpointError('ERR_CKPT_INTERNAL', `${url} is open already`, { path: url });
    },
    read: (_, options) =>
      asRemote(async () => {
        await fetchFor(options);
        return readAll(path, options);
      }),
    batches: (_, options) => batchesOf(file, local, options, fetchFor),
    head: () => asRemote(() => local.head(path)),
    info: (_, options) =>
      asRemote(async () => {
        const info = await local.info(path, options);
        return { ...info, path: url, etag: file.etag };
      }),
    ...(local.attachment !== undefined && { attachment: () => attachmentOf(file, local, running) }),
  };
}

/** Reads the bytes of an object's attachment to its local file; nothing where it has none. */
export async function fetchAttachment(file: RemoteFile, running: RemoteRunning): Promise<void> {
  const range = file.isParquet ? attachmentRange(await readFacts(file.path)) : undefined;
  if (range !== undefined) await file.fetch([range], running);
}

async function* batchesOf(
  file: RemoteFile,
  local: CheckpointStore,
  options: ReadOptions,
  fetchFor: (options: ReadOptions) => Promise<void>,
): AsyncGenerator<Row[], void, undefined> {
  try {
    await fetchFor(options);
    yield* local.batches(file.path, options);
  } catch (error) {
    throw file.told(error);
  }
}

async function* attachmentOf(
  file: RemoteFile,
  local: CheckpointStore,
  running: RemoteRunning,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    await fetchAttachment(file, running);
    yield* local.attachment?.(file.path) ?? [];
  } catch (error) {
    throw file.told(error);
  }
}
