import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FlakyModel } from './flaky-model.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** What the worker tells. */
interface Told {
  resumed?: number;
  /** So many more answers are on disk. */
  flushed?: number;
  done?: { path: string; cost: number; failed: readonly string[] };
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
  // An earlier start of this program may have left some.
  let thereBefore: number | undefined;
  for (let run = 1; ; run++) {
    const before = model.counts.requests;
    const { resumed, done } = await runWorker([folder, model.url, input, key], run <= kills ? rows / (kills + 2) : undefined);
    saved += resumed;
    thereBefore ??= resumed;
    const how = done === undefined ? 'killed' : 'ended';
    console.log(`run ${run}: ${resumed} of ${rows} rows were there, ${model.counts.requests - before} calls, ${how}`);
    if (done === undefined) continue;
    const { requests, answered, busy, broken, refused, silent } = model.counts;
    const bad = `${busy} times 429, ${broken} times 500, ${refused} times 400, ${silent} never`;
    console.log(`the model got ${requests} calls: ${answered} answered, ${bad}`);
    console.log(`the answers that are kept cost ${done.cost.toFixed(4)} in all runs`);
    for (const failure of done.failed) console.log(`left out: ${failure}`);
    console.log(`${saved} calls saved: so many rows were done before a run began, and not asked for again`);
    console.log(
      `${answered - (rows - thereBefore - done.failed.length)} answers were paid for twice: they were on their way when a run was killed`,
    );
    return done.path;
  }
}

/**
 * Runs it once. `mostRows`: with so many answers on disk it is killed, or a moment after the first; undefined: it comes to its end.
 * `done`: what it told at its end; undefined where it was killed before.
 */
async function runWorker(args: readonly string[], mostRows: number | undefined): Promise<{ resumed: number; done: Told['done'] }> {
  const worker = fork(WORKER, args, { execArgv: ['--import', 'tsx'] });
  let resumed = 0;
  let done: Told['done'];
  let flushed = 0;
  let timer: NodeJS.Timeout | undefined;
  const kill = (): void => void worker.kill('SIGKILL');
  worker.on('message', (told: Told) => {
    if (told.done !== undefined) done = told.done;
    if (told.resumed !== undefined) resumed = told.resumed;
    if (told.flushed === undefined || mostRows === undefined) return;
    timer ??= setTimeout(kill, Math.random() * 700);
    flushed += told.flushed;
    if (flushed >= mostRows) kill();
  });
  const code = await new Promise<number | null>((resolve) => worker.on('close', resolve));
  clearTimeout(timer);
  if (done === undefined && !worker.killed) throw new Error(`the worker ended with ${code}`);
  return { resumed, done };
}
