import { stat } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { type LoopDelay, startLoopDelay } from './loop-delay.ts';
import { type MainThreadUse, startMainThread } from './main-thread.ts';
import { type MemoryUse, startMemory } from './memory.ts';

/** Everything measured of one save or one load. */
export interface Sample {
  wallMs: number;
  /** Null for a contestant that runs outside Node. */
  main: MainThreadUse | null;
  loop: LoopDelay | null;
  memory: MemoryUse | null;
  /** Size of the file. */
  bytes: number;
}

/** Full collections until the heap is as small as it gets; twice, as the first may only queue finalizers. */
async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.();
    await turn();
  }
}

/**
 * Runs `operation` once and measures it. `path` is the file it writes or reads. `collects`: garbage of what came before is not to be
 * collected while it runs. A collection also shrinks V8's space for young objects, so that a load on Node 20 takes 30% longer behind it,
 * and no user forces one: not to be asked for where nothing came before.
 */
export async function measure<T>(
  path: string,
  operation: () => Promise<T>,
  { collects }: { collects: boolean },
): Promise<{ sample: Sample; result: T }> {
  if (collects) await collectGarbage();
  const endLoop = await startLoopDelay();
  const endMemory = startMemory();
  const endMain = startMainThread();
  const start = performance.now();
  const result = await operation();
  const wallMs = performance.now() - start;
  const main = endMain();
  const memory = endMemory();
  const loop = await endLoop();
  return { sample: { wallMs, main, loop, memory, bytes: (await stat(path)).size }, result };
}
