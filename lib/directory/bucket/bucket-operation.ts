import { isCheckpointError } from '../../base/errors.js';
import type { HeldLease } from '../../base/lock/held-lease.js';
import type { Row } from '../../base/rows.js';
import { isTextByChoice } from '../../formats/choose.js';
import { refuseLocalOptions } from '../../formats/refuse-local-options.js';
import { writeRemote } from '../../formats/remote/write-remote.js';
import type { CheckpointInfo, ReadOptions, WriteOptions } from '../../options/options.js';
import type { Attachment, CheckpointStore } from '../../store/store.js';
import { refuseReflink } from '../../formats/with-share.js';
import { operationInfo } from '../inventory.js';
import { EXTENSIONS, type FoundFile } from '../layout.js';
import type { LeaseOptions } from '../lease.js';
import { loadFile, scanFile, type Wanted } from '../load.js';
import type { Logger } from '../log-lines.js';
import type { NamedCheckpointInfo } from '../manager-options.js';
import type { RecentFiles } from '../recent-files.js';
import { basesInBucket } from './bucket-bases.js';
import { BucketFiles } from './bucket-files.js';
import type { BucketHashes } from './bucket-hashes.js';
import { placeIn, type BucketHome } from './bucket-home.js';
import { findObjects } from './find-objects.js';
import { keptItems } from './operation-items.js';
import { removeItems } from './remove-items.js';
import { findFolderOfParts, removeFolderOfParts, removeParts } from './folder-of-parts.js';
import { takeBucketLease } from './bucket-lease-of.js';
import { stemsOf } from './bucket-names.js';
import { saveShared } from './save-shared.js';
import { isChanged, RELOADS, whileChanged } from './while-changed.js';

/** What works in a directory of a bucket has. */
export interface BucketDirectoryParts {
  home: BucketHome;
  hashes: BucketHashes;
  /** Of what is saved. */
  store: CheckpointStore;
  logger: Logger | null;
  /** Paths below the directory. */
  recent: RecentFiles;
}

/** An operation of a step in a bucket: what `OperationFiles` is on disk. */
export class BucketOperation {
  /** The paths of its files without extensions; the first is that of a new one. */
  readonly #stems: readonly string[];

  constructor(
    readonly parts: BucketDirectoryParts,
    readonly step: string,
    readonly operation: string,
    /** Of the operation as it is now; undefined where any will do. */
    readonly hash: string | undefined,
  ) {
    this.#stems = stemsOf(step, operation);
  }

  /** The objects that are there, the newest first; where there is none, a folder of parts. */
  async find(): Promise<FoundFile[]> {
    const found = await this.#objects(undefined);
    if (found.length > 0) return found;
    const folder = await findFolderOfParts(this.parts.home, this.#stems[0] as string);
    return folder === undefined ? [] : [folder];
  }

  /** Reads the object that counts; null where there is none of the hash. */
  async load<T>(
    read: (store: CheckpointStore, path: string) => Promise<T>,
    options: Pick<ReadOptions, 'signal'> = {},
  ): Promise<{ result: T; path: string } | null> {
    const loaded = await whileChanged(() => this.#with(options, (files) => loadFile(this.#wanted(files), read)));
    if (loaded !== null) this.#note(loaded.path);
    return loaded;
  }

  /** Its rows one by one; the URL that they come from as the result. */
  async *scan(options: ReadOptions): AsyncGenerator<Row, string | null, undefined> {
    for (let attempt = 1; ; attempt++) {
      const files = new BucketFiles(this.parts.home, options);
      const rows = scanFile(this.#wanted(files), options);
      let isGiven = false;
      try {
        for (let next = await rows.next(); ; next = await rows.next()) {
          if (next.done === true) {
            if (next.value !== null) this.#note(next.value);
            return next.value;
          }
          isGiven = true;
          yield next.value;
        }
      } catch (error) {
        if (isGiven || attempt === RELOADS || !isChanged(error)) throw error;
      } finally {
        await rows.return(null);
        await files.close();
      }
    }
  }

  /**
   * Saves it: an object with its hash inside takes the place of the one before in one request, and the object of the other format goes. Of
   * several saves at a time the last counts.
   */
  async save(rows: Iterable<Row> | AsyncIterable<Row>, options: WriteOptions, attachment?: Attachment): Promise<CheckpointInfo> {
    const { home, hashes, store, logger } = this.parts;
    if (isTextByChoice(store)) refuseReflink(options, 'a manager of JSON');
    refuseLocalOptions(options, { shares: true });
    // As on disk: see `saveFile`.
    const isBare = store.format === 'json' && options.compat !== undefined;
    const { hash, ...withoutHash } = options;
    const found = await this.#objects(options.signal);
    const own = this.#stems[0] as string;
    const folder = found.length === 0 ? await findFolderOfParts(home, own, options.signal) : undefined;
    const stem =
      this.#stems.find((each) => found.some(({ path }) => isOfStem(path, placeIn(home, each).url))) ?? (this.#stems[0] as string);
    const below = stem + store.extension;
    const place = placeIn(home, below);
    const { base, ...whole } = isBare ? withoutHash : options;
    // As on disk: text, and what other programs read, is whole.
    const bases =
      base === undefined || base === false || store.format !== 'parquet' || options.compat !== undefined
        ? undefined
        : await basesInBucket({ home, below, recent: this.parts.recent.paths, find: (...name) => this.#pathOf(...name) }, base);
    if (isBare || hash === undefined) await hashes.set(this.step, this.operation, null);
    const info =
      bases === undefined
        ? await writeRemote(place, rows, whole, {}, { store, attachment })
        : await saveShared({ home, store, logger, below, bases }, rows, whole, attachment);
    this.parts.recent.note(below);
    if (options.compat !== undefined && hash !== undefined) {
      try {
        await hashes.set(this.step, this.operation, hash);
      } catch (error) {
        if (isBare) throw error;
        logger?.warn(`could not write the hash of '${this.operation}' for DocETL: ${String(error)}`);
      }
    }
    await this.#removeTwins(found, place.url);
    if (folder !== undefined) await this.#removeReplaced(own, folder);
    return isBare ? { ...info, hash: hash ?? null } : info;
  }

  /** What is known of the newest object that can be read; null where there is none. */
  info(): Promise<NamedCheckpointInfo | null> {
    return whileChanged(() =>
      this.#with({}, async (files) => operationInfo(await this.#findIn(files), this.#mirror(), undefined, files.open)),
    );
  }

  /** Removes the checkpoint in both formats, its hash, and what was kept beside it; gives the number of objects. Batches stay. */
  async remove(): Promise<number> {
    const { home, hashes } = this.parts;
    const found = await this.#objects(undefined);
    // Those first, as on disk: what a failure leaves must not bring back results of a checkpoint that is gone.
    const kept = await Promise.all(this.#stems.map((stem) => keptItems(home, stem)));
    const removed = await removeItems(this.parts, kept.flat());
    const folder = await findFolderOfParts(home, this.#stems[0] as string);
    if (folder !== undefined) await removeFolderOfParts(home, this.#stems[0] as string);
    for (const { key } of found) await home.bucket.delete(key);
    await hashes.set(this.step, this.operation, null);
    return removed + Math.max(found.length, folder === undefined ? 0 : 1);
  }

  /** Whoever holds it works on the operation, and nobody else may change or remove what is here. @throws `ERR_CKPT_LOCKED` */
  lease(options: LeaseOptions): Promise<HeldLease> {
    return takeBucketLease(this.parts.home, this.step, this.operation, options);
  }

  /** The path below the directory of a checkpoint that is there. */
  async #pathOf(step: string, operation: string): Promise<string | undefined> {
    const [found] = await new BucketOperation(this.parts, step, operation, undefined).find();
    return found && this.#below(found.path);
  }

  #note(url: string): void {
    this.parts.recent.note(this.#below(url));
  }

  #below(url: string): string {
    return url.slice(this.parts.home.url.length + 1);
  }

  /** An object of the name counts before a folder. */
  async #findIn(files: BucketFiles): Promise<FoundFile[]> {
    const found = await this.#find((paths) => files.find(paths));
    return found.length > 0 ? found : files.findFolder(this.#stems[0] as string);
  }

  #objects(signal: AbortSignal | undefined): Promise<(FoundFile & { key: string })[]> {
    return this.#find((paths) => findObjects(this.parts.home, paths, signal));
  }

  /** Other names than the one that is saved under are of copies of local directories: see bucket-names.ts. */
  async #find<T>(look: (paths: readonly string[]) => Promise<T[]>): Promise<T[]> {
    const pathsOf = (stems: readonly string[]): string[] => stems.flatMap((stem) => EXTENSIONS.map((extension) => stem + extension));
    const [own, ...others] = this.#stems as [string, ...string[]];
    const found = await look(pathsOf([own]));
    return found.length > 0 || others.length === 0 ? found : look(pathsOf(others));
  }

  #wanted(files: BucketFiles): Wanted {
    return {
      find: () => this.#findIn(files),
      hash: this.hash,
      mirror: this.#mirror(),
      logger: this.parts.logger,
      open: files.open,
    };
  }

  #mirror(): NonNullable<Wanted['mirror']> {
    return { config: this.parts.hashes, step: this.step, operation: this.operation };
  }

  /** Those that a save replaces, if nobody has replaced them meanwhile. One that cannot be removed does no harm: it is older. */
  async #removeTwins(found: readonly (FoundFile & { key: string })[], saved: string): Promise<void> {
    const { home, logger } = this.parts;
    for (const { path, key, version } of found) {
      if (path === saved) continue;
      try {
        await home.bucket.delete(key, { ifMatch: version });
      } catch (error) {
        if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_CONDITION')
          logger?.warn(`could not remove ${path}, which the new save replaces: ${String(error)}`);
      }
    }
  }

  /** The parts of a folder that a save has replaced. Those that stay do no harm: the object counts. */
  async #removeReplaced(stem: string, { path }: FoundFile): Promise<void> {
    try {
      await removeParts(this.parts.home, stem);
    } catch (error) {
      this.parts.logger?.warn(`could not remove the parts of ${path}, which the new save replaces: ${String(error)}`);
    }
  }

  async #with<T>({ signal }: Pick<ReadOptions, 'signal'>, work: (files: BucketFiles) => Promise<T>): Promise<T> {
    const files = new BucketFiles(this.parts.home, { signal });
    try {
      return await work(files);
    } finally {
      await files.close();
    }
  }
}

function isOfStem(url: string, stem: string): boolean {
  return EXTENSIONS.some((extension) => url === stem + extension);
}
