import { guarded } from '../../base/guarded.js';
import type { Progress } from '../../base/pace.js';

/** How often a call tells of bytes. */
const TELL_MS = 50;

/** Tells `onProgress` of bytes on their way, while no row is; undefined where nobody wants to know. */
export function bytesOf(
  { onProgress }: { onProgress?: (progress: Progress) => void },
  rows = 0,
  totalRows?: number,
): ((bytes: number) => void) | undefined {
  const tell = guarded(onProgress, 'onProgress');
  if (tell === undefined) return undefined;
  let told = -Infinity;
  return (bytes) => {
    const now = performance.now();
    if (now - told < TELL_MS) return;
    told = now;
    tell({ rows, totalRows, bytes });
  };
}
