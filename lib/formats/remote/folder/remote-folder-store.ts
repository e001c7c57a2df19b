import type { BucketPlace } from '../../../bucket/bucket-of.js';
import type { CheckpointStore, OpenFile, OpenOptions } from '../../../store/store.js';
import { folderStore } from '../../folder/folder-store.js';
import { folderPlace } from './list-remote-parts.js';
import type { RemoteRunning } from '../sparse-copy.js';
import { RemoteParts } from './remote-parts.js';

/** A folder of parts in a bucket, for one call. */
export interface RemoteFolder {
  url: string;
  /** Reads it, whatever path it is given by. */
  store: CheckpointStore;
  close(): Promise<void>;
}

/** What reads a folder of parts in a bucket; whether there is one shows with the first look at it. To be closed. */
export function remoteFolderStore(place: BucketPlace, running: RemoteRunning): RemoteFolder {
  const folder = folderPlace(place);
  const { url } = folder;
  const parts = new RemoteParts(folder, running);
  const store = folderStore(parts);
  return {
    url,
    store: {
      ...store,
      read: (_, options) => store.read(url, options),
      batches: (_, options) => store.batches(url, options),
      open: (_, options) => store.open(url, options),
      head: () => store.head(url),
      info: (_, options) => store.info(url, options),
    },
    close: () => parts.close(),
  };
}

/** Opens a folder of parts in a bucket. @throws `ERR_CKPT_NOT_FOUND`, what the parts throw */
export async function openRemoteFolder(place: BucketPlace, options: OpenOptions, running: RemoteRunning): Promise<OpenFile> {
  const folder = remoteFolderStore(place, running);
  try {
    return folderOpen(await folder.store.open(folder.url, options), () => folder.close());
  } catch (error) {
    await folder.close();
    throw error;
  }
}

/** An open folder whose parts are given up when it is closed. */
function folderOpen(file: OpenFile, closed: () => Promise<void>): OpenFile {
  return {
    info: file.info,
    batches: (options, picked) => file.batches(options, picked),
    columnBatches: (options) => file.columnBatches(options),
    columns: (options) => file.columns(options),
    count: (options) => file.count(options),
    close() {
      file.close();
      void closed().catch(() => {});
    },
  };
}
