import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import type { Row } from '../../base/rows.js';
import { ensureConditional } from '../../bucket/ensure-conditional.js';
import { remoteFolder } from '../../bucket/remote-folder.js';
import type { TypedWriteOptions } from '../../formats/parquet/column-types.js';
import { describedParquet } from '../../formats/parquet/describe-files.js';
import { POOL_FOLDER, sharesAnySize, SMALLEST_FILE } from '../../formats/parquet/pool.js';
import { bytesOf } from '../../formats/remote/bytes-of.js';
import { told } from '../../formats/remote/told.js';
import { writeRemote } from '../../formats/remote/write-remote.js';
import type { CheckpointInfo, WriteOptions } from '../../options/options.js';
import type { Attachment, CheckpointStore } from '../../store/store.js';
import type { Logger } from '../log-lines.js';
import { writeCopy } from '../sharing/rewrite.js';
import { idOf, isBase } from '../sharing/shared-checkpoints.js';
import { bringBases } from './bucket-bases.js';
import { placeIn, type BucketHome } from './bucket-home.js';
import { isThere, keepHolders } from './pool-marks.js';

/** So long after it has looked at the marks of the pool a save has its object there, or has failed: see pool-marks.ts. */
const COMMIT_MS = 1_800_000;

/** Directories of which was told why saves there are whole. */
const warned = new Set<string>();

/** What a save in a directory of a bucket needs. */
interface SharedTarget {
  home: BucketHome;
  store: CheckpointStore;
  logger: Logger | null;
  /** The path of the object below the directory. */
  below: string;
  /** Those of objects that may have the same values, the likeliest first. */
  bases: readonly string[];
}

/** A file that is referred to is about to go. */
class Going extends Error {}

/**
 * Saves rows as an object that refers to files of the pool, where these have the same values. A bucket has no links: what others are to
 * refer to is put into the pool first, and then the object is made, which refers to it, by one request. A failure between the two leaves a
 * file in the pool that nobody refers to, which a sweep removes.
 */
export async function saveShared(
  target: SharedTarget,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: Omit<WriteOptions, 'base'>,
  attachment?: Attachment,
): Promise<CheckpointInfo> {
  const { home, store, below } = target;
  const place = placeIn(home, below);
  const saveWhole = (): Promise<CheckpointInfo> => writeRemote(place, rows, options, {}, { store, attachment });
  try {
    await ensureConditional(place, options.signal);
  } catch (error) {
    if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_NOT_CONDITIONAL') throw error;
    if (!warned.has(home.url)) target.logger?.warn(`${error.message}; what is saved in ${home.url} is whole, and shares nothing`);
    warned.add(home.url);
    return saveWhole();
  }
  try {
    return await new SharedSave(target, options).save(rows, attachment);
  } catch (error) {
    if (!(error instanceof Going)) throw error;
    // It happens once an hour at most that a sweep is about to remove what this save found.
    if (Array.isArray(rows)) return saveWhole();
    const message = `a sweep removed what ${place.url} was to refer to while its rows came; nothing is saved: save the rows again`;
    throw new CheckpointError('ERR_CKPT_CHANGED', message, { path: place.url });
  }
}

/** What becomes the object, and what goes to the pool before it. */
interface Made {
  info: CheckpointInfo;
  path: string;
  pooled?: { id: string; path: string };
}

class SharedSave {
  readonly #target: SharedTarget;
  readonly #options: Omit<WriteOptions, 'base'>;

  constructor(target: SharedTarget, options: Omit<WriteOptions, 'base'>) {
    this.#target = target;
    this.#options = options;
  }

  async save(rows: Iterable<Row> | AsyncIterable<Row>, attachment: Attachment | undefined): Promise<CheckpointInfo> {
    const { home, below, bases } = this.#target;
    const { signal } = this.#options;
    const folder = await remoteFolder();
    try {
      const begun = performance.now();
      const local = await bringBases(home, bases, folder, { signal });
      const made = await this.#write(folder, local, rows, attachment);
      return await this.#commit(made, begun);
    } catch (error) {
      throw told(error, join(folder, below), placeIn(home, below).url);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #write(
    root: string,
    bases: readonly string[],
    rows: Iterable<Row> | AsyncIterable<Row>,
    attachment: Attachment | undefined,
  ): Promise<Made> {
    const { store, below } = this.#target;
    const path = join(root, below);
    await mkdir(dirname(path), { recursive: true });
    const options: TypedWriteOptions = { ...this.#options, sharing: { root, bases } };
    const info = await store.write(path, rows, options, attachment);
    const facts = await describedParquet(path);
    const id = idOf({ facts });
    const isLarge = info.bytes >= SMALLEST_FILE || sharesAnySize();
    if (id === undefined || !isLarge || !isBase({ facts })) return { info, path };
    const pooled = { id, path };
    // Its own values are in both. The rows that it shares are not here, and are not fetched to be written anew.
    if (info.delta !== null && info.delta !== undefined) return { info, path, pooled };
    const thin = join(root, 'thin.parquet');
    const copy = await writeCopy(path, thin, { share: { root, bases: [path] }, signal: this.#options.signal });
    // What would be stored twice for the most part is no base.
    return copy.delta && copy.bytes <= info.bytes / 2 ? { info: copy, path: thin, pooled } : { info, path };
  }

  async #commit({ info, path, pooled }: Made, begun: number): Promise<CheckpointInfo> {
    const { home, below } = this.#target;
    const { bucket } = home;
    const { signal } = this.#options;
    const { key, url } = placeIn(home, below);
    const onBytes = bytesOf(this.#options, info.rows, info.rows);
    const common = { ...(onBytes !== undefined && { onBytes }) };
    if (pooled !== undefined) {
      const held = placeIn(home, `${POOL_FOLDER}/pool/${pooled.id}.holder`);
      await bucket.put(held.key, pooled.path, { ifAbsent: true, ...(signal !== undefined && { signal }), ...common });
    }
    const ids = new Set(info.delta?.holders.map(({ id }) => id));
    if (pooled !== undefined) ids.delete(pooled.id);
    if ((await keepHolders(home, ids, signal)).length > 0) throw new Going();
    // A mark that says so is there for an hour.
    if (performance.now() - begun > COMMIT_MS) for (const id of ids) if (!(await isThere(home, id, signal))) throw new Going();
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), COMMIT_MS);
    timer.unref();
    try {
      const { etag } = await bucket.put(key, path, {
        signal: signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]),
        ...common,
      });
      return { ...info, path: url, etag };
    } catch (error) {
      if (!late.signal.aborted || signal?.aborted === true) throw error;
      const message = `${url} took more than ${COMMIT_MS / 60_000} minutes on its way, and what it refers to may be swept; save again, or with base: false`;
      throw new CheckpointError('ERR_CKPT_NETWORK', message, { path: url });
    } finally {
      clearTimeout(timer);
    }
  }
}
