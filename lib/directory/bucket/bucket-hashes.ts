import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import type { Row } from '../../base/rows.js';
import { readSmall, writeSmall } from '../../bucket/small-object.js';
import type { Hashes } from '../checkpoint-file.js';
import { applyHash, hashIn, hashesOf, type HashChange } from '../docetl-hashes.js';
import { placeIn, type BucketHome } from './bucket-home.js';
import { CONFIG_PATH } from './bucket-names.js';

interface Read {
  hashes: Row;
  /** Undefined: there is no such object. */
  etag: string | undefined;
}

/** How often another may come in between. */
const ATTEMPTS = 50;

/**
 * The hashes beside the checkpoints: see `DocetlConfig`. In a bucket the object is changed only where a file has no place for its hash, or
 * another program is to find it: with `compat`, and where one is removed.
 */
export class BucketHashes implements Hashes {
  readonly #home: BucketHome;

  constructor(home: BucketHome) {
    this.#home = home;
  }

  async hashOf(step: string, operation: string): Promise<string | null> {
    return hashIn((await this.#read()).hashes, step, operation);
  }

  /** The hashes as they are when the first is asked for, for who asks for many. */
  snapshot(): Hashes {
    let read: Promise<Read> | undefined;
    return { hashOf: async (step, operation) => hashIn((await (read ??= this.#read())).hashes, step, operation) };
  }

  /** Sets the hash of an operation, or removes it: null; all of a step where there is no operation. */
  async set(step: string, operation: string | undefined, hash: string | null): Promise<void> {
    const change: HashChange = { step, operation, hash };
    const { bucket, key, url } = placeIn(this.#home, CONFIG_PATH);
    for (let attempt = 1; ; attempt++) {
      const { hashes, etag } = await this.#read();
      if (!applyHash(hashes, change)) return;
      const condition = !bucket.conditional ? {} : etag === undefined ? { ifAbsent: true } : { ifMatch: etag };
      try {
        await writeSmall(bucket, key, JSON.stringify(hashes, null, 2), condition);
        return;
      } catch (error) {
        if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_CONDITION') throw error;
        if (attempt < ATTEMPTS) continue;
        throw new CheckpointError('ERR_CKPT_LOCKED', `${url} is changed by others again and again; try again`, { path: url });
      }
    }
  }

  /** Removes all, when the checkpoints are gone. */
  async clear(): Promise<void> {
    const { bucket, key } = placeIn(this.#home, CONFIG_PATH);
    await bucket.delete(key);
  }

  async #read(): Promise<Read> {
    const { bucket, key } = placeIn(this.#home, CONFIG_PATH);
    const found = await readSmall(bucket, key);
    return { hashes: hashesOf(found?.text), etag: found?.etag };
  }
}
