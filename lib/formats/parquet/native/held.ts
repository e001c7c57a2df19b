/** Handles that somebody waits for. */
const waiting = new Set<object>();

/**
 * A promise, and `handle` kept from the collector of garbage until it settles: nobody but the core's event can settle it, and the core
 * holds no handle.
 */
export async function held(handle: object, executor: (resolve: () => void) => void): Promise<void> {
  waiting.add(handle);
  try {
    await new Promise<void>(executor);
  } finally {
    waiting.delete(handle);
  }
}
