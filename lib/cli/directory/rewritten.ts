import { relative } from 'node:path';
import type { RewriteProgress, RewriteResult, RewrittenCheckpoint } from '../../directory/sharing/sharing-options.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { failureOf } from '../failure.js';
import type { ProgressLine } from '../output/progress.js';
import { plural, sizeText } from '../output/quantities.js';
import { printable } from '../output/printable.js';

/** Shows how far checkpoints are written anew. */
export function onRewrite(progress: ProgressLine): (progress: RewriteProgress) => void {
  return ({ rows, file, filesDone, files }) =>
    progress.update({ what: `${plural(rows, 'row')} of ${file}`, done: filesDone, total: files, unit: 'files' });
}

/** Tells what became of checkpoints: as a document, or a line for each that has changed. */
export async function tellRewritten({ output, json }: Context, directory: string, result: RewriteResult): Promise<void> {
  const { checkpoints, ...totals } = result;
  for (const { error } of checkpoints) if (error !== undefined) output.error(error);
  if (json) {
    const documents = checkpoints.map(({ error, ...known }) => ({ ...known, ...(error !== undefined && { error: failureOf(error) }) }));
    await output.document({ directory, ...totals, checkpoints: documents });
    return;
  }
  for (const checkpoint of checkpoints) {
    if (checkpoint.status === 'failed' || checkpoint.status === 'kept') continue;
    const mark = result.dryRun ? output.colours.cyan('○') : output.colours.green('✓');
    await output.line(`${mark} ${lineOf(directory, checkpoint, result.dryRun)}`);
  }
}

function lineOf(directory: string, { path, status, bytesBefore, bytesAfter }: RewrittenCheckpoint, dryRun: boolean): string {
  const name = printable(relative(directory, path));
  if (bytesAfter === null) return `Would write anew: ${name}, ${sizeText(bytesBefore)}`;
  const what = status === 'thin' ? 'shares values' : 'is whole';
  return `${dryRun ? 'Would write anew' : 'Written anew'}: ${name}, ${sizeText(bytesBefore)} → ${sizeText(bytesAfter)}, ${what}`;
}

/** Findings where one failed. */
export function endOf({ checkpoints }: RewriteResult): ExitCode {
  return checkpoints.some(({ status }) => status === 'failed') ? EXIT.findings : EXIT.fine;
}
