/** How many calls of the system are under way at a time: more than the threads that make them, so that none waits for JavaScript. */
const AT_ONCE = 32;

/** What `work` makes of each item, in their order: many at a time. The first failure ends it, when those under way have ended. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>, atOnce = AT_ONCE): Promise<R[]> {
  const results = Array<R>(items.length);
  let next = 0;
  let failure: { error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (next < items.length && failure === undefined) {
      const index = next++;
      try {
        results[index] = await work(items[index] as T, index);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failure !== undefined) throw (failure as { error: unknown }).error;
  return results;
}
