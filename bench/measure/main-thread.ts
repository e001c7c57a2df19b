import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** What the main thread did between `startMainThread` and the returned function's call. */
export interface MainThreadUse {
  /**
   * Milliseconds in which the event loop was not waiting for events (`eventLoopUtilization().active`). This is the reported figure:
   * while the loop is active nothing else in the process's JavaScript can run. It includes time in which the operating system
   * ran other threads on the core, so on a loaded machine it is the larger of the two.
   */
  activeMs: number;
  /** The cross-check: CPU time of the main thread alone, in ms; null where `/proc` does not tell. */
  cpuMs: number | null;
}

/** CPU time of the main thread in ms: first field of schedstat, in ns. `process.cpuUsage` would count all threads. */
function mainThreadCpuMs(): number | null {
  try {
    const text = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1');
    return Number(text.split(' ')[0]) / 1e6;
  } catch {
    return null;
  }
}

/** Starts to count; the returned function gives what was used since. */
export function startMainThread(): () => MainThreadUse {
  const cpu = mainThreadCpuMs();
  const loop = performance.eventLoopUtilization();
  return () => {
    const activeMs = performance.eventLoopUtilization(loop).active;
    const now = mainThreadCpuMs();
    return { activeMs, cpuMs: cpu === null || now === null ? null : now - cpu };
  };
}
