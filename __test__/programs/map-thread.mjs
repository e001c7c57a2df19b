/* oxlint-disable unicorn/require-post-message-target-origin -- a port of a worker has no origin */
// One worker of a shared map as a thread of a process: posts `begun` with its first call, then its result.
// With `stays` its calls never end.
import { parentPort, workerData } from 'node:worker_threads';
import { CheckpointManager } from 'arrow-ckpt';

const { folder, count, ms, stays = false } = workerData;
const rows = Array.from({ length: count }, (_, id) => ({ id, title: `article ${id}` }));
const calls = [];

async function summarise({ id, title }) {
  if (calls.push(id) === 1) parentPort.postMessage('begun');
  await new Promise((resolve) => {
    if (!stays) setTimeout(resolve, ms);
  });
  const parts = id % 10 === 3 ? 0 : id % 10 === 7 ? 3 : 1;
  return Array.from({ length: parts }, (_, part) => ({ id, part, text: `${title}, part ${part}` }));
}

const options = { key: 'id', hash: 'h', concurrency: 8, flushEvery: 20, workers: 'shared' };
const result = await new CheckpointManager(folder, { logger: false }).map('s', 'op', rows, summarise, options);
parentPort.postMessage({ rows: result.rows, calls });
