import type { HeldLease } from '../base/lock/held-lease.js';
import { isTextByChoice } from '../formats/choose.js';
import { refuseReflink } from '../formats/with-share.js';
import type { CheckpointInfo, ReadOptions, WriteOptions } from '../options/options.js';
import type { Row } from '../base/rows.js';
import type { Attachment, CheckpointStore } from '../store/store.js';
import { checkpointFiles, type CheckpointFile, type Mirror } from './checkpoint-file.js';
import { clearKept, removeFiles } from './clear.js';
import type { DocetlConfig } from './docetl-config.js';
import { keptFolder } from './kept-files.js';
import { batchFolder, filesOf, operationStem, stepFolder, type FoundFile } from './layout.js';
import { takeLease, type LeaseOptions } from './lease.js';
import { loadFile, scanFile, type Wanted } from './load.js';
import type { Logger } from './log-lines.js';
import type { NamedCheckpointInfo } from './manager-options.js';
import type { Original, Published } from './original.js';
import { basesIn, type Sharing } from './bases.js';
import type { RecentFiles } from './recent-files.js';
import { saveFile, type SaveTarget } from './save.js';

/** A directory of checkpoints, as whoever works in it has it. */
export interface Home {
  directory: string;
  /** Of what is saved: what is read may be in any. */
  store: CheckpointStore;
  config: DocetlConfig;
  logger: Logger | null;
  recent: RecentFiles;
  /** Of a directory that has a copy of an operation; undefined for one that has its own. */
  original?: Original;
}

/** An operation of a step on disk: its checkpoint, which may be there in two formats, its hash, its batches and its lease. */
export class OperationFiles implements Wanted, SaveTarget {
  readonly directory: string;
  readonly store: CheckpointStore;
  readonly logger: Logger | null;
  readonly mirror: Mirror<DocetlConfig>;

  private constructor(
    readonly home: Home,
    readonly step: string,
    readonly operation: string,
    /** Of the operation as it is now; undefined where any will do. */
    readonly hash: string | undefined,
    /** The path of the checkpoint without its extension. */
    readonly stem: string,
  ) {
    this.directory = home.directory;
    this.store = home.store;
    this.logger = home.logger;
    this.mirror = { config: home.config, step, operation };
  }

  /** @throws `ERR_CKPT_INVALID_ARGUMENT` for names that no file can have */
  static async of(home: Home, step: string, operation: string, hash?: string): Promise<OperationFiles> {
    const stem = await operationStem(await stepFolder(home.directory, step), operation);
    return new OperationFiles(home, step, operation, hash, stem);
  }

  /** What counts as used by a load. */
  get uses(): string {
    return this.stem;
  }

  /** The files that are there, the newest first. */
  find = (): Promise<FoundFile[]> => filesOf(this.stem);

  /** Names the files that are there and their versions: the same before and after, and nobody saved or removed one between. */
  async version(): Promise<string> {
    return (await this.find()).map(({ path, version }) => `${path} ${version}`).join();
  }

  /** What {@link find} gives, with their hashes. */
  async hashed(): Promise<CheckpointFile[]> {
    return checkpointFiles(await this.find(), this.mirror);
  }

  /** Reads the file that counts; null where there is none of the hash. */
  async load<T>(read: (store: CheckpointStore, path: string) => Promise<T>): Promise<{ result: T; path: string } | null> {
    const loaded = await loadFile(this, read);
    if (loaded !== null) this.home.recent.note(loaded.path);
    return loaded;
  }

  /** Its rows one by one; the path that they come from as the result. */
  async *scan(options: ReadOptions): AsyncGenerator<Row, string | null, undefined> {
    const path = yield* scanFile(this, options);
    if (path !== null) this.home.recent.note(path);
    return path;
  }

  async save(rows: Iterable<Row> | AsyncIterable<Row>, options: WriteOptions, attachment?: Attachment): Promise<CheckpointInfo> {
    if (isTextByChoice(this.store)) refuseReflink(options, 'a manager of JSON');
    // A copy is published alone: it is whole.
    const bases = options.compat === undefined && !this.isCopy ? await basesIn(this.#sharing(), options.base) : undefined;
    const sharing = bases === undefined ? undefined : { ...bases, reflink: options.share === 'reflink' };
    const info = await saveFile(this, rows, sharing === undefined ? options : { ...options, sharing }, attachment);
    this.home.recent.note(info.path);
    return info;
  }

  #sharing(): Sharing {
    const { directory, recent } = this.home;
    const find = async (step: string, operation: string): Promise<string | undefined> =>
      (await (await OperationFiles.of(this.home, step, operation)).find())[0]?.path;
    return { directory, path: `${this.stem}.parquet`, recent, find };
  }

  /** What is known of the newest file that can be read; null where there is none. */
  async info(): Promise<NamedCheckpointInfo | null> {
    const { operationInfo } = await import('./inventory.js');
    return operationInfo(await this.find(), this.mirror);
  }

  /** Removes the checkpoint in both formats, its hash, and what was kept beside it; gives the number of files. Batches stay. */
  async remove(): Promise<number> {
    // Those first: what a crash leaves must not bring back results of a checkpoint that is gone.
    const kept = await clearKept(keptFolder(this.stem));
    const removed = kept + (await removeFiles((await this.find()).map(({ path }) => path)));
    await this.mirror.config.set(this.step, this.operation, null);
    return removed;
  }

  /** Whoever holds it works on the operation, and nobody else may change or remove what is here. @throws `ERR_CKPT_LOCKED` */
  lease(options: LeaseOptions): Promise<HeldLease> {
    return this.home.original?.lease(options) ?? takeLease(this, options);
  }

  /** Of a copy: brings what is there without the lease, until {@link close}. */
  async bring(signal: AbortSignal | undefined): Promise<void> {
    await this.home.original?.bring(signal);
  }

  async close(): Promise<void> {
    await this.home.original?.close();
  }

  /** What was written or removed here is so durably when it resolves: in a directory of its own that is so without it. */
  async publish(what: Published = {}): Promise<void> {
    await this.home.original?.publish(what);
  }

  /** The folder of its kept results, with what is in it. */
  async kept(): Promise<string> {
    await this.home.original?.bringKept();
    return keptFolder(this.stem);
  }

  /** Whether these are copies of what is in a bucket. */
  get isCopy(): boolean {
    return this.home.original !== undefined;
  }

  /** Whether its kept results are here without being brought. */
  get hasKept(): boolean {
    return this.home.original?.hasKept ?? true;
  }

  /** What a path here is called in messages and events. */
  nameOf(path: string): string {
    return this.home.original?.nameOf(path) ?? path;
  }

  /** An error as it is told. */
  told(error: unknown): unknown {
    return this.home.original?.told(error) ?? error;
  }

  /** The folder of its batches, whether it exists or not. */
  batches(): Promise<string> {
    return batchFolder(this.directory, this.operation, this.step);
  }

  /** Where DocETL has batches of operations of this name, whatever their step, and 0.1.0 had those of maps: read, and no longer written. */
  sharedBatches(): Promise<string> {
    return batchFolder(this.directory, this.operation);
  }
}
