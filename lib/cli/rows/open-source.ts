import type { FileHead } from '../../store/origin.js';
import type { CheckpointInfo, ReadOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import { remotePlace, type BucketPlace } from '../../bucket/bucket-of.js';
import { storeOf } from '../../formats/choose.js';
import { remoteCheckpoint } from '../../formats/remote/remote-checkpoint.js';
import { findObject } from '../../formats/remote/find-object.js';
import { remoteFolderStore } from '../../formats/remote/folder/remote-folder-store.js';
import type { RemoteRunning } from '../../formats/remote/sparse-copy.js';
import { told } from '../../formats/remote/told.js';
import { withoutQuery } from '../../options/bucket-url.js';
import type { CheckpointStore } from '../../store/store.js';
import { wantedBatches } from '../../store/wanted-rows.js';
import { sizeOf } from '../directory/folder.js';
import type { CsvReading } from './csv-batches.js';

/** A file or an object that rows can be read from, as often as is wanted. An object is that of one moment. To be closed. */
export interface RowSource {
  /** As it may be shown. */
  readonly path: string;
  readonly format: CheckpointInfo['format'] | 'csv';
  batches(options: ReadOptions): AsyncGenerator<Row[], void, undefined>;
  head(): Promise<FileHead>;
  /** None of CSV. */
  info?(): Promise<CheckpointInfo>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/** How an object is fetched, and CSV is read. */
interface SourceReading extends CsvReading {
  signal: AbortSignal;
}

/** Whether a path or a URL is one of CSV: its extension says so. */
export function isCsv(path: string): boolean {
  return withoutQuery(path).endsWith('.csv');
}

/** Opens a file of any format: CSV by its extension, the others by their contents. @throws what is wrong with the path */
export async function openSource(path: string, reading: SourceReading): Promise<RowSource> {
  const place = remotePlace(path, undefined);
  if (place === undefined) {
    const local = { size: () => sizeOf(path), close: async () => {} };
    if (!isCsv(path)) return { ...storeSource(path, await storeOf(path)), ...local };
    // What is not there is told at once.
    await sizeOf(path);
    return { ...csvSource(path, path, reading), ...local };
  }
  const running = { signal: reading.signal };
  const file = await findObject(place, running);
  if (file === undefined) return folderSource(place, running);
  const remote = { size: async () => file.size, close: () => file.close() };
  try {
    const { url } = file;
    if (isCsv(path)) return { ...csvSource(url, file.path, reading), ...remote };
    return { ...storeSource(url, await remoteCheckpoint(file, running)), ...remote };
  } catch (error) {
    await file.close();
    throw file.told(error);
  }
}

/** A folder of parts in a bucket. @throws `ERR_CKPT_NOT_FOUND` */
async function folderSource(place: BucketPlace, running: RemoteRunning): Promise<RowSource> {
  const folder = remoteFolderStore(place, running);
  try {
    const { bytes } = await folder.store.info(folder.url);
    return { ...storeSource(folder.url, folder.store), size: async () => bytes, close: () => folder.close() };
  } catch (error) {
    await folder.close();
    throw error;
  }
}

type Rows = Omit<RowSource, 'size' | 'close'>;

function storeSource(path: string, store: CheckpointStore): Rows {
  return {
    path,
    format: store.format,
    batches: (options) => store.batches(path, options),
    head: () => store.head(path),
    info: () => store.info(path),
  };
}

/** `local`: where its bytes are. */
function csvSource(path: string, local: string, csv: CsvReading): Rows {
  return {
    path,
    format: 'csv',
    batches: (options) =>
      wantedBatches(path, options, async function* (_, { signal, onProgress }) {
        const { csvBatches } = await import('./csv-batches.js');
        let rows = 0;
        try {
          for await (const batch of csvBatches(local, csv, signal)) {
            onProgress?.({ rows: (rows += batch.length), totalRows: undefined });
            yield batch;
          }
        } catch (error) {
          throw told(error, local, path);
        }
      }),
    head: async () => ({ hash: null, metadata: {} }),
  };
}
