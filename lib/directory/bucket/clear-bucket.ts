import { itemsIn, type BucketItem } from './bucket-contents.js';
import { pathsOf } from './bucket-names.js';
import type { BucketDirectoryParts } from './bucket-operation.js';
import { removeItems } from './remove-items.js';

/** Removes the checkpoints, batches, kept results and hashes of a step; gives the number of objects. */
export async function clearBucketStep(parts: BucketDirectoryParts, step: string): Promise<number> {
  let removed = 0;
  for (const folder of pathsOf(step, 'step')) removed += await removeItems(parts, resultsIn(parts, `${folder}/`));
  await parts.hashes.set(step, undefined, null);
  return removed;
}

/** Removes every checkpoint, batch and kept result of a directory, and the hashes. What is none of them stays. */
export async function clearBucket(parts: BucketDirectoryParts): Promise<number> {
  const removed = await removeItems(parts, resultsIn(parts, ''));
  await parts.hashes.clear();
  return removed;
}

async function* resultsIn({ home }: BucketDirectoryParts, below: string): AsyncGenerator<BucketItem, void, undefined> {
  for await (const item of itemsIn(home, below)) if (['checkpoint', 'batch', 'kept'].includes(item.kind)) yield item;
}
