import type { CheckpointStore } from '../../store/store.js';
import { remoteCheckpoint } from '../../formats/remote/remote-checkpoint.js';
import { RemoteFile } from '../../formats/remote/remote-file.js';
import type { RemoteRunning } from '../../formats/remote/sparse-copy.js';
import { remoteFolderStore, type RemoteFolder } from '../../formats/remote/folder/remote-folder-store.js';
import type { FoundFile } from '../layout.js';
import { placeIn, type BucketHome } from './bucket-home.js';
import { findFolderOfParts } from './folder-of-parts.js';

/**
 * The objects that one call looks at, each in one state: its end, with the footer, is read when it is looked for, and once. Closed at the
 * end, which removes the local files.
 */
export class BucketFiles {
  readonly #home: BucketHome;
  readonly #running: RemoteRunning;
  readonly #looked = new Map<string, Promise<RemoteFile | null>>();
  readonly #folders = new Map<string, RemoteFolder>();
  readonly #stores = new Map<string, Promise<CheckpointStore>>();

  constructor(home: BucketHome, running: RemoteRunning) {
    this.#home = home;
    this.#running = running;
  }

  /** Those of these paths below the directory that are there, the newest first. */
  async find(paths: readonly string[]): Promise<FoundFile[]> {
    const settled = await Promise.allSettled(paths.map((path) => this.#look(path)));
    const failure = settled.find((one) => one.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    const found = settled.flatMap((one) => (one.status === 'fulfilled' && one.value !== null ? [foundOf(one.value)] : []));
    return found.sort((a, b) => b.modifiedMs - a.modifiedMs);
  }

  /** The folder of parts that is the checkpoint of a path without extension. @throws `ERR_CKPT_NOT_A_FILE` for one of anything else */
  async findFolder(stem: string): Promise<FoundFile[]> {
    const found = await findFolderOfParts(this.#home, stem, this.#running.signal);
    if (found === undefined) return [];
    if (!this.#folders.has(found.path))
      this.#folders.set(found.path, remoteFolderStore(placeIn(this.#home, `${stem}.parquet`), this.#running));
    return [found];
  }

  /** What reads one that was found, by its URL. */
  open = async (url: string): Promise<CheckpointStore> => {
    const folder = this.#folders.get(url);
    if (folder !== undefined) return folder.store;
    let store = this.#stores.get(url);
    if (store === undefined) this.#stores.set(url, (store = this.file(url).then((file) => remoteCheckpoint(file, this.#running))));
    return store;
  };

  /** The local file of one that was found. */
  async file(url: string): Promise<RemoteFile> {
    const files = await Promise.all(this.#looked.values());
    return files.find((file) => file?.url === url) as RemoteFile;
  }

  async close(): Promise<void> {
    for (const folder of this.#folders.values()) await folder.close();
    for (const one of await Promise.allSettled(this.#looked.values())) if (one.status === 'fulfilled') await one.value?.close();
  }

  #look(path: string): Promise<RemoteFile | null> {
    let looked = this.#looked.get(path);
    if (looked === undefined) this.#looked.set(path, (looked = RemoteFile.find(placeIn(this.#home, path), this.#running)));
    return looked;
  }
}

function foundOf({ url, size, etag, modified }: RemoteFile): FoundFile {
  return { path: url, bytes: size, modifiedMs: modified?.getTime() ?? 0, version: etag };
}
