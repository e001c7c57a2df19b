import { CheckpointManager } from '../../api/checkpoint-manager.js';
import type { CommonOptions, Run } from '../context.js';
import { needFolder } from '../directory/folder.js';
import { endOf, onRewrite, tellRewritten } from '../directory/rewritten.js';
import { withProgress } from '../output/progress.js';
import { percentText, sizeText } from '../output/quantities.js';

/** Options of `dedupe`. */
interface DedupeFlags extends CommonOptions {
  dryRun?: boolean;
}

/** `dedupe DIR`: makes its checkpoints share their values: see `CheckpointManager.dedupe`. */
export const run: Run<DedupeFlags> = async (context, [directory = ''], { dryRun = false }) => {
  await needFolder(directory);
  const manager = new CheckpointManager(directory, { logger: false });
  const { signal } = context;
  const result = await withProgress(context, (progress) => manager.dedupe({ dryRun, signal, onProgress: onRewrite(progress) }));
  await tellRewritten(context, directory, result);
  if (!context.json) {
    const { bytesBefore, bytesAfter } = result;
    const saved = bytesBefore - (bytesAfter ?? bytesBefore);
    const sizes = `${sizeText(bytesBefore)} → ${sizeText(bytesAfter ?? bytesBefore)}`;
    await context.output.line(`${dryRun ? 'Would be' : 'Checkpoints'}: ${sizes} (${percentText(saved, bytesBefore)} savings)`);
  }
  return endOf(result);
};
