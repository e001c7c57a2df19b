import { rm } from 'node:fs/promises';
import { sep } from 'node:path';
import { makeTemporary } from '../../base/commit/temporary-folder.js';
import { isCheckpointError } from '../../base/errors.js';
import type { HeldLease } from '../../base/lock/held-lease.js';
import type { BucketLease } from '../../bucket/bucket-lease.js';
import { remoteFolderPath } from '../../bucket/remote-folder.js';
import { placeIn } from '../../directory/bucket/bucket-home.js';
import { takeBucketLease } from '../../directory/bucket/bucket-lease-of.js';
import { stemsOf } from '../../directory/bucket/bucket-names.js';
import type { BucketDirectoryParts } from '../../directory/bucket/bucket-operation.js';
import { DocetlConfig } from '../../directory/docetl-config.js';
import type { LeaseOptions } from '../../directory/lease.js';
import type { Logger } from '../../directory/log-lines.js';
import { OperationFiles } from '../../directory/operation-files.js';
import type { Original, Published } from '../../directory/original.js';
import { RecentFiles } from '../../directory/recent-files.js';
import { bringHolders } from '../../formats/remote/held-copies.js';
import { told } from '../../formats/remote/told.js';
import { MAX_BASES } from '../../options/base.js';
import { areasOf, otherStem, type AreaName } from './areas.js';
import { bring } from './bring.js';
import { Publisher } from './publisher.js';

/** Which operation, and of which hash: undefined for any. */
interface Named {
  step: string;
  operation: string;
  hash?: string | undefined;
}

/**
 * A local copy of an operation that is in a bucket, in a temporary folder: what works on local files works on it, and publishes what it
 * has made. A file is an object of the same name: what `copy` makes of such a bucket is a directory, and of a directory such a bucket,
 * also in the middle of a map.
 */
export class Staging implements Original {
  /** Whether kept results are here. */
  hasKept = false;
  readonly #parts: BucketDirectoryParts;
  readonly #folder: string;
  /** What names of files here have in place of the folder. */
  readonly #name: string;
  #files!: OperationFiles;
  #publisher: Publisher | undefined;

  private constructor(parts: BucketDirectoryParts, folder: string) {
    this.#parts = parts;
    this.#folder = folder;
    this.#name = parts.home.url;
  }

  /** The files of an operation as they will be here. Nothing is here before its lease is taken. */
  static async of(parts: BucketDirectoryParts, of: Named): Promise<OperationFiles> {
    return (await Staging.#of(parts, of)).#files;
  }

  /** Calls `read` with a copy of the files in the folder of the batches, as they are now. */
  static async batches<T>(parts: BucketDirectoryParts, of: Named, read: (files: OperationFiles) => Promise<T>): Promise<T> {
    const staging = await Staging.#of(parts, of);
    try {
      await staging.#begin(undefined, undefined, ['batches']);
      return await read(staging.#files);
    } catch (error) {
      throw staging.told(error);
    } finally {
      await staging.close();
    }
  }

  static async #of(parts: BucketDirectoryParts, { step, operation, hash }: Named): Promise<Staging> {
    const { store, logger } = parts;
    const folder = remoteFolderPath();
    const staging = new Staging(parts, folder);
    const home = {
      directory: folder,
      store,
      config: new DocetlConfig(folder),
      logger: logger && staging.#named(logger),
      recent: new RecentFiles(MAX_BASES),
      original: staging,
    };
    staging.#files = await OperationFiles.of(home, step, operation, hash);
    return staging;
  }

  async lease(options: LeaseOptions): Promise<HeldLease> {
    const { step, operation } = this.#files;
    const lease = await takeBucketLease(this.#parts.home, step, operation, options);
    const release = async (): Promise<void> => {
      try {
        await this.close();
      } finally {
        await lease.release();
      }
    };
    try {
      // Results leave the batches for the checkpoint: who looks at it last misses none.
      await this.#begin(lease, options.signal, ['batches', 'final'], options.patience);
    } catch (error) {
      await release().catch(() => {});
      throw this.told(error);
    }
    return {
      signal: lease.signal,
      isHeld: () => lease.isHeld(),
      during: (work) => lease.during(work),
      enter: () => lease.enter(),
      confirm: () => lease.confirm(),
      release,
    };
  }

  async bring(signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#begin(undefined, signal, ['batches', 'final']);
    } catch (error) {
      await this.close();
      throw this.told(error);
    }
  }

  async bringKept(): Promise<void> {
    if (this.hasKept) return;
    await this.#bring('kept', undefined);
    this.hasKept = true;
  }

  async publish(what: Published): Promise<void> {
    const { step, operation, hash } = this.#files;
    const { hashes, logger } = this.#parts;
    // A file without a hash of its own has the one beside it, and that was another's: see `saveFile`.
    if ((what.final === 'new' || what.final === 'mirrored') && hash === undefined) await hashes.set(step, operation, null);
    await this.#publisher?.publish(what);
    if (what.final !== 'mirrored' || hash === undefined) return;
    await hashes.set(step, operation, hash).catch((error: unknown) => {
      logger?.warn(`could not write the hash of '${operation}' for DocETL: ${String(error)}`);
    });
  }

  nameOf(path: string): string {
    const url = this.#publisher?.urlOf(path);
    if (url !== undefined) return url;
    return path.startsWith(this.#folder) ? this.#name + path.slice(this.#folder.length).split(sep).join('/') : path;
  }

  told(error: unknown): unknown {
    if (!isCheckpointError(error)) return error;
    const { path, message } = error;
    if (path?.startsWith(this.#folder) !== true && !message.includes(this.#folder)) return error;
    return told(error, this.#folder, this.#name, this.nameOf(path ?? this.#folder));
  }

  async #begin(
    lease: BucketLease | undefined,
    signal: AbortSignal | undefined,
    wanted: readonly AreaName[],
    patience?: AbortSignal,
  ): Promise<void> {
    const { home, logger } = this.#parts;
    await makeTemporary(this.#folder);
    const from = async (stem: string): Promise<boolean> => {
      const areas = await areasOf(this.#files, stem);
      this.#publisher = new Publisher({ home, logger, areas, lease, patience, nameOf: (path) => this.nameOf(path) });
      let isAny = false;
      for (const area of wanted) isAny = (await this.#bring(area, signal)) || isAny;
      return isAny;
    };
    const [own, ...others] = stemsOf(this.#files.step, this.#files.operation) as [string, ...string[]];
    if ((await from(own)) || others.length === 0) return;
    const other = await otherStem(home, others, signal);
    if (other !== undefined) await from(other);
  }

  /** Whether there was any file of that kind. */
  async #bring(name: AreaName, signal: AbortSignal | undefined): Promise<boolean> {
    const publisher = this.#publisher as Publisher;
    const isHere = (path: string, etag: string): boolean => publisher.isHere(path, etag);
    const area = publisher.areas[name];
    const fetched = await bring(this.#parts.home, area, isHere, publisher.until(signal));
    for (const { path, etag } of fetched) {
      await publisher.brought(name, path, etag);
      await bringHolders(placeIn(this.#parts.home, `${area.there}${path.slice(area.here.length)}`), path, this.#folder, {
        signal: publisher.until(signal),
      });
    }
    return fetched.length > 0;
  }

  async close(): Promise<void> {
    await this.#publisher?.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #named({ info, warn }: Logger): Logger {
    const named = (text: string): string => text.replaceAll(this.#folder, this.#name);
    return { info: (text) => info(named(text)), warn: (text) => warn(named(text)) };
  }
}
