import { checkpointFiles } from '../directory/checkpoint-file.js';
import type { DocetlConfig } from '../directory/docetl-config.js';
import { contentsOf, foundFiles, type FoundFile } from '../directory/layout.js';
import { usedMs } from '../directory/use-record.js';
import { finishedBatches } from './finished-batches.js';
import { findBatches, isBroken } from './known.js';
import type { SweepItem } from './sweep-item.js';

/** All checkpoints and batches of a directory. */
export async function sweepItems(directory: string, config: DocetlConfig): Promise<SweepItem[]> {
  const hashes = await config.snapshot();
  const contents = await contentsOf(directory);
  const checkpoints: SweepItem[] = [];
  for (const { step, operation, stem, paths } of contents.operations) {
    const lastUse = await usedMs(stem);
    for (const { found, hash } of await checkpointFiles(await foundFiles(paths), { config: hashes, step, operation })) {
      checkpoints.push({ kind: 'checkpoint', step, operation, hash, isDamaged: false, ...itemOf(found, lastUse) });
    }
  }
  const batches: SweepItem[] = [];
  for (const { step: own, operation, folder } of contents.batches) {
    const lastUse = await usedMs(folder);
    for (const found of await findBatches(folder)) {
      const { hash, head, error } = found;
      batches.push({ kind: 'batch', step: head?.step ?? own, operation, hash, isDamaged: isBroken(error), ...itemOf(found, lastUse) });
    }
  }
  for (const batch of await finishedBatches(checkpoints, batches)) batch.isFinished = true;
  return [...checkpoints, ...batches];
}

/** What an item is by its file alone. */
function itemOf({ path, bytes, modifiedMs, version }: FoundFile, lastUse: number) {
  return { path, bytes, usedMs: Math.max(modifiedMs, lastUse), version, isFinished: false };
}
