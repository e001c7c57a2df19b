// Terminates a worker in the middle of its task, at several moments, and looks at what is left:
//   worker-terminated.mjs <folder> save|load <file>
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { rowsOf } from './rows.mjs';

const [, , folder, task, name] = process.argv;
const COUNT = 60_000;
const path = join(folder, name);
await writeCheckpoint(path, rowsOf(COUNT, 'new'));

const whole = [];
for (const ms of [0, 1, 3, 10, 30, 60, 100, 150]) {
  const worker = new Worker(new URL('worker-task.mjs', import.meta.url), { workerData: { task, folder, name, count: COUNT } });
  await once(worker, 'message');
  await setTimeout(ms);
  await worker.terminate();
  whole.push((await readCheckpoint(path)).length === COUNT);
}
const files = readdirSync(folder);
const after = await writeCheckpoint(path, [{ after: true }]);
console.log(JSON.stringify({ whole, files, after: after.rows, loaded: await readCheckpoint(path) }));
