// One measurement in a process of its own: started by bench/run-task.ts, answers over the IPC channel.
import { stat, rm } from 'node:fs/promises';
import { compareRows } from './compare.ts';
import type { Contestant } from './contestants/contestant.ts';
import { measure } from './measure/sample.ts';
import { suiteNamed } from './suites/index.ts';
import type { Answer, Task } from './task.ts';

async function run(task: Task): Promise<Answer> {
  const { default: contestant } = (await import(task.contestant)) as { default: Contestant };
  await contestant.prepare?.();
  const { path } = task;
  if (task.operation === 'load') {
    for (let i = 0; i < task.warmups; i++) await contestant.load(path);
    process.send?.({ kind: 'started' } satisfies Answer);
    const { sample, result } = await measure(path, () => contestant.load(path), { collects: task.warmups > 0 });
    if (result.length !== task.rows) throw new Error(`loaded ${result.length} rows of ${task.rows}`);
    return { kind: 'sample', sample };
  }
  const rows = suiteNamed(task.suite).rows(task.rows);
  if (task.operation === 'make') {
    await contestant.save(path, rows);
    return { kind: 'made' };
  }
  if (task.operation === 'verify') {
    await contestant.save(path, rows);
    const differences = compareRows(rows, await contestant.load(path));
    return { kind: 'verified', differences, bytes: (await stat(path)).size };
  }
  for (let i = 0; i < task.warmups; i++) {
    await contestant.save(path, rows);
    await rm(path, { recursive: true });
  }
  process.send?.({ kind: 'started' } satisfies Answer);
  const { sample } = await measure(path, () => contestant.save(path, rows), { collects: true });
  // The rows stay alive to the end of the timed save, as they would in a pipeline that goes on with them.
  if (rows.length !== task.rows) throw new Error('rows were changed');
  await rm(path);
  return { kind: 'sample', sample };
}

process.once('message', (task: Task) => {
  void run(task)
    .catch((error: unknown): Answer => ({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }))
    .then((answer) => process.send?.(answer, () => process.exit(0)));
});
