// Leaves by process.exit(7) in the middle of a save or load: exit-in-save.mjs <file> save|load <ms> [<where>]
// With `worker` the task runs in a worker while the main thread exits.
import { once } from 'node:events';
import { basename, dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { rowsOf } from './rows.mjs';

const [, , path, task, ms, where] = process.argv;
const COUNT = 200_000;

function* endless() {
  for (;;) yield* rowsOf(COUNT, 'new');
}

if (where === 'worker') {
  const workerData = { task, folder: dirname(path), name: basename(path), count: COUNT, compare: false };
  await once(new Worker(new URL('worker-task.mjs', import.meta.url), { workerData }), 'message');
} else if (task === 'save') void writeCheckpoint(path, endless());
else void Promise.all(Array.from({ length: 50 }, () => readCheckpoint(path)));
setTimeout(() => process.exit(7), Number(ms));
