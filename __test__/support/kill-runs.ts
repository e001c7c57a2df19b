import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCheckpoint, type BucketOptions } from 'arrow-ckpt';
import { assertExact } from './exact.ts';
import { allSummaries, articles } from './map-rows.ts';

const PROGRAM = fileURLToPath(new URL('../programs/map-rows.mjs', import.meta.url));

/** What to kill, and how often. */
export interface KillPlan {
  folder: string;
  rows: number;
  kills: number;
  /** Mean milliseconds of a call. */
  callMs: number;
  /** Milliseconds after which a process is killed, from its first row on: drawn from 0 to this. */
  lifeMs: number;
  concurrency: number;
  batchSize: number;
  flushEvery: number;
  /** Rows of a call: then it is a mapBatches. */
  size?: number;
  /** Where the runs are, by their numbers, and what they need to get there. @default folders in `folder` */
  place?: { directory: (run: number) => string; env: Record<string, string>; bucket: BucketOptions };
}

/** What came of it. Each run was killed until it came to its end. */
export interface KillReport {
  runs: number;
  kills: number;
  calls: number;
  /** rows + kills x (concurrency + rows of one flush interval), summed over the runs. */
  most: number;
  /** Calls of a run beyond its rows, for each of its kills. */
  wastedPerKill: number;
}

/**
 * Runs a map of the same rows again and again, each time from nothing, kills it at random until it ends, and compares the checkpoint with
 * that of an uninterrupted run.
 */
export async function killRuns(plan: KillPlan, tell: (text: string) => void = () => {}): Promise<KillReport> {
  // Any moments will do; which ones they were cannot be repeated anyway.
  const random = Math.random;
  const { folder, rows, concurrency, batchSize, size = 1, place } = plan;
  const expected = allSummaries(articles(rows));
  const report: KillReport = { runs: 0, kills: 0, calls: 0, most: 0, wastedPerKill: 0 };
  while (report.kills < plan.kills) {
    const directory = place?.directory(report.runs) ?? join(folder, `run-${report.runs}`);
    const callsFile = join(folder, `calls-${report.runs}`);
    writeFileSync(callsFile, '');
    let kills = 0;
    while (await isKilled(plan, directory, callsFile, report.kills + kills < plan.kills ? random() * plan.lifeMs : undefined)) kills++;
    assertExact(await readCheckpoint(`${directory}/s/op.parquet`, place && { bucket: place.bucket }), expected);
    const calls = readFileSync(callsFile, 'utf8').split('\n').length - 1;
    const most = rows + kills * (concurrency * size + batchSize);
    if (calls < rows || calls > most) throw new Error(`${calls} calls for ${rows} rows and ${kills} kills; at most ${most}`);
    report.runs++;
    report.kills += kills;
    report.calls += calls;
    report.most += most;
    rmSync(directory, { recursive: true, force: true });
    tell(`run ${report.runs}: ${kills} kills, ${calls} calls`);
  }
  report.wastedPerKill = Math.round(((report.calls - report.runs * rows) / report.kills) * 10) / 10;
  return report;
}

/** Runs the program once; whether it was killed. `life`: undefined lets it end. */
async function isKilled(plan: KillPlan, directory: string, callsFile: string, life: number | undefined): Promise<boolean> {
  const { rows, callMs, concurrency, batchSize, flushEvery, size, place } = plan;
  const options = JSON.stringify({ concurrency, batchSize, flushEvery, ...(size !== undefined && { size }) });
  const child = spawn(process.execPath, [PROGRAM, directory, String(rows), callsFile, String(callMs), options], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...place?.env },
  });
  let output = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '' && life !== undefined) timer = setTimeout(() => child.kill('SIGKILL'), life);
    output += text;
  });
  const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_, how) => resolve(how));
  });
  clearTimeout(timer);
  if (signal === 'SIGKILL') return true;
  if (!output.includes('"results"')) throw new Error(`the map ended otherwise: ${output}`);
  return false;
}
