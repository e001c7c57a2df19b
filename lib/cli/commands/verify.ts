import { relative } from 'node:path';
import { isCheckpointError } from '../../base/errors.js';
import { verifyCheckpoint, type VerifyResult } from '../../api/verify-checkpoint.js';
import { isBucketUrl, withoutQuery } from '../../options/bucket-url.js';
import type { Progress } from '../../base/pace.js';
import { isPartsFolder } from '../../formats/folder/list-parts.js';
import type { Context, Run } from '../context.js';
import { isUrlOfFile } from '../../sql/find-places.js';
import { checkpointsAt } from '../directory/checkpoints-at.js';
import { checkpointsBelow, isFolder, type FoundEntry } from '../directory/folder.js';
import { isObject } from '../directory/is-object.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { failureOf, type Failure } from '../failure.js';
import { withProgress, type ProgressLine } from '../output/progress.js';
import { countText, plural, sizeText } from '../output/quantities.js';
import { printTable } from '../output/print-table.js';
import type { TableColumn } from '../output/table-text.js';

type OnProgress = (progress: Progress) => void;

/** What became of one file. */
type Verified = ({ ok: true } & VerifyResult) | { ok: false; path: string; error: Failure };

/** `verify DIR|FILE`: reads every row of every checkpoint; names each that is damaged, and goes on. */
export const run: Run = async (context, [path = '']) => {
  const folder = await isDirectory(path);
  const files = await withProgress(context, (progress) =>
    folder ? verifyAll(context, path, progress) : verifyOne(context, path, progress),
  );
  const damaged = files.filter(({ ok }) => !ok).length;
  const summary = {
    path: withoutQuery(path),
    files,
    whole: files.length - damaged,
    damaged,
    rows: files.reduce((sum, file) => sum + (file.ok ? file.rows : 0), 0),
  };
  if (context.json) await context.output.document(summary);
  else await print(context, folder ? path : '', summary);
  return damaged > 0 ? EXIT.findings : EXIT.fine;
};

/** Whether checkpoints are below it. A bucket has no folders: a URL is one if it is neither an object nor named as a file. */
async function isDirectory(path: string): Promise<boolean> {
  if (isBucketUrl(path)) return !isUrlOfFile(path) && !(await isObject(path));
  return (await isFolder(path)) && !(await isPartsFolder(path));
}

/** Of a single file damage is a finding; what keeps it from being read is an error of the command. */
async function verifyOne(context: Context, path: string, progress: ProgressLine): Promise<Verified[]> {
  const onProgress: OnProgress = ({ rows, totalRows }) => progress.update({ what: path, done: rows, total: totalRows, unit: 'rows' });
  return [await attempt(context, path, onProgress, (error) => exitCodeOf(error) === EXIT.findings)];
}

async function verifyAll(context: Context, directory: string, progress: ProgressLine): Promise<Verified[]> {
  const entries: FoundEntry[] = [];
  for await (const entry of isBucketUrl(directory) ? checkpointsAt(directory, context.signal) : checkpointsBelow(directory)) {
    // The directory itself cannot be listed: nothing can be said of it.
    if (entry.parts.length === 0) throw entry.error;
    entries.push(entry);
  }
  const files: Verified[] = [];
  for (const [done, { path, error }] of entries.entries()) {
    const onProgress: OnProgress = ({ rows }) =>
      progress.update({ what: `${plural(rows, 'row')} of ${path}`, done, total: entries.length, unit: 'files' });
    files.push(error === undefined ? await attempt(context, path, onProgress, isCheckpointError) : failed(context, path, error));
  }
  return files;
}

/** Verifies a file; an error that is a finding is reported, any other is thrown. */
async function attempt(context: Context, path: string, onProgress: OnProgress, isFinding: (error: unknown) => boolean): Promise<Verified> {
  try {
    return { ok: true, ...(await verifyCheckpoint(path, { signal: context.signal, onProgress })) };
  } catch (error) {
    if (!isFinding(error)) throw error;
    return failed(context, path, error);
  }
}

function failed({ output }: Context, path: string, error: unknown): Verified {
  output.error(error);
  return { ok: false, path: withoutQuery(path), error: failureOf(error) };
}

interface Summary {
  files: readonly Verified[];
  whole: number;
  damaged: number;
  rows: number;
}

async function print({ output }: Context, directory: string, { files, whole, damaged, rows }: Summary): Promise<void> {
  const { colours } = output;
  if (files.length === 0) return output.note(`no checkpoints below ${directory}`);
  const columns: TableColumn[] = [
    { head: '', style: (mark) => (mark === '✓' ? colours.green(mark) : colours.red(mark)) },
    { head: 'File', cut: true },
    { head: 'Format' },
    { head: 'Rows', align: 'right' },
    { head: 'Size', align: 'right' },
    { head: 'Checksums' },
  ];
  await printTable(
    output,
    columns,
    files.map((file) => cellsOf(file, directory)),
  );
  await output.line();
  const found = damaged === 0 ? 'all are whole' : `${countText(whole)} whole, ${colours.red(`${countText(damaged)} damaged`)}`;
  await output.line(`${plural(files.length, 'file')}, ${found}; ${plural(rows, 'row')} read`);
}

function cellsOf(file: Verified, directory: string): string[] {
  const name = directory === '' ? file.path : relative(directory, file.path);
  if (!file.ok) return ['✗', name, '', '', '', file.error.code];
  return ['✓', name, file.format, countText(file.rows), sizeText(file.bytes), file.checksums ? 'compared' : 'none'];
}
