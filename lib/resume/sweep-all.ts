import type { SweepItem } from './sweep-item.js';
import type { checkSweepOptions, SweepResult, SweptFile } from './sweep-options.js';

type Checked = ReturnType<typeof checkSweepOptions>;

/**
 * Removes those of the items that the options, or what is known of them, call needless. `remove`: false where somebody is using the item,
 * or has just written it anew.
 */
export async function sweepAll(
  items: readonly SweepItem[],
  options: Checked,
  remove: (item: SweepItem) => Promise<boolean>,
): Promise<SweepResult> {
  const { dryRun = false, maxBytes } = options;
  const result: SweepResult = { removed: [], bytes: 0, keptBytes: 0, inUse: [], dryRun };
  const kept = new Set(items);
  const tryTo = async (item: SweepItem, reason: SweptFile['reason']): Promise<void> => {
    const { kind, path, step, operation, bytes } = item;
    const swept = { path, kind, step, operation, bytes, reason };
    if (await remove(item)) {
      kept.delete(item);
      result.removed.push(swept);
    } else result.inUse.push(swept);
  };
  for (const item of items) {
    const reason = reasonOf(item, options);
    if (reason !== undefined) await tryTo(item, reason);
  }
  const size = (): number => [...kept].reduce((sum, { bytes }) => sum + bytes, 0);
  const oldest = [...kept].filter((item) => !isKept(item, options)).sort((a, b) => a.usedMs - b.usedMs);
  for (const item of oldest) {
    if (maxBytes === undefined || size() <= maxBytes) break;
    if (!result.inUse.some(({ path }) => path === item.path)) await tryTo(item, 'size');
  }
  result.keptBytes = size();
  return result;
}

/** Why an item goes; undefined: it stays. */
function reasonOf(item: SweepItem, options: Checked): SweptFile['reason'] | undefined {
  const { keep, keepHashes, before } = options;
  if (item.isFinished) return 'finished';
  if (item.isDamaged) return 'damaged';
  if ((keep === undefined && keepHashes === undefined && before === undefined) || isKept(item, options)) return undefined;
  return before === undefined || item.usedMs < before ? 'stale' : undefined;
}

function isKept({ step, operation, hash }: SweepItem, { keep, keepHashes }: Checked): boolean {
  if (hash !== null && keepHashes?.includes(hash) === true) return true;
  // A batch that does not say its step may be of any.
  return keep?.some(([keptStep, keptOperation]) => keptOperation === operation && (step === null || step === keptStep)) === true;
}
