import { basename, dirname, extname, join, sep } from 'node:path';
import { versionOf } from '../../base/commit/remove-unchanged.js';
import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import { throwIfAborted } from '../../base/halt.js';
import type { BucketLease } from '../../bucket/bucket-lease.js';
import type { BucketPlace } from '../../bucket/bucket-of.js';
import { sameThere } from '../../bucket/settled.js';
import { placeIn, type BucketHome } from '../../directory/bucket/bucket-home.js';
import { listFolder } from '../../directory/folders.js';
import { inParallel } from '../../base/in-parallel.js';
import { indexOfBatch, isBatchFile } from '../../directory/layout.js';
import type { Logger } from '../../directory/log-lines.js';
import type { Published } from '../../directory/original.js';
import type { Area, AreaName } from './areas.js';
import { Patience } from './patience.js';

/** How often another may take the name that a new batch was to have. */
const MOST_NAMES = 50;

/** What a publisher works with. */
interface Parts {
  home: BucketHome;
  logger: Logger | null;
  areas: Record<AreaName, Area>;
  /** Undefined where nothing is published. */
  lease: BucketLease | undefined;
  /** See `LeaseOptions`. */
  patience: AbortSignal | undefined;
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
 * - Batches of the user's own may come and go beside these: a new file whose name one has by then gets another there.
 * - In each `publish` all new files come first, the checkpoint last of these, and then files are removed. As here each result is in one
 *   file at least at any moment, so it is there, wherever the process ends.
 */
export class Publisher {
  readonly areas: Record<AreaName, Area>;
  readonly #home: BucketHome;
  readonly #logger: Logger | null;
  readonly #lease: BucketLease | undefined;
  readonly #patience: Patience;
  readonly #nameOf: (path: string) => string;
  readonly #known = new Map<string, Known>();
  /** What could not be removed there. */
  readonly #left = new Set<string>();
  /** The names there of files whose own names others had taken. */
  readonly #renamed = new Map<string, string>();
  /** One publishes at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ home, logger, areas, lease, patience, nameOf }: Parts) {
    this.areas = areas;
    this.#home = home;
    this.#logger = logger;
    this.#lease = lease;
    this.#patience = new Patience(patience, logger);
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

  /** The URL of the object that a file is or will be; undefined for a path that is none of an area. */
  urlOf(path: string): string | undefined {
    const area = (Object.keys(this.areas) as AreaName[]).find((name) => path.startsWith(this.areas[name].here));
    return area && this.#placeOf(area, path).url;
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
      await inParallel(first, (each) => this.#put(each, mustRemove));
      for (const each of last) {
        await this.#lease?.confirm();
        await this.#put(each, mustRemove);
      }
      // What was removed is looked for when all that was made before is there.
      files = await this.#here(areas);
    }
    const gone = [...this.#known].filter(
      ([path, { area }]) => areas.includes(area) && !files.has(path) && (mustRemove || !this.#left.has(path)),
    );
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

  #placeOf(name: AreaName, path: string): BucketPlace {
    const { here, there } = this.areas[name];
    return placeIn(this.#home, there + (this.#renamed.get(path) ?? path.slice(here.length)));
  }

  /** `isStrict`: a batch that another has changed meanwhile must not stay as it is. */
  async #put({ area, path, version }: Here, isStrict: boolean): Promise<void> {
    const { bucket } = this.#home;
    const signal = this.#lease?.signal;
    const etag = this.#known.get(path)?.etag;
    const isBatch = area === 'batches' && isBatchFile(basename(path));
    const options = { ...(etag === undefined ? { ifAbsent: true } : { ifMatch: etag }), ...(signal && { signal }) };
    for (let [isDoubtful, names] = [false, 1]; ;) {
      const { key } = this.#placeOf(area, path);
      try {
        this.#known.set(path, { area, version, ...(await bucket.put(key, path, options)) });
        this.#patience.isTold = false;
        return;
      } catch (error) {
        throwIfAborted(signal);
        // Merged meanwhile.
        if ((await versionOf(path)) === null) return;
        if (!isCheckpointError(error)) throw error;
        const { code } = error;
        const same = isDoubtful && code === 'ERR_CKPT_CONDITION' ? await sameThere(bucket, key, path, signal) : undefined;
        if (same !== undefined) return void this.#known.set(path, { area, version, etag: same });
        if (code === 'ERR_CKPT_CONDITION') {
          if (!isBatch || (etag !== undefined && isStrict) || names++ === MOST_NAMES) throw this.#replaced(path);
          // Somebody's own by now: only its types were to be others.
          if (etag !== undefined) return void this.#known.set(path, { area, version, etag });
          isDoubtful = false;
          await this.#rename(path);
          continue;
        }
        if (code !== 'ERR_CKPT_NETWORK' && code !== 'ERR_CKPT_UNKNOWN_OUTCOME') throw error;
        isDoubtful ||= code === 'ERR_CKPT_UNKNOWN_OUTCOME';
        await this.#patience.wait(this.#nameOf(path), error, signal);
      }
    }
  }

  /** A name there that no batch has: another has come to its own first. */
  async #rename(path: string): Promise<void> {
    const { here, there } = this.areas.batches;
    const { key: begin } = placeIn(this.#home, there);
    const signal = this.#lease?.signal;
    let next = 0;
    for await (const { key } of this.#home.bucket.list(begin, signal && { signal }))
      next = Math.max(next, indexOfBatch(key.slice(begin.length)) + 1);
    for (const name of [...this.#known.keys()].map((known) => known.slice(here.length))) next = Math.max(next, indexOfBatch(name) + 1);
    this.#renamed.set(path, `batch_${next}${extname(path)}`);
  }

  async #remove(path: string, { area, etag }: Known, mustRemove: boolean): Promise<void> {
    const signal = this.#lease?.signal;
    try {
      await this.#home.bucket.delete(this.#placeOf(area, path).key, { ifMatch: etag, ...(signal && { signal }) });
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
