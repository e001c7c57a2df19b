import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FlakyModel } from './flaky-model.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** What the worker tells. */
interface Told {
  resumed?: number;
  /** So many more answers are on disk. */
  flushed?: number;
  done?: { path: string };
}

/**
 * Runs the worker, kills it as often as asked at random moments after its first answers are on disk, and lets it end.
 * Prints what happened; resolves with the path of the checkpoint.
 */
export async function killAndResume(
  model: FlakyModel,
  { folder, input, key, rows, kills }: { folder: string; input: string; key: string; rows: number; kills: number },
): Promise<string> {
  let saved = 0;
  for (let run = 1; ; run++) {
    const before = model.counts.requests;
    const { resumed, path } = await runWorker([folder, model.url, input, key], run <= kills ? rows / (kills + 2) : undefined);
    saved += resumed;
    const how = path === undefined ? 'killed' : 'ended';
    console.log(`run ${run}: ${resumed} of ${rows} rows were there, ${model.counts.requests - before} calls, ${how}`);
    if (path === undefined) continue;
    const { requests, answered, busy, broken, silent } = model.counts;
    console.log(`the model got ${requests} calls: ${answered} answered, ${busy} times 429, ${broken} times 500, ${silent} never`);
    console.log(`${saved} calls saved: so many rows were done before a run began, and not asked for again`);
    console.log(`${answered - rows} answers were paid for twice: they were on their way when a run was killed`);
    return path;
  }
}

/**
 * Runs it once. `mostRows`: with so many answers on disk it is killed, or a moment after the first; undefined: it comes to its end.
 * `path`: of the checkpoint; undefined where it was killed before.
 */
async function runWorker(args: readonly string[], mostRows: number | undefined): Promise<{ resumed: number; path: string | undefined }> {
  const worker = fork(WORKER, args, { execArgv: ['--import', 'tsx'] });
  let resumed = 0;
  let path: string | undefined;
  let flushed = 0;
  let timer: NodeJS.Timeout | undefined;
  const kill = (): void => void worker.kill('SIGKILL');
  worker.on('message', (told: Told) => {
    if (told.done !== undefined) path = told.done.path;
    if (told.resumed !== undefined) resumed = told.resumed;
    if (told.flushed === undefined || mostRows === undefined) return;
    timer ??= setTimeout(kill, Math.random() * 700);
    flushed += told.flushed;
    if (flushed >= mostRows) kill();
  });
  const code = await new Promise<number | null>((resolve) => worker.on('close', resolve));
  clearTimeout(timer);
  if (path === undefined && !worker.killed) throw new Error(`the worker ended with ${code}`);
  return { resumed, path };
}
