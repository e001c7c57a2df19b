import { once } from '../base/once.js';
import type { Bucket } from '../options/bucket.js';

/** A driver whose code is loaded by its first call. What is wrong with its options has been told before. */
export function laterBucket(conditional: boolean, load: () => Promise<Bucket>): Bucket {
  const driver = once(load);
  return {
    conditional,
    get: async (...call) => (await driver()).get(...call),
    put: async (...call) => (await driver()).put(...call),
    list: async function* (...call) {
      yield* (await driver()).list(...call);
    },
    delete: async (...call) => (await driver()).delete(...call),
  };
}
