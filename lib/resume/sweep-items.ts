import { checkpointFiles } from '../directory/checkpoint-file.js';
import type { DocetlConfig } from '../directory/docetl-config.js';
import { contentsOf, filesOf } from '../directory/layout.js';
import { usedMs } from '../directory/use-record.js';
import { finishedBatches } from './finished-batches.js';
import { findBatches, isBroken } from './known.js';
import type { SweepItem } from './sweep-item.js';

/** All checkpoints and batches of a directory. */
export async function sweepItems(directory: string, config: DocetlConfig): Promise<SweepItem[]> {
  const hashes = await config.snapshot();
  const contents = await contentsOf(directory);
  const checkpoints: SweepItem[] = [];
  for (const { step, operation, stem } of contents.operations) {
    const lastUse = await usedMs(stem);
    for (const { found, hash } of await checkpointFiles(await filesOf(stem), { config: hashes, step, operation })) {
      const { path, bytes, modifiedMs, version } = found;
      checkpoints.push({
        kind: 'checkpoint',
        path,
        step,
        operation,
        bytes,
        usedMs: Math.max(modifiedMs, lastUse),
        version,
        hash,
        isDamaged: false,
        isFinished: false,
      });
    }
  }
  const batches: SweepItem[] = [];
  for (const { step: own, operation, folder } of contents.batches) {
    const lastUse = await usedMs(folder);
    for (const { path, bytes, modifiedMs, version, hash, head, error } of await findBatches(folder)) {
      const step = head?.step ?? own;
      batches.push({
        kind: 'batch',
        path,
        step,
        operation,
        bytes,
        usedMs: Math.max(modifiedMs, lastUse),
        version,
        hash,
        isDamaged: isBroken(error),
        isFinished: false,
      });
    }
  }
  for (const batch of await finishedBatches(checkpoints, batches)) batch.isFinished = true;
  return [...checkpoints, ...batches];
}
