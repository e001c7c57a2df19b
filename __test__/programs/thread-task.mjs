/* oxlint-disable unicorn/require-post-message-target-origin -- a port of a worker has no origin */
// What the threads of thread-ends.mjs do: load the package, and what `workerData` asks for.
import { join } from 'node:path';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { rowsOf } from './rows.mjs';

const { task, folder, rounds = 1, count = 3000 } = workerData;
const { readCheckpoint, writeCheckpoint } = await import('arrow-ckpt');
const path = join(folder, `thread-${threadId}.parquet`);

async function saveAndLoad() {
  const rows = rowsOf(count, `thread ${threadId}`);
  await writeCheckpoint(path, rows);
  const loaded = await readCheckpoint(path);
  if (JSON.stringify(loaded) !== JSON.stringify(rows)) throw new Error(`other rows came back from ${path}`);
}

parentPort.postMessage('loaded');
if (task === 'rounds') for (let round = 0; round < rounds; round++) await saveAndLoad();
else if (task === 'exit') {
  // It ends in the middle of a save, a load, and a save that goes in one step.
  await writeCheckpoint(path, rowsOf(count, 'old'));
  const large = Array.from({ length: 100_000 }, (_, id) => ({ id, text: `row ${id}` }));
  void writeCheckpoint(`${path}.large.parquet`, large).catch(() => {});
  void writeCheckpoint(`${path}.small.parquet`, [{ id: 1 }]).catch(() => {});
  void readCheckpoint(path).catch(() => {});
  setTimeout(() => process.exit(0), workerData.ms);
} else if (task === 'pool') {
  parentPort.on('message', async () => {
    await saveAndLoad();
    parentPort.postMessage('done');
  });
}
