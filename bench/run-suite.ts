import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Differences } from './compare.ts';
import type { Sample } from './measure/sample.ts';
import type { BenchOptions } from './options.ts';
import { runTask } from './run-task.ts';
import { type Job, runSeries, type Series } from './series.ts';
import type { Suite } from './suites/suite.ts';

/** A contestant to run: its module, or a function that measures it outside Node. */
export interface Entrant {
  name: string;
  extension: string;
  /** URL of the module whose default export is a `Contestant`. */
  module?: string;
  /** Runs an operation elsewhere; `json` is the file of the rows as JSON. */
  run?(operation: 'verify' | 'save' | 'load', path: string, json: string): Promise<{ sample?: Sample; differences?: Differences }>;
}

export interface SuiteResult {
  suite: string;
  rows: number;
  series: Series[];
  /** By contestant: what the round trip changed. */
  verified: Record<string, Differences | { error: string }>;
}

const EXTENSIONS: Record<string, string> = { json: '.json', jsonl: '.jsonl', v8: '.bin', 'arrow-ckpt': '.parquet' };

/** A contestant of this package by name. Only child processes import it: the parent stays free of every library. */
export function builtIn(name: string): Entrant {
  return { name, extension: EXTENSIONS[name]!, module: new URL(`./contestants/${name}.ts`, import.meta.url).href };
}

const ROOT = new URL('..', import.meta.url);

/** The message's first line with paths inside the project made relative: results are shared between machines. */
function withoutPaths(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
  const shown = message.replaceAll(ROOT.href, '').replaceAll(fileURLToPath(ROOT), '');
  return shown.includes("module 'dist/") ? `${shown} (npm run build first)` : shown;
}

/** Verifies every contestant once, then measures them in interleaved rounds. */
export async function runSuite(suite: Suite, entrants: readonly Entrant[], options: BenchOptions): Promise<SuiteResult> {
  const rows = options.rows ?? (options.quick ? suite.quickRows : suite.defaultRows);
  const folder = await mkdtemp(join(options.dir ?? tmpdir(), 'arrow-ckpt-bench-'));
  const verified: SuiteResult['verified'] = {};
  const run = async (who: Entrant, operation: 'verify' | 'save' | 'load'): Promise<{ sample?: Sample; differences?: Differences }> => {
    const path = join(folder, `${operation === 'save' ? 'saved' : 'kept'}-${who.name}${who.extension}`);
    if (who.run !== undefined) return who.run(operation, path, join(folder, 'kept-json.json'));
    const answer = await runTask({ operation, suite: suite.name, rows, contestant: who.module!, path, warmups: options.warmups });
    if (answer.kind === 'sample') return { sample: answer.sample };
    if (answer.kind === 'verified') return { differences: answer.differences };
    throw new Error(answer.kind === 'failed' ? answer.message : 'no answer');
  };
  try {
    const jobs: Job[] = [];
    for (const who of entrants) {
      note(`${suite.name}: verifying ${who.name}`);
      try {
        verified[who.name] = (await run(who, 'verify')).differences!;
      } catch (error) {
        verified[who.name] = { error: withoutPaths(error) };
      }
      for (const operation of ['save', 'load'] as const) {
        jobs.push({ contestant: who.name, operation, run: async () => (await run(who, operation)).sample! });
      }
    }
    let done = 0;
    const series = await runSeries(jobs, options.runs, (job, sample) => {
      done += 1;
      note(`${suite.name}: ${done}/${jobs.length * options.runs} ${job.contestant} ${job.operation} ${sample.wallMs.toFixed(0)} ms`);
    });
    note('');
    return { suite: suite.name, rows, series, verified };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The progress line, on terminals only; an empty text removes it. */
function note(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
