import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { nodeFs } from '../../base/node-modules.js';
import type { BucketPlace } from '../../bucket/bucket-of.js';
import { isCheckpointError, type CheckpointError } from '../../base/errors.js';
import { holderPath } from '../parquet/pool.js';
import type { Holder } from '../parquet/references.js';
import { holderPlaces, poolHomes, type PoolHome } from './holder-places.js';
import { SparseCopy, TAIL_BYTES, type BytesCome, type RemoteRunning } from './sparse-copy.js';
import { toldByFooter } from './told-by-footer.js';

/** Holders that are looked for at a time. */
const AT_ONCE = 6;

/**
 * Copies of the files that the object at a place refers to, by their ids, as far as they are found: in the pool of a local folder, where
 * those who read a copy of the object in that folder look for them. That pool is there also if nothing is found: nobody is to look further
 * up. They are to be closed.
 */
export async function heldCopies(
  place: BucketPlace,
  holders: readonly Holder[],
  folder: string,
  come: BytesCome,
  running: RemoteRunning,
): Promise<Map<string, SparseCopy>> {
  const made = new Map<string, SparseCopy>();
  if (holders.length === 0) return made;
  await mkdir(dirname(holderPath(folder, '')), { recursive: true });
  const looking = new Looking(place, folder, come, running);
  try {
    // Where the first is, the others are.
    for (let first = 0; first < holders.length; first += first === 0 ? 1 : AT_ONCE) {
      const some = holders.slice(first, first === 0 ? 1 : first + AT_ONCE);
      const settled = await Promise.allSettled(some.map((holder) => looking.find(holder)));
      for (const [at, one] of settled.entries())
        if (one.status === 'fulfilled' && one.value !== undefined) made.set((some[at] as Holder).id, one.value);
      const failure = settled.find((one) => one.status === 'rejected');
      if (failure !== undefined) throw failure.reason;
    }
    return made;
  } catch (error) {
    for (const each of made.values()) await each.close();
    throw error;
  }
}

/** Makes whole files of what a local copy of the object at a place refers to, as far as it is found, in the pool of a folder. */
export async function bringHolders(place: BucketPlace, path: string, folder: string, running: RemoteRunning): Promise<void> {
  const { holders = [] } = await toldByFooter(path);
  const missing = holders.filter(({ id }) => !nodeFs().existsSync(holderPath(folder, id)));
  const copies = await heldCopies(place, missing, folder, { bytes: 0 }, running);
  try {
    await SparseCopy.fetch(
      [...copies.values()].map((copy) => [copy, [[0, copy.size]]] as const),
      running,
    );
  } finally {
    for (const copy of copies.values()) await copy.close();
  }
}

/** Looks for what an object refers to. */
class Looking {
  readonly #place: BucketPlace;
  readonly #folder: string;
  readonly #come: BytesCome;
  readonly #running: RemoteRunning;
  /** The one where something was found comes first. */
  #homes: readonly PoolHome[];

  constructor(place: BucketPlace, folder: string, come: BytesCome, running: RemoteRunning) {
    this.#place = place;
    this.#folder = folder;
    this.#come = come;
    this.#running = running;
    this.#homes = poolHomes(place);
  }

  /** Undefined: it is nowhere. @throws `ERR_CKPT_PERMISSION` where it may be at a place that these credentials may not see */
  async find(holder: Holder): Promise<SparseCopy | undefined> {
    let other: SparseCopy | undefined;
    let hidden: CheckpointError | undefined;
    for (const home of this.#homes) {
      for (const place of holderPlaces(home, holder)) {
        let found: SparseCopy | undefined;
        try {
          found = await this.#open({ ...this.#place, ...place }, holder.id);
        } catch (error) {
          // Of what is not there some stores say no more to those who may not list.
          if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_PERMISSION') throw error;
          hidden ??= error;
        }
        if (found === undefined) continue;
        // What is another file, too, is told by whoever reads it. It has the place of the one before.
        await other?.close();
        other = found;
        if (!found.isParquet || found.size !== holder.bytes) continue;
        this.#homes = [home, ...this.#homes.filter((each) => each !== home)];
        return found;
      }
    }
    if (other === undefined && hidden !== undefined) throw hidden;
    return other;
  }

  async #open(place: BucketPlace, id: string): Promise<SparseCopy | undefined> {
    const { signal } = this.#running;
    const found = await place.bucket.get(place.key, { range: { last: TAIL_BYTES }, ...(signal !== undefined && { signal }) });
    return found === null ? undefined : SparseCopy.of(place, holderPath(this.#folder, id), found, this.#come, this.#running);
  }
}
