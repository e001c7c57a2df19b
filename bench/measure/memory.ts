import { readFileSync, writeFileSync } from 'node:fs';

/** How the peak was found: `hwm` is the kernel's own high-water mark, reset before; `maxrss` the process's since its start. */
export type MemoryMethod = 'hwm' | 'poll' | 'maxrss';

/** Resident memory around one operation. */
export interface MemoryUse {
  /** Before it: the process with the rows themselves (save) or with nothing (load). */
  beforeMB: number;
  /** The most during it, over `beforeMB`. For a load this includes the loaded rows. */
  peakOverMB: number;
  method: MemoryMethod;
}

function statusMB(field: 'VmHWM' | 'VmRSS', pid: number | 'self' = 'self'): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(text)?.[1]) / 1024;
  } catch {
    return null;
  }
}

/** Resident memory of another process in MB, or null where `/proc` does not tell. The parent polls with this when it must. */
export function residentMB(pid: number): number | null {
  return statusMB('VmRSS', pid);
}

/** Puts the kernel's high-water mark back to what is resident now; false where that is not permitted. */
export function resetHighWater(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false;
  }
}

/** Starts to watch the process's own memory; the returned function ends it. `poll` means that the parent has to find the peak. */
export function startMemory(): () => MemoryUse {
  const reset = resetHighWater();
  const before = statusMB('VmRSS');
  if (before === null) {
    const beforeMB = process.memoryUsage.rss() / 1048576;
    return () => ({ beforeMB, peakOverMB: Math.max(0, process.resourceUsage().maxRSS / 1024 - beforeMB), method: 'maxrss' });
  }
  return () => ({
    beforeMB: before,
    peakOverMB: Math.max(0, (statusMB('VmHWM') ?? before) - before),
    method: reset ? 'hwm' : 'poll',
  });
}
