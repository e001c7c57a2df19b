// npm run test:corpora: reads every Parquet file below folders with both readers, in child processes with limits, and says what came of it.
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Judge, Reader, type FileLimits } from './children.ts';
import { CLASSES, classOf, type FileClass, type FileReport } from './outcome.ts';

const HELP = `Usage: npm run test:corpora -- [options] DIR [DIR ...]

Reads every Parquet file below the folders natively and without the binary, whole and in parts, each in a child process with limits, and compares the
two, and both with PyArrow and DuckDB where there is a Python that has them (.venv, or ARROW_CKPT_PYTHON). Prints the classes that the files fall
into. Ends with 1 if a file shows a fault of ours: a crash, a time-out, too much memory, an error without a code, two readers that disagree, or a
partial read that is not part of the whole one.

  --report FILE     write a report in JSON: the classes, and all that is known of each file
  --match TEXT      only files whose path holds TEXT
  --time-limit S    seconds of computing for all readings of one file, ten times as many of waiting (60)
  --memory MB       memory for one file (2048)
  --jobs N          files at a time (2)
  --no-judges       without other engines
  --quiet           no files, only the classes
  --help            this text

Classes:
${Object.entries(CLASSES)
  .map(([name, { means, isFault }]) => `  ${name.padEnd(26)}${means}${isFault ? ' (fault)' : ''}`)
  .join('\n')}`;

const { values: flags, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    report: { type: 'string' },
    match: { type: 'string', default: '' },
    'time-limit': { type: 'string', default: '60' },
    memory: { type: 'string', default: '2048' },
    jobs: { type: 'string', default: '2' },
    'no-judges': { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function filesBelow(folder: string): string[] {
  if (statSync(folder).isFile()) return [resolve(folder)];
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map((entry) => resolve(join(entry.parentPath, entry.name)));
  return paths.filter((path) => /\.(parquet|parq|pqt?)$/i.test(path)).sort();
}

function positive(name: 'time-limit' | 'memory' | 'jobs'): number {
  const number = Number(flags[name]);
  if (!(number > 0)) throw new Error(`--${name} must be a positive number, got ${flags[name]}`);
  return number;
}

function pythonPath(): string | undefined {
  const own = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));
  return process.env['ARROW_CKPT_PYTHON'] ?? (existsSync(own) ? own : undefined);
}

async function reportOf(path: string, reader: Reader, judge: Judge | undefined): Promise<FileReport> {
  const outcome = await reader.read(path);
  if ('class' in outcome) return { path, ...outcome };
  const judges = outcome.isOurs || judge === undefined ? {} : await judge.judge(path);
  return { path, ...outcome, judges, ...classOf(outcome, judges) };
}

/** Reads all files; gives the reports in their order. */
async function readAll(paths: readonly string[], limits: FileLimits, jobs: number): Promise<FileReport[]> {
  const python = flags['no-judges'] ? undefined : pythonPath();
  if (python === undefined && !flags['no-judges']) console.error('no Python with PyArrow and DuckDB: nobody judges the values');
  const reports: FileReport[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    const reader = new Reader(limits);
    const judge = python === undefined ? undefined : new Judge(python, limits);
    while (next < paths.length) {
      const index = next++;
      const report = await reportOf(paths[index]!, reader, judge);
      reports[index] = report;
      if (!flags.quiet && !['equal', 'refused alike', 'read, no judge'].includes(report.class)) {
        console.log(`${report.class}: ${report.path}\n  ${report.detail ?? ''}`);
      }
    }
    reader.close();
    judge?.close();
  };
  await Promise.all(Array.from({ length: Math.min(jobs, paths.length) }, work));
  return reports;
}

async function main(): Promise<void> {
  const paths = folders.flatMap(filesBelow).filter((path) => path.includes(flags.match));
  const limits = { seconds: positive('time-limit'), megabytes: positive('memory') };
  const reports = await readAll(paths, limits, positive('jobs'));
  const names = Object.keys(CLASSES) as FileClass[];
  const counts = Object.fromEntries(names.map((name) => [name, reports.filter((report) => report.class === name).length]));
  for (const name of names) if (counts[name]! > 0) console.log(`${String(counts[name]).padStart(6)}  ${name}`);
  const faults = names.filter((name) => CLASSES[name].isFault).reduce((sum, name) => sum + counts[name]!, 0);
  console.log(`${String(reports.length).padStart(6)}  files, ${faults} with faults`);
  if (flags.report !== undefined)
    writeFileSync(flags.report, `${JSON.stringify({ folders, limits, classes: counts, files: reports }, null, 1)}\n`);
  if (faults > 0 || reports.length === 0) process.exitCode = 1;
}

if (flags.help || folders.length === 0) {
  console.log(HELP);
  if (!flags.help) process.exitCode = 2;
} else await main();
