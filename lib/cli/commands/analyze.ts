import { isCheckpointError } from '../../base/errors.js';
import { isBucketUrl } from '../../options/bucket-url.js';
import type { CommonOptions, Context, Run } from '../context.js';
import { shownAs, withBucketCopy, type Shown } from '../directory/bucket-copy.js';
import { needFolder } from '../directory/folder.js';
import { layoutOf, type StoredCheckpoint } from '../directory/layout-of.js';
import { analyzeShared } from '../directory/analyze-shared.js';
import { measured, storageOf, totalsOf, type StorageEntry } from '../directory/storage.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { failureOf } from '../failure.js';
import { withProgress } from '../output/progress.js';
import { plural } from '../output/quantities.js';
import { printStorage, storageSummary } from '../directory/storage-text.js';

/** Options of `analyze`. */
interface AnalyzeOptions extends CommonOptions {
  estimate?: boolean;
  shared?: boolean;
}

/**
 * `analyze DIR`: what the checkpoints and batches of a directory take as JSON and as Parquet. A damaged file is named and counts nowhere.
 */
export const run: Run<AnalyzeOptions> = async (context, [directory = ''], { estimate = false, shared = false }) => {
  if (!isBucketUrl(directory)) {
    await needFolder(directory);
    return shared ? analyzeShared(context, directory) : analyze(context, directory, estimate);
  }
  const depth = shared || estimate ? 'whole' : 'record';
  return withBucketCopy(directory, depth, context.signal, (local, told) =>
    shared ? analyzeShared(context, local, told) : analyze(context, local, estimate, told),
  );
};

async function analyze(context: Context, directory: string, estimate: boolean, place: Shown = shownAs(directory)): Promise<ExitCode> {
  const { output, json } = context;
  const layout = await layoutOf(directory);
  const errors = layout.failures.map(place.told);
  for (const error of errors) output.error(error);
  const entries = await lookAll(context, layout.checkpoints, estimate, errors, place);
  const totals = totalsOf(entries);
  if (layout.flat.length > 0) output.note(`not counted: ${plural(layout.flat.length, 'file')} of no step`);
  if (json) await output.document({ directory: place.name, checkpoints: entries, totals, failures: errors.map(failureOf) });
  else {
    await output.line(storageSummary(totals, output.colours));
    if (entries.length > 0) {
      await output.line();
      await printStorage(output, entries);
    }
  }
  return errors.length > 0 ? EXIT.findings : EXIT.fine;
}

async function lookAll(
  context: Context,
  checkpoints: readonly StoredCheckpoint[],
  estimate: boolean,
  errors: unknown[],
  { told }: Shown,
): Promise<StorageEntry[]> {
  const { output, signal } = context;
  const entries: StorageEntry[] = [];
  await withProgress(context, async (progress) => {
    for (const [done, stored] of checkpoints.entries()) {
      signal.throwIfAborted();
      progress.update({ what: stored.json ?? stored.stem, done, total: checkpoints.length, unit: 'files' });
      try {
        const entry = await storageOf(stored);
        entries.push(estimate ? await measured(entry, stored.json, signal) : entry);
      } catch (error) {
        if (!isCheckpointError(error)) throw error;
        errors.push(told(error));
        output.error(told(error));
      }
    }
  });
  return entries;
}
