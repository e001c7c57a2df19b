import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** The monitor's timer fires this often, in ms. */
const RESOLUTION_MS = 5;

/** How long the event loop kept its timers waiting, in ms. */
export interface LoopDelay {
  maxMs: number;
  p99Ms: number;
  /** Number of timer firings the percentiles are taken from. */
  samples: number;
}

/**
 * Starts to watch. The histogram records the time between two firings of its timer, the timer's own interval included, so
 * RESOLUTION_MS is subtracted from every figure: 0 means the timer was on time.
 */
export async function startLoopDelay(): Promise<() => Promise<LoopDelay>> {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  // A recording needs a firing before it: without this wait, work that starts at once and never yields would not be seen.
  while (histogram.count < 2) await sleep(RESOLUTION_MS);
  return async () => {
    const seen = histogram.count;
    while (histogram.count < seen + 2) await sleep(RESOLUTION_MS);
    histogram.disable();
    const overInterval = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS);
    return { maxMs: overInterval(histogram.max), p99Ms: overInterval(histogram.percentile(99)), samples: histogram.count };
  };
}
