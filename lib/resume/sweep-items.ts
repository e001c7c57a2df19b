import { checkpointFiles } from '../directory/checkpoint-file.js';
import type { DocetlConfig } from '../directory/docetl-config.js';
import { keptFoldersIn } from '../directory/kept-files.js';
import { contentsOf, foundFiles, listSteps, stemOf, type FoundFile } from '../directory/layout.js';
import { usedMs } from '../directory/use-record.js';
import { finishedBatches } from './finished-batches.js';
import { findBatches, findKept, isBroken } from './found-files.js';
import type { SweepItem } from './sweep-item.js';

/** All checkpoints, batches and kept results of a directory. */
export async function sweepItems(directory: string, config: DocetlConfig): Promise<SweepItem[]> {
  const hashes = await config.snapshot();
  const contents = await contentsOf(directory);
  const checkpoints: SweepItem[] = [];
  for (const { step, operation, stem, paths } of contents.operations) {
    const lastUse = await usedMs(stem);
    for (const { found, hash, error } of await checkpointFiles(await foundFiles(paths), { config: hashes, step, operation })) {
      // A folder of anything but parts is not ours to remove.
      if (error?.code === 'ERR_CKPT_NOT_A_FILE') continue;
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
  const kept = await keptItems(directory);
  for (const item of await finishedBatches(checkpoints, [...batches, ...kept])) item.isFinished = true;
  return [...checkpoints, ...batches, ...kept];
}

async function keptItems(directory: string): Promise<SweepItem[]> {
  const items: SweepItem[] = [];
  for (const { step: own, folder: ofStep } of await listSteps(directory)) {
    for (const { operation, folder } of await keptFoldersIn(ofStep)) {
      for (const found of await findKept(folder)) {
        const { hash, head, error, path } = found;
        const names = { step: head?.step ?? own, operation: head?.operation ?? operation };
        items.push({ kind: 'kept', ...names, hash, isDamaged: isBroken(error), ...itemOf(found, await usedMs(stemOf(path))) });
      }
    }
  }
  return items;
}

/** What an item is by its file alone. */
function itemOf({ path, bytes, modifiedMs, version }: FoundFile, lastUse: number) {
  return { path, bytes, usedMs: Math.max(modifiedMs, lastUse), version, isFinished: false };
}
