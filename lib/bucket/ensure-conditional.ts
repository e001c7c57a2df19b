import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeCrypto } from '../base/node-modules.js';
import { CheckpointError, isCheckpointError } from '../base/errors.js';
import { throwIfAborted, watchAbort } from '../base/halt.js';
import type { Bucket } from '../options/bucket.js';
import type { BucketPlace } from './bucket-of.js';

/** By the store and the bucket: each is probed once in a process. */
const probed = new Map<string, Promise<boolean>>();

/**
 * Makes sure that a save with a condition can be trusted: a store that speaks S3 at an endpoint of the caller's is tried once, by an object
 * beside the key that is created twice and removed. @throws `ERR_CKPT_NOT_CONDITIONAL`
 */
export async function ensureConditional({ bucket, key, url, endpoint }: BucketPlace, signal: AbortSignal | undefined): Promise<void> {
  if (!bucket.conditional) throw notConditional(url, 'its driver says so');
  if (endpoint === undefined) return;
  let known = probed.get(endpoint);
  if (known === undefined) {
    // Of all calls that wait for it: one that gives up ends it for nobody else.
    const begun = probe(bucket, key);
    begun.catch(() => probed.get(endpoint) === begun && probed.delete(endpoint));
    probed.set(endpoint, (known = begun));
  }
  if (await untilAborted(known, signal)) return;
  throw notConditional(url, 'an object that was there was created again');
}

/** What comes of `work`, or the reason of the signal. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  throwIfAborted(signal);
  if (signal === undefined) return work;
  let end = (): void => {};
  const aborted = new Promise<never>((_, reject) => (end = watchAbort(signal, () => reject(signal.reason))));
  try {
    return await Promise.race([work, aborted]);
  } finally {
    end();
  }
}

/** Whether an object is what a trial made: one that a killed process left is of no use. */
export function isProbe(name: string): boolean {
  return /^\.arrow-ckpt-probe-[0-9a-f]{16}$/.test(name);
}

async function probe(bucket: Bucket, key: string): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'arrow-ckpt-'));
  const options = { ifAbsent: true };
  const tried = `${key.slice(0, key.lastIndexOf('/') + 1)}.arrow-ckpt-probe-${nodeCrypto().randomBytes(8).toString('hex')}`;
  try {
    const first = join(folder, 'first');
    const second = join(folder, 'second');
    await writeFile(first, 'Made by arrow-ckpt to see whether the store obeys conditions. It can be removed.');
    await writeFile(second, 'Made by arrow-ckpt although it was there: the store obeys no conditions. It can be removed.');
    try {
      await bucket.put(tried, first, options);
    } catch (error) {
      // It may be there all the same.
      await bucket.delete(tried).catch(() => {});
      throw error;
    }
    try {
      await bucket.put(tried, second, options);
      return false;
    } catch (error) {
      if (isCheckpointError(error) && error.code === 'ERR_CKPT_CONDITION') return true;
      throw error;
    } finally {
      // Without the right to delete, it stays.
      await bucket.delete(tried).catch(() => {});
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function notConditional(url: string, why: string): CheckpointError {
  const message = `the store of ${url} does not obey conditions (${why}), and this call needs them; docs/buckets.md lists those that do`;
  return new CheckpointError('ERR_CKPT_NOT_CONDITIONAL', message, { path: url });
}
