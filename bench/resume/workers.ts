// How much sooner four workers of one map are done than one: 10,000 rows of 20 ms, from the start of the processes to the end of the last.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectedDigest, WorkerProcess } from '../../__test__/support/worker-kills.ts';

const ROWS = 10_000;
const ROUNDS = 3;

async function seconds(folder: string, workers: number): Promise<number> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'calls'), '');
  const plan = { folder, rows: ROWS, callMs: 20, options: { concurrency: 8 } };
  const from = performance.now();
  const ends = await Promise.all(Array.from({ length: workers }, () => new WorkerProcess(plan).end()));
  const took = (performance.now() - from) / 1000;
  if (ends.some((end) => end?.digest !== expectedDigest(ROWS))) throw new Error(`a worker ended otherwise: ${JSON.stringify(ends)}`);
  return took;
}

export async function fourWorkers(folder: string): Promise<unknown> {
  const samples: { one: number; four: number }[] = [];
  for (let round = 0; round < ROUNDS; round++)
    samples.push({ one: await seconds(join(folder, `one ${round}`), 1), four: await seconds(join(folder, `four ${round}`), 4) });
  const ratios = samples.map(({ one, four }) => one / four).sort((a, b) => a - b);
  return { rows: ROWS, callMs: 20, concurrency: 8, samples, ratio: ratios[ratios.length >> 1] };
}
