import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readCheckpoint } from 'arrow-ckpt';
import { assertExact } from './exact.ts';
import type { LimitedServer } from './limited-server.ts';
import { allSummaries, articles, type Article } from './map-rows.ts';

const PROGRAM = fileURLToPath(new URL('../programs/map-worker.mjs', import.meta.url));

/** What to run. */
export interface WorkerPlan {
  folder: string;
  rows: number;
  callMs: number;
  options: Record<string, unknown>;
  environment?: Record<string, string>;
}

/** What a worker printed at its end. */
export interface WorkerEnd {
  input: number;
  resumed: number;
  computed: number;
  removed: number;
  calls: number;
  path: string | null;
  failures: { row: number; key: number; message: string; cause: string }[];
  results: number;
  digest: string;
  ms: number;
  error?: { code: string; message: string; path?: string };
}

/** A worker in a process of its own. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<WorkerEnd | undefined>;
  #output = '';
  #begun: () => void = () => {};
  /** Resolves with its first call, or its end. */
  readonly begun = new Promise<void>((resolve) => (this.#begun = resolve));

  constructor(plan: WorkerPlan) {
    const { folder, rows, callMs, options, environment } = plan;
    const given = [join(folder, 'checkpoints'), String(rows), join(folder, 'calls'), String(callMs), JSON.stringify(options)];
    this.#child = spawn(process.execPath, [PROGRAM, ...given], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
      this.#begun();
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (_, signal) => {
        this.#begun();
        if (signal === 'SIGKILL') resolve(undefined);
        else resolve(JSON.parse(this.#output.trim().split('\n').at(-1) ?? '') as WorkerEnd);
      });
    });
  }

  /** What it printed; undefined: it was killed. */
  end(): Promise<WorkerEnd | undefined> {
    return this.#ended;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }
}

/** The calls that were made, with their rows. */
export function callsIn(folder: string): number[] {
  return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').filter(Boolean).map(Number);
}

/** What the whole result of so many rows looks like from outside. */
export function expectedDigest(rows: number, fails = 0): string {
  return createHash('sha256')
    .update(JSON.stringify(allSummaries(withoutFailed(rows, fails))))
    .digest('hex');
}

/** The rows that have results, where one in so many fails. */
function withoutFailed(rows: number, fails: number): Article[] {
  return articles(rows).filter(({ id }) => fails === 0 || id % fails !== 1);
}

/** Workers, and how they are killed. */
export interface WorkerKillPlan extends Omit<WorkerPlan, 'options'> {
  workers: number;
  kills: number;
  /** Milliseconds between two kills: drawn from 0 to this. */
  everyMs: number;
  concurrency: number;
  batchSize: number;
  flushEvery: number;
  /** Rows of a call: then it is a mapBatches. */
  size?: number;
  /** One row in so many fails, and is left out. */
  fails?: number;
  /** Counts the calls that it answers; without it they are noted in a file. */
  service?: LimitedServer;
  options?: Record<string, unknown>;
}

/** What came of it. */
export interface WorkerKillReport {
  runs: number;
  kills: number;
  calls: number;
  /** rows + kills x (concurrency x size + batchSize), summed over the runs. Calls of several rows count as many. */
  most: number;
}

/**
 * Runs a map with several workers, again and again from nothing. One of them at a time is killed and another begins in its place, until all
 * kills are done; then what every worker resolved with, and the checkpoint, are compared with those of an uninterrupted run.
 */
export async function killWorkers(plan: WorkerKillPlan, tell: (text: string) => void = () => {}): Promise<WorkerKillReport> {
  const report: WorkerKillReport = { runs: 0, kills: 0, calls: 0, most: 0 };
  while (report.kills < plan.kills) {
    const folder = join(plan.folder, `run-${report.runs}`);
    const { kills, calls } = await killRun({ ...plan, folder }, plan.kills - report.kills);
    report.runs++;
    report.kills += kills;
    report.calls += calls;
    report.most += plan.rows + kills * (plan.concurrency * (plan.size ?? 1) + plan.batchSize);
    tell(`run ${report.runs}: ${kills} kills, ${calls} calls`);
  }
  return report;
}

async function killRun(plan: WorkerKillPlan, wanted: number): Promise<{ kills: number; calls: number }> {
  const { folder, rows, concurrency, batchSize, flushEvery, size, fails = 0, service } = plan;
  const { mkdirSync } = await import('node:fs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'calls'), '');
  await service?.forget();
  const given = { ...(size && { size }), ...(fails && { fails, onError: 'skip' }), ...(service && { url: service.url }) };
  const options = { concurrency, batchSize, flushEvery, ...given, ...plan.options };
  const start = (): WorkerProcess => new WorkerProcess({ ...plan, options });
  const workers = Array.from({ length: plan.workers }, start);
  let kills = 0;
  await Promise.all(workers.map((worker) => worker.begun));
  // Any moments will do; which ones they were cannot be repeated anyway.
  while (kills < wanted && workers.every((worker) => worker.isRunning)) {
    await setTimeout(Math.random() * plan.everyMs);
    const at = Math.floor(Math.random() * workers.length);
    const worker = workers[at] as WorkerProcess;
    worker.signal('SIGKILL');
    if ((await worker.end()) !== undefined) break;
    kills++;
    workers[at] = start();
    if (Math.random() < 0.7) await workers[at].begun;
  }
  const digest = expectedDigest(rows, fails);
  const failed = articles(rows).filter(({ id }) => fails > 0 && id % fails === 1);
  for (const worker of workers) {
    const end = await worker.end();
    if (end?.digest !== digest) throw new Error(`a worker ended otherwise: ${JSON.stringify(end)}`);
    assertExact(
      end.failures.map(({ key, cause }) => [key, cause]),
      failed.map(({ id }) => [id, `no summary of ${id}`]),
    );
  }
  assertExact(await readCheckpoint(finalOf(folder)), allSummaries(withoutFailed(rows, fails)));
  const left = readdirSync(join(folder, 'checkpoints')).filter((name) => name.startsWith('.workers') || name.startsWith('.lease'));
  if (left.length > 0) throw new Error(`left behind: ${left.join()}`);
  const calls = service === undefined ? callsIn(folder).length : await answeredBy(service);
  const most = rows + kills * (concurrency * (size ?? 1) + batchSize);
  const areAll = service !== undefined || new Set(callsIn(folder)).size === rows;
  if (!areAll || calls < rows || calls > most) throw new Error(`${calls} calls for ${rows} rows and ${kills} kills; at most ${most}`);
  rmSync(folder, { recursive: true });
  return { kills, calls };
}

/** The rows of all calls that the service has answered since it was last asked. */
async function answeredBy(service: LimitedServer): Promise<number> {
  const seen = await service.seen();
  return seen.reduce((rows, { status, tokens }) => rows + (status === 200 ? tokens : 0), 0);
}

function finalOf(folder: string): string {
  const step = join(folder, 'checkpoints', 's');
  return join(step, readdirSync(step).find((name) => /^op\.(?:parquet|json)$/.test(name)) ?? 'op.parquet');
}
