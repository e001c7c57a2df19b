import { CheckpointManager } from '../../api/checkpoint-manager.js';
import type { CommonOptions, Run } from '../context.js';
import { needFolder } from '../directory/folder.js';
import { endOf, onRewrite, tellRewritten } from '../directory/rewritten.js';
import { withProgress } from '../output/progress.js';
import { sizeText } from '../output/quantities.js';

/** Options of `compact`. */
interface CompactFlags extends CommonOptions {
  dryRun?: boolean;
  maxGarbage?: number;
  maxHolders?: number;
}

/** `compact DIR`: frees files of which little is used: see `CheckpointManager.compact`. */
export const run: Run<CompactFlags> = async (context, [directory = ''], { dryRun = false, maxGarbage, maxHolders }) => {
  await needFolder(directory);
  const manager = new CheckpointManager(directory, { logger: false });
  const limits = { ...(maxGarbage !== undefined && { maxGarbage }), ...(maxHolders !== undefined && { maxHolders }) };
  const { signal } = context;
  const result = await withProgress(context, (progress) => manager.compact({ ...limits, dryRun, signal, onProgress: onRewrite(progress) }));
  await tellRewritten(context, directory, result);
  if (!context.json) {
    const when = dryRun ? 'A sweep after it would free' : 'The next sweep frees';
    await context.output.line(`${when} ${sizeText(result.freedBytes)} of shared files`);
  }
  return endOf(result);
};
