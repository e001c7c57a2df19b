/* oxlint-disable unicorn/require-post-message-target-origin -- a port of a worker has no origin */
// What a worker does, by its `task`; the others tell how much of it.
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { rowsOf } from './rows.mjs';

const { task, folder, name, count, rounds = Number.POSITIVE_INFINITY, compare = true } = workerData;
const path = join(folder, name);
const rows = rowsOf(count, 'new');
const text = JSON.stringify(rows);

parentPort.postMessage('begun');
for (let round = 0; round < rounds; round++) {
  if (task !== 'load') await writeCheckpoint(path, rows);
  if (task === 'save') continue;
  const loaded = await readCheckpoint(path);
  if (compare && JSON.stringify(loaded) !== text) throw new Error(`other rows came back from ${path}`);
}
parentPort.postMessage('done');
