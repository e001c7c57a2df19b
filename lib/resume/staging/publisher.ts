import { dirname, join, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { versionOf } from '../../base/commit/remove-unchanged.js';
import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import { throwIfAborted } from '../../base/halt.js';
import type { BucketLease } from '../../bucket/bucket-lease.js';
import { sameThere } from '../../bucket/settled.js';
import { placeIn, type BucketHome } from '../../directory/bucket/bucket-home.js';
import { listFolder } from '../../directory/folders.js';
import { inParallel } from '../../directory/in-parallel.js';
import type { Logger } from '../../directory/log-lines.js';
import type { Published } from '../../directory/original.js';
import type { Area, AreaName } from './areas.js';

/** How often a store that cannot be reached is asked again, as long as the lease is held. */
const AGAIN_MS = 1000;

/** What a publisher works with. */
interface Parts {
  home: BucketHome;
  logger: Logger | null;
  areas: Record<AreaName, Area>;
  /** Undefined where nothing is published. */
  lease: BucketLease | undefined;
  nameOf: (path: string) => string;
}

/** What the bucket has of a file here. */
interface Known {
  area: AreaName;
  etag: string;
  /** Of the file here that it is the same as. */
  version: string | null;
}

/** A file here, in its present state. */
interface Here {
  area: AreaName;
  path: string;
  version: string;
}

/**
 * Makes in a bucket what was made in the local copy of an operation, and removes there what was removed.
 *
 * - Whoever writes holds the lease of the operation in the bucket. New files are made there with `ifAbsent`, others are replaced and
 *   removed with `ifMatch`: nothing of whoever took the lease over can be harmed.
 * - In each `publish` all new files come first, the checkpoint last of these, and then files are removed. As here each result is in one
 *   file at least at any moment, so it is there, wherever the process ends.
 */
export class Publisher {
  readonly areas: Record<AreaName, Area>;
  readonly #home: BucketHome;
  readonly #logger: Logger | null;
  readonly #lease: BucketLease | undefined;
  readonly #nameOf: (path: string) => string;
  readonly #known = new Map<string, Known>();
  /** What could not be removed there. */
  readonly #left = new Set<string>();
  /** One publishes at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ home, logger, areas, lease, nameOf }: Parts) {
    this.areas = areas;
    this.#home = home;
    this.#logger = logger;
    this.#lease = lease;
    this.#nameOf = nameOf;
  }

  /** The signal, and the end of the lease. */
  until(signal: AbortSignal | undefined): AbortSignal {
    return AbortSignal.any([signal, this.#lease?.signal].filter((each) => each !== undefined));
  }

  /** Whether a file here is the same as an object. */
  isHere(path: string, etag: string): boolean {
    return this.#known.get(path)?.etag === etag;
  }

  /** A file here was made of an object. */
  async brought(area: AreaName, path: string, etag: string): Promise<void> {
    this.#known.set(path, { area, etag, version: await versionOf(path) });
  }

  /** @throws what the bucket throws; `ERR_CKPT_CONDITION` where another has changed an object; `ERR_CKPT_LOCKED` without the lease */
  publish(what: Published): Promise<void> {
    const published = this.#turn.then(() => this.#publish(what));
    this.#turn = published.catch(() => {});
    return published;
  }

  /** Resolves when nothing is published any more. */
  async close(): Promise<void> {
    await this.#turn;
  }

  async #publish({ final, mustRemove = false }: Published): Promise<void> {
    throwIfAborted(this.#lease?.signal);
    const areas: AreaName[] = final !== undefined ? ['batches', 'kept', 'final'] : ['batches', 'kept'];
    let files = await this.#here(areas);
    for (let changed = this.#changed(files); changed.length > 0; changed = this.#changed(files)) {
      const [last, first] = [changed.filter(({ area }) => area === 'final'), changed.filter(({ area }) => area !== 'final')];
      await inParallel(first, (each) => this.#put(each));
      for (const each of last) {
        await this.#lease?.confirm();
        await this.#put(each);
      }
      // What was removed is looked for when all that was made before is there.
      files = await this.#here(areas);
    }
    const gone = [...this.#known].filter(([path, { area }]) => areas.includes(area) && !files.has(path) && !this.#left.has(path));
    await inParallel(gone, ([path, known]) => this.#remove(path, known, mustRemove));
  }

  /** The files that are here. */
  async #here(areas: readonly AreaName[]): Promise<Map<string, Here>> {
    const files = new Map<string, Here>();
    for (const area of areas) {
      const { here, has } = this.areas[area];
      const folder = here.endsWith(sep) ? here : dirname(here);
      for (const { name } of await listFolder(folder)) {
        const path = join(folder, name);
        const isOurs = path.startsWith(here) && has(path.slice(here.length));
        const version = isOurs ? await versionOf(path) : null;
        if (version !== null) files.set(path, { area, path, version });
      }
    }
    return files;
  }

  #changed(files: ReadonlyMap<string, Here>): Here[] {
    return [...files.values()].filter(({ path, version }) => this.#known.get(path)?.version !== version);
  }

  #keyOf(name: AreaName, path: string): string {
    const { here, there } = this.areas[name];
    return placeIn(this.#home, there + path.slice(here.length)).key;
  }

  async #put({ area, path, version }: Here): Promise<void> {
    const { bucket } = this.#home;
    const key = this.#keyOf(area, path);
    const signal = this.#lease?.signal;
    const etag = this.#known.get(path)?.etag;
    const options = { ...(etag === undefined ? { ifAbsent: true } : { ifMatch: etag }), ...(signal && { signal }) };
    for (let isDoubtful = false; ;) {
      try {
        this.#known.set(path, { area, version, ...(await bucket.put(key, path, options)) });
        return;
      } catch (error) {
        throwIfAborted(signal);
        // Merged meanwhile.
        if ((await versionOf(path)) === null) return;
        if (!isCheckpointError(error)) throw error;
        const { code } = error;
        const same = isDoubtful && code === 'ERR_CKPT_CONDITION' ? await sameThere(bucket, key, path, signal) : undefined;
        if (same !== undefined) return void this.#known.set(path, { area, version, etag: same });
        if (code === 'ERR_CKPT_CONDITION') throw this.#replaced(path);
        if (code !== 'ERR_CKPT_NETWORK' && code !== 'ERR_CKPT_UNKNOWN_OUTCOME') throw error;
        isDoubtful ||= code === 'ERR_CKPT_UNKNOWN_OUTCOME';
        // A run of hours does not end by a minute without a network. After that, the lease is lost.
        await delay(AGAIN_MS, undefined, signal && { signal }).catch(() => throwIfAborted(signal));
      }
    }
  }

  async #remove(path: string, { area, etag }: Known, mustRemove: boolean): Promise<void> {
    const signal = this.#lease?.signal;
    try {
      await this.#home.bucket.delete(this.#keyOf(area, path), { ifMatch: etag, ...(signal && { signal }) });
    } catch (error) {
      throwIfAborted(signal);
      // Another has put something there: it is not ours to remove.
      if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_CONDITION') {
        if (mustRemove || !isCheckpointError(error)) throw error;
        this.#left.add(path);
        this.#logger?.warn(
          `could not remove ${this.#nameOf(path)}, which is of no use any more; it does no harm: ${error.message} (${error.code})`,
        );
        return;
      }
    }
    this.#known.delete(path);
  }

  #replaced(path: string): CheckpointError {
    const name = this.#nameOf(path);
    const message = `${name} was saved by another while this call worked on the operation, and stays; call again: what is finished is kept`;
    return new CheckpointError('ERR_CKPT_CONDITION', message, { path: name });
  }
}
