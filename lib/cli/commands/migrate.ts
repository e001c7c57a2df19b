import { basename, relative } from 'node:path';
import { verifyCheckpoint } from '../../api/verify-checkpoint.js';
import { migrateDirectory } from '../../api/migrate-directory.js';
import type { MigrationOptions, MigrationOutcome } from '../../directory/migration.js';
import type { Codec } from '../../options/options.js';
import type { CommonOptions, Context, Run } from '../context.js';
import { needFolder } from '../directory/folder.js';
import { EXIT } from '../exit-codes.js';
import { failureOf, type Failure } from '../failure.js';
import { withProgress } from '../output/progress.js';
import { percentOf, percentText, plural, sizeText } from '../output/quantities.js';
import { printable } from '../output/printable.js';

/** Options of `migrate`. */
interface MigrateFlags extends CommonOptions {
  dryRun?: boolean;
  deleteSource?: boolean;
  verify?: boolean;
  compression?: Codec;
}

/** What became of one file. */
interface Outcome extends Omit<MigrationOutcome, 'error'> {
  /** Whether the Parquet file was read once more under its name; only with `--verify`. */
  verified?: boolean;
  error?: Failure;
}

/** `migrate DIR`: makes Parquet of the JSON checkpoints and batches of a directory. What fails is named, and the rest goes on. */
export const run: Run<MigrateFlags> = async (context, [directory = ''], options) => {
  await needFolder(directory);
  const outcomes = await withProgress(context, async (progress) => {
    const done: Outcome[] = [];
    const migration: MigrationOptions = {
      signal: context.signal,
      keepJson: options.deleteSource !== true,
      dryRun: options.dryRun === true,
      onProgress: ({ filesDone, files, file, rows }) =>
        progress.update({ what: `${plural(rows, 'row')} of ${file}`, done: filesDone, total: files, unit: 'files' }),
      ...(options.compression !== undefined && { compression: options.compression }),
    };
    for await (const outcome of migrateDirectory(directory, migration)) {
      const told = await check(context, outcome, options);
      done.push(told);
      if (!context.json && told.error === undefined) await context.output.line(lineOf(context, directory, told));
    }
    return done;
  });
  const totals = totalsOf(outcomes);
  if (context.json) await context.output.document({ directory, dryRun: options.dryRun === true, outcomes, totals });
  else await print(context, directory, totals, options);
  return totals.failed > 0 ? EXIT.findings : EXIT.fine;
};

/** Tells an outcome's error, and reads the file once more if that is wanted. */
async function check(
  { output, signal }: Context,
  { error, ...outcome }: MigrationOutcome,
  { verify, dryRun }: MigrateFlags,
): Promise<Outcome> {
  try {
    if (outcome.status === 'failed') throw error;
    if (verify !== true || dryRun === true) return outcome;
    await verifyCheckpoint(outcome.target, { signal });
    return { ...outcome, verified: true };
  } catch (failure) {
    if (signal.aborted) throw signal.reason;
    output.error(failure);
    return { ...outcome, status: 'failed', error: failureOf(failure) };
  }
}

interface Totals {
  migrated: number;
  already: number;
  planned: number;
  failed: number;
  /** Of what is done or planned: failed files count nowhere. */
  rows: number;
  jsonBytes: number;
  arrowBytes: number;
  savedBytes: number;
  savedPercent: number;
  deleted: number;
}

function totalsOf(outcomes: readonly Outcome[]): Totals {
  const count = (status: Outcome['status']): number => outcomes.filter((outcome) => outcome.status === status).length;
  const good = outcomes.filter(({ status, arrowBytes }) => status !== 'failed' && arrowBytes !== null);
  const sum = (of: (outcome: Outcome) => number): number => good.reduce((total, outcome) => total + of(outcome), 0);
  const [jsonBytes, arrowBytes] = [sum((outcome) => outcome.jsonBytes), sum((outcome) => outcome.arrowBytes ?? 0)];
  return {
    migrated: count('migrated'),
    already: count('already'),
    planned: count('planned'),
    failed: count('failed'),
    rows: sum(({ rows }) => rows),
    jsonBytes,
    arrowBytes,
    savedBytes: jsonBytes - arrowBytes,
    savedPercent: percentOf(jsonBytes - arrowBytes, jsonBytes),
    deleted: outcomes.filter(({ deleted }) => deleted).length,
  };
}

const SAID = { migrated: 'Migrated', already: 'Already migrated', planned: 'Would migrate', failed: 'Failed' };

function lineOf({ output }: Context, directory: string, { status, source, target, rows, jsonBytes, arrowBytes, deleted }: Outcome): string {
  const { colours } = output;
  const mark = status === 'planned' ? colours.cyan('○') : colours.green('✓');
  const names = printable(`${relative(directory, source)} → ${basename(target)}`);
  const sizes = `${sizeText(jsonBytes)} → ${sizeText(arrowBytes ?? 0)}`;
  const saved = percentText(jsonBytes - (arrowBytes ?? 0), jsonBytes);
  return `${mark} ${SAID[status]}: ${names}, ${plural(rows, 'row')}, ${sizes} (${saved} savings)${deleted ? ', JSON removed' : ''}`;
}

async function print({ output }: Context, directory: string, totals: Totals, { dryRun }: MigrateFlags): Promise<void> {
  const { migrated, already, planned, failed, deleted, jsonBytes, arrowBytes, savedBytes } = totals;
  const all = migrated + already + planned + failed;
  if (all === 0) return output.note(`no JSON checkpoints in ${directory}`);
  const good = dryRun === true ? `Would migrate: ${planned}/${all}` : `Successfully migrated: ${migrated + already}/${all}`;
  const before = already === 0 ? '' : `, ${already} by an earlier run`;
  const failures = failed === 0 ? '' : `, ${output.colours.red(`${failed} failed`)}`;
  await output.line(`\n${good}${before}${failures}`);
  await output.line(`JSON size: ${sizeText(jsonBytes)}`);
  await output.line(`Arrow size: ${sizeText(arrowBytes)}${dryRun === true ? ', measured' : ''}`);
  const later = deleted === 0 && migrated + already + planned > 0 ? ', once the JSON files are gone (--delete-source)' : '';
  await output.line(`Total size reduction: ${sizeText(savedBytes)} (${percentText(savedBytes, jsonBytes)})${later}`);
}
