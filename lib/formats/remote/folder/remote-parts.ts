import { loadBinding } from '../../../base/addon/binding.js';
import { CheckpointError } from '../../../base/errors.js';
import type { Row } from '../../../base/rows.js';
import type { BucketPlace } from '../../../bucket/bucket-of.js';
import type { FileOptions, ReadOptions } from '../../../options/options.js';
import { gather } from '../../../store/wanted-rows.js';
import type { CheckpointStore } from '../../../store/store.js';
import type { Part } from '../../folder/list-parts.js';
import { vanished } from '../../folder/list-parts.js';
import type { PartsSource } from '../../folder/parts-source.js';
import { readFacts } from '../../parquet/fallback/facts-of.js';
import type { ParquetFacts } from '../../parquet/parquet-facts.js';
import { parquetFacts } from '../../parquet/read-parquet.js';
import { remoteCheckpoint } from '../remote-checkpoint.js';
import { RemoteFile } from '../remote-file.js';
import type { RemoteRunning } from '../sparse-copy.js';
import { openedRemote } from '../opened-remote.js';
import { listRemoteParts, partPlace } from './list-remote-parts.js';

/** Parts whose footers are fetched at a time. */
const AT_ONCE = 8;
/** What is kept of parts between readings. */
const KEPT_FILES = 64;
const KEPT_BYTES = 128 << 20;

/**
 * The parts of a folder in a bucket. Of each, what was fetched is kept for the next reading, as far as there is room. A part that is
 * another than the one that was listed is `ERR_CKPT_CHANGED`. To be closed.
 */
export class RemoteParts implements PartsSource {
  readonly store: CheckpointStore;
  readonly #folder: BucketPlace;
  readonly #running: RemoteRunning;
  /** What parts are to be, by their URLs. */
  readonly #stamps = new Map<string, string>();
  /** Those that nobody reads, the latest at the end. */
  readonly #kept = new Map<string, RemoteFile>();
  #bytes = 0;
  #closed = false;

  constructor(folder: BucketPlace, running: RemoteRunning) {
    this.#folder = folder;
    this.#running = { signal: running.signal };
    this.store = this.#storeOfParts();
  }

  async list(_: string, most?: number): Promise<Part[]> {
    const parts = await listRemoteParts(this.#folder, most, this.#running.signal);
    for (const { path, stamp } of parts) this.#stamps.set(path, stamp);
    return parts;
  }

  async *describe(paths: readonly string[], options: FileOptions): AsyncGenerator<ParquetFacts, void, undefined> {
    const ahead: Promise<ParquetFacts>[] = [];
    let next = 0;
    try {
      for (let at = 0; at < paths.length; at++) {
        for (; next < paths.length && ahead.length < AT_ONCE; next++) {
          const facts = this.#factsOf(paths[next] as string, options);
          facts.catch(() => {});
          ahead.push(facts);
        }
        yield await (ahead.shift() as Promise<ParquetFacts>);
      }
    } finally {
      await Promise.allSettled(ahead);
    }
  }

  /** Objects are looked at one by one: each that is another by now is told when it is opened. */
  whileSame<T>(_: string, work: () => Promise<T>): Promise<T> {
    return work();
  }

  /** All that is read of a part is of the state that was listed. */
  async check(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true;
    const files = [...this.#kept.values()];
    this.#kept.clear();
    for (const file of files) await file.close();
  }

  #storeOfParts(): CheckpointStore {
    const none = async (path: string): Promise<never> => {
      throw new CheckpointError('ERR_CKPT_INTERNAL', `arrow-ckpt has a bug: this is not asked of the part ${path}`, { path });
    };
    const batches = (path: string, options: ReadOptions): AsyncGenerator<Row[], void, undefined> => this.#batches(path, options);
    return {
      format: 'parquet',
      extension: '.parquet',
      write: none,
      head: none,
      info: none,
      batches,
      read: (path, options) => gather(batches(path, options)),
      open: async (path, options) => openedRemote(await this.#take(path), options),
    };
  }

  async *#batches(path: string, options: ReadOptions): AsyncGenerator<Row[], void, undefined> {
    const { signal = this.#running.signal } = options;
    const file = await this.#take(path);
    try {
      const store = await remoteCheckpoint(file, { signal });
      yield* store.batches(path, options);
    } finally {
      await this.#give(path, file);
    }
  }

  async #factsOf(path: string, options: FileOptions): Promise<ParquetFacts> {
    const file = await this.#take(path);
    try {
      if (loadBinding() === null) return await readFacts(file.path, options);
      return await parquetFacts(file.path, Object.keys(options).length > 0 ? options : undefined);
    } catch (error) {
      throw file.told(error);
    } finally {
      await this.#give(path, file);
    }
  }

  /** The part, for one reader: another that comes meanwhile gets its own. */
  async #take(path: string): Promise<RemoteFile> {
    const stamp = this.#stamps.get(path);
    const kept = this.#kept.get(path);
    if (kept !== undefined) {
      this.#forget(path, kept);
      if (kept.etag === stamp) return kept;
      await kept.close();
    }
    const file = await RemoteFile.find(partPlace(this.#folder, path), this.#running);
    if (file === null) throw vanished(path, undefined);
    if (file.etag === stamp) return file;
    await file.close();
    throw new CheckpointError('ERR_CKPT_CHANGED', `the part ${path} was replaced while its folder was read; read the folder again`, {
      path,
    });
  }

  async #give(path: string, file: RemoteFile): Promise<void> {
    if (this.#closed || this.#kept.has(path)) return file.close();
    this.#kept.set(path, file);
    this.#bytes += file.fetched;
    for (const [oldest, kept] of this.#kept) {
      if (this.#kept.size <= KEPT_FILES && this.#bytes <= KEPT_BYTES) return;
      this.#forget(oldest, kept);
      await kept.close();
    }
  }

  #forget(path: string, file: RemoteFile): void {
    this.#kept.delete(path);
    this.#bytes -= file.fetched;
  }
}
