// One work in a process of its own: started by bench/works.ts, answers over the IPC channel.
import { mkdir, rm } from 'node:fs/promises';
import { measure, type Sample } from './measure/sample.ts';
import { suiteNamed } from './suites/index.ts';
import { workNamed } from './works/index.ts';
import type { Outcome } from './works/work.ts';

/** What the process is asked to do. */
export interface WorkTask {
  work: string;
  way: string;
  rows: number;
  folder: string;
  /** Make what the work is about, and nothing else. */
  prepare: boolean;
}

/** What it answers. */
export type WorkAnswer = { sample: Sample; outcome: Outcome } | { prepared: true } | { failed: string };

async function run({ work: name, way: wanted, rows: count, folder, prepare }: WorkTask): Promise<WorkAnswer> {
  const work = workNamed(name);
  const way = work.ways.find((candidate) => candidate.name === wanted)!;
  const rows = prepare || work.saves ? suiteNamed(work.suite).rows(count) : [];
  if (prepare) {
    await way.prepare?.(folder, rows);
    return { prepared: true };
  }
  await mkdir(folder, { recursive: true });
  const { sample, result: outcome } = await measure(folder, () => way.run(folder, rows), { collects: true });
  // Rows that were saved stay alive to the end, as they would in a pipeline that goes on with them.
  if (work.saves && rows.length !== count) throw new Error('rows were changed');
  if (work.saves) await rm(folder, { recursive: true });
  return { sample, outcome };
}

process.once('message', (task: WorkTask) => {
  void run(task)
    .catch((error: unknown): WorkAnswer => ({ failed: error instanceof Error ? error.message : String(error) }))
    .then((answer) => process.send?.(answer, () => process.exit(0)));
});
