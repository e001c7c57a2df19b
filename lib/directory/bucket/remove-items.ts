import type { BucketItem } from './bucket-contents.js';
import type { BucketHome } from './bucket-home.js';

/** Objects that are removed at a time. */
const AT_ONCE = 16;

/** Removes objects as they are listed, some at a time; gives how many. The first failure ends it, when those under way have ended. */
export async function removeItems(
  { home }: { home: BucketHome },
  items: AsyncIterable<Pick<BucketItem, 'key'>> | Iterable<Pick<BucketItem, 'key'>>,
): Promise<number> {
  let removed = 0;
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  try {
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
  } finally {
    // A listing may break off, too.
    await Promise.all(running);
  }
  if (failures.length > 0) throw failures[0];
  return removed;
}
