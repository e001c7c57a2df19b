import type { BucketItem } from './bucket-contents.js';
import { itemsIn } from './bucket-contents.js';
import { pathsOf } from './bucket-names.js';
import type { BucketDirectoryParts } from './bucket-operation.js';

/** Objects that are removed at a time. */
const AT_ONCE = 16;

/** Removes objects as they are listed, some at a time; gives how many. The first failure ends it, when those under way have ended. */
export async function removeItems(
  { home }: Pick<BucketDirectoryParts, 'home'>,
  items: AsyncIterable<BucketItem> | Iterable<BucketItem>,
): Promise<number> {
  let removed = 0;
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for await (const { key } of items) {
    if (failures.length > 0) break;
    const one: Promise<void> = home.bucket
      .delete(key)
      .then(() => void removed++)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(one));
    running.add(one);
    if (running.size >= AT_ONCE) await Promise.race(running);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
  return removed;
}

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
