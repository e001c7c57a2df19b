import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BucketPlace } from '../../bucket/bucket-of.js';
import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import { remoteFolder } from '../../bucket/remote-folder.js';
import type { FallbackOpenOptions, ParquetFile } from '../parquet/fallback/parquet-file.js';
import type { Arriving } from '../../store/arriving.js';
import type { Holder } from '../parquet/references.js';
import { extensionOf } from './extension-of.js';
import { heldCopies } from './held-copies.js';
import type { Range } from './ranges.js';
import { SparseCopy, TAIL_BYTES, type BytesCome, type RemoteRunning } from './sparse-copy.js';
import { told } from './told.js';

/**
 * A local file with the bytes of an object that were asked for, and beside it such files of those that the object refers to: readers of
 * local files find them there. It must be closed, which removes all.
 */
export class RemoteFile {
  readonly #folder: string;
  readonly #copy: SparseCopy;
  readonly #come: BytesCome;
  /** Those that have values of a thin checkpoint, by their ids, as far as they are there. */
  readonly holders: ReadonlyMap<string, SparseCopy>;

  private constructor(folder: string, copy: SparseCopy, holders: ReadonlyMap<string, SparseCopy>, come: BytesCome) {
    this.#folder = folder;
    this.#copy = copy;
    this.holders = holders;
    this.#come = come;
  }

  /** Reads the end of an object, with its footer if it is Parquet. @throws `ERR_CKPT_NOT_FOUND`; what the bucket throws */
  static async open(place: BucketPlace, running: RemoteRunning): Promise<RemoteFile> {
    const { url } = place;
    const found = await RemoteFile.find(place, running);
    if (found === null) throw new CheckpointError('ERR_CKPT_NOT_FOUND', `cannot read ${url}: there is no such object`, { path: url });
    return found;
  }

  /** The same; null where there is no such object. `alone`: without what it refers to, for who reads its footer only. */
  static async find(place: BucketPlace, running: RemoteRunning, { alone = false } = {}): Promise<RemoteFile | null> {
    const { bucket, key } = place;
    const { signal } = running;
    const found = await bucket.get(key, { range: { last: TAIL_BYTES }, ...(signal !== undefined && { signal }) });
    if (found === null) return null;
    const folder = await remoteFolder();
    let copy: SparseCopy | undefined;
    let file: RemoteFile | undefined;
    try {
      const come = { bytes: 0 };
      copy = await SparseCopy.of(place, join(folder, `object${extensionOf(key)}`), found, come, running);
      const held = alone ? new Map<string, SparseCopy>() : await heldCopies(place, copy.refersTo ?? [], folder, come, running);
      file = new RemoteFile(folder, copy, held, come);
      // Where the object was replaced meanwhile, what it referred to may have been swept.
      if (!alone && held.size < (copy.refersTo?.length ?? 0)) await copy.checkSame(running);
      return file;
    } catch (error) {
      for (const each of [copy, ...(file?.holders.values() ?? [])]) await each?.close();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get url(): string {
    return this.#copy.url;
  }

  /** The local file. Its name ends as the object's. */
  get path(): string {
    return this.#copy.path;
  }

  get size(): number {
    return this.#copy.size;
  }

  get etag(): string {
    return this.#copy.etag;
  }

  /** When it was written, where the store tells. */
  get modified(): Date | undefined {
    return this.#copy.modified;
  }

  /** Whether its end is that of a Parquet file, be it encrypted. */
  get isParquet(): boolean {
    return this.#copy.isParquet;
  }

  /** How many bytes have come. */
  get fetched(): number {
    return this.#come.bytes;
  }

  /** See {@link SparseCopy.arriving}; undefined where all of it is there, and where it has values in other files. */
  arriving(fetching: Promise<void>): Arriving | undefined {
    return this.#copy.isWhole || this.holders.size > 0 ? undefined : this.#copy.arriving(fetching);
  }

  /** See {@link SparseCopy.footerOf}. */
  footerOf(options: FallbackOpenOptions): ParquetFile | undefined {
    return this.#copy.footerOf(options);
  }

  /** The files that it refers to; undefined where its footer does not tell. */
  get refersTo(): readonly Holder[] | undefined {
    return this.#copy.refersTo;
  }

  /** What others know it by. */
  get id(): string | undefined {
    return this.#copy.id;
  }

  /** Reads these bytes, as far as they are not there. @throws `ERR_CKPT_CHANGED` when the object is another by now */
  fetch(wanted: readonly Range[], running: RemoteRunning): Promise<void> {
    return SparseCopy.fetch([[this.#copy, wanted]], running);
  }

  /** The same of those that it refers to. */
  fetchHeld(wanted: ReadonlyMap<string, readonly Range[]>, running: RemoteRunning): Promise<void> {
    const there = [...this.holders].map(([id, copy]) => [copy, wanted.get(id) ?? []] as const);
    return SparseCopy.fetch(there, running);
  }

  /** Reads all that is not there, and all of what it refers to. */
  all(running: RemoteRunning): Promise<void> {
    return SparseCopy.fetch(
      [this.#copy, ...this.holders.values()].map((copy) => [copy, [[0, copy.size]]] as const),
      running,
    );
  }

  /** An error of the local files as one of the objects: with their URLs in place of the paths. */
  told(error: unknown): unknown {
    if (!isCheckpointError(error)) return error;
    let made: CheckpointError = error;
    const holders = [...this.holders.values()];
    const about = holders.find(({ path }) => path === error.path)?.url ?? this.url;
    for (const { path, url } of [...holders, this.#copy]) made = told(made, path, url, about) as CheckpointError;
    return made;
  }

  async close(): Promise<void> {
    for (const copy of [this.#copy, ...this.holders.values()]) await copy.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
