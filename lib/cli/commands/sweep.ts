import { relative } from 'node:path';
import { CheckpointManager } from '../../api/checkpoint-manager.js';
import type { SweepOptions, SweptFile } from '../../resume/sweep-options.js';
import type { CommonOptions, Context, Run } from '../context.js';
import { needDirectory } from '../directory/folder.js';
import { EXIT } from '../exit-codes.js';
import { plural, sizeText } from '../output/quantities.js';
import { printable } from '../output/printable.js';

/** Options of `sweep`. */
interface SweepCommandOptions extends CommonOptions {
  keep?: [step: string, operation: string][];
  keepHash?: string[];
  /** Milliseconds. */
  olderThan?: number;
  maxBytes?: number;
  dryRun?: boolean;
}

/** `sweep DIR`: removes what is not needed any more: see `CheckpointManager.sweep`. */
export const run: Run<SweepCommandOptions> = async (context, [directory = ''], options) => {
  await needDirectory(directory);
  const { keep, keepHash, olderThan, maxBytes, dryRun = false } = options;
  const sweep: SweepOptions = {
    dryRun,
    ...(keep !== undefined && { keep }),
    ...(keepHash !== undefined && { keepHashes: keepHash }),
    ...(olderThan !== undefined && { olderThan }),
    ...(maxBytes !== undefined && { maxBytes }),
  };
  const result = await new CheckpointManager(directory, { logger: false }).sweep(sweep);
  if (context.json) {
    await context.output.document({ directory, ...result });
    return EXIT.fine;
  }
  for (const file of result.removed) await context.output.line(lineOf(context, directory, file, dryRun));
  for (const file of result.inUse) context.output.note(`in use, stays: ${printable(relative(directory, file.path))}`);
  const what = `${plural(result.removed.length, 'file')}, ${sizeText(result.bytes)}`;
  await context.output.line(
    `${dryRun ? 'Would remove' : 'Removed'} ${what}; ${sizeText(result.keptBytes)} of checkpoints, batches and kept results stay`,
  );
  return EXIT.fine;
};

const WHY: Record<SweptFile['reason'], string> = {
  stale: 'stale',
  finished: 'its results are in a checkpoint',
  damaged: 'cannot be read',
  size: 'to fit',
  unreferenced: 'no checkpoint refers to it',
  leftover: 'left by a process that has ended',
};

function lineOf({ output: { colours } }: Context, directory: string, { path, bytes, reason }: SweptFile, dryRun: boolean): string {
  const mark = dryRun ? colours.cyan('○') : colours.green('✓');
  return `${mark} ${dryRun ? 'Would remove' : 'Removed'}: ${printable(relative(directory, path))}, ${sizeText(bytes)} (${WHY[reason]})`;
}
