import { isCheckpointError } from '../../base/errors.js';
import type { HeldLease } from '../../base/lock/held-lease.js';
import { BucketLease } from '../../bucket/bucket-lease.js';
import { itemsOf, type BucketItem } from '../../directory/bucket/bucket-contents.js';
import { leasePlace, takeBucketLease } from '../../directory/bucket/bucket-lease-of.js';
import { BucketOperation, type BucketDirectoryParts } from '../../directory/bucket/bucket-operation.js';
import { withLocalCopies, type CopyDepth } from '../../directory/bucket/local-copies.js';
import { placeIn } from '../../directory/bucket/bucket-home.js';
import { DocetlConfig } from '../../directory/docetl-config.js';
import { sweepBucketPool } from '../../directory/bucket/sweep-bucket-pool.js';
import { sweepAll } from '../sweep-all.js';
import type { SweepItem } from '../sweep-item.js';
import { sweepItems } from '../sweep-items.js';
import type { checkSweepOptions, SweepResult } from '../sweep-options.js';

/** A trial of a store takes no such time, and no clocks differ by as much. */
const PROBE_MS = 3_600_000;

/** Removes from a bucket what is not needed any more, and nothing that a running process is using. Uses of checkpoints are not noted. */
export async function sweepBucket(parts: BucketDirectoryParts, options: ReturnType<typeof checkSweepOptions>): Promise<SweepResult> {
  const { home } = parts;
  const { dryRun = false } = options;
  const listed = await itemsOf(home, ['lease', 'probe']);
  const list = async (): Promise<BucketItem[]> => itemsOf(home, ['checkpoint', 'batch', 'kept']);
  const { items, keys } = await withLocalCopies(home, list, depthOf, async (directory, copies) => {
    const keys = new Map<SweepItem, string>();
    const items = await sweepItems(directory, new DocetlConfig(directory));
    for (const item of items) {
      const { key, path, version } = copies.get(item.path) as BucketItem;
      Object.assign(item, { path, version });
      keys.set(item, key);
    }
    return { items, keys };
  });
  const removed: SweepItem[] = [];
  const result = await sweepAll(items, options, async (item) => {
    const places = placesOf(item, items);
    if (!(dryRun ? await isFree(parts, places) : await removeUnder(parts, places, keys.get(item) as string, item.version))) return false;
    removed.push(item);
    return true;
  });
  for (const { below, path, version, bytes, kind, modifiedMs } of listed) {
    // Of a process that has ended.
    const place = placeIn(home, below);
    if (kind === 'lease' ? await BucketLease.isSeen(place) : modifiedMs === 0 || Date.now() - modifiedMs < PROBE_MS) continue;
    if (!dryRun && !(await removeUnchanged(parts, place.key, version))) continue;
    result.removed.push({ path, kind: 'temporary', step: null, operation: null, bytes, reason: 'leftover' });
  }
  if (!dryRun) await forgetHashes(parts, removed);
  // Last, when those that referred to them are gone.
  for (const { path, bytes } of await sweepBucketPool(home, { dryRun, logger: parts.logger }))
    result.removed.push({ path, kind: 'holder', step: null, operation: null, bytes, reason: 'unreferenced' });
  result.bytes = result.removed.reduce((sum, { bytes }) => sum + bytes, 0);
  return result;
}

/** All of a checkpoint is read only where it may take the place of batches. */
function depthOf(item: BucketItem, all: readonly BucketItem[]): CopyDepth {
  const hasOthers = all.some(
    ({ kind, operation, step }) => kind !== 'checkpoint' && operation === item.operation && (step ?? item.step) === item.step,
  );
  return item.kind === 'checkpoint' && hasOthers ? 'whole' : 'record';
}

type Named = Pick<SweepItem, 'operation'> & { step: string };

/** Whose leases count: a batch that does not say its step may be of any that has the operation. */
function placesOf({ step, operation }: SweepItem, items: readonly SweepItem[]): Named[] {
  if (step !== null) return [{ step, operation }];
  const steps = items.flatMap((item) => (item.operation === operation && item.step !== null ? [item.step] : []));
  return [...new Set(steps)].map((each) => ({ step: each, operation }));
}

async function isFree({ home }: BucketDirectoryParts, places: readonly Named[]): Promise<boolean> {
  for (const { step, operation } of places) if (await BucketLease.isSeen(leasePlace(home, step, operation))) return false;
  return true;
}

async function removeUnder(parts: BucketDirectoryParts, places: readonly Named[], key: string, version: string): Promise<boolean> {
  const leases: HeldLease[] = [];
  try {
    for (const { step, operation } of places)
      leases.push(await takeBucketLease(parts.home, step, operation, { lockWait: 0, sweeps: true }));
    return await removeUnchanged(parts, key, version);
  } catch (error) {
    if (isCheckpointError(error) && error.code === 'ERR_CKPT_LOCKED') return false;
    throw error;
  } finally {
    for (const lease of leases) await lease.release();
  }
}

async function removeUnchanged({ home }: BucketDirectoryParts, key: string, version: string): Promise<boolean> {
  try {
    await home.bucket.delete(key, { ifMatch: version });
    return true;
  } catch (error) {
    if (isCheckpointError(error) && error.code === 'ERR_CKPT_CONDITION') return false;
    throw error;
  }
}

async function forgetHashes(parts: BucketDirectoryParts, removed: readonly SweepItem[]): Promise<void> {
  for (const { kind, step, operation } of removed) {
    if (kind !== 'checkpoint' || step === null) continue;
    const isGone = (await new BucketOperation(parts, step, operation, undefined).find()).length === 0;
    if (isGone) await parts.hashes.set(step, operation, null);
  }
}
