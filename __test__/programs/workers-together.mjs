// Four workers and the main thread save and load at once, each its own file and all a common one; prints how many ended well.
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { rowsOf } from './rows.mjs';

const folder = process.argv[2];
const COUNT = 20_000;
await writeCheckpoint(join(folder, 'common.parquet'), rowsOf(COUNT, 'new'));

async function run(name, task) {
  const worker = new Worker(new URL('worker-task.mjs', import.meta.url), { workerData: { task, folder, name, count: COUNT, rounds: 4 } });
  const [code] = await once(worker, 'exit');
  return code;
}

async function inMain() {
  const rows = rowsOf(COUNT, 'main');
  for (let round = 0; round < 4; round++) {
    await writeCheckpoint(join(folder, 'main.parquet'), rows);
    if (JSON.stringify(await readCheckpoint(join(folder, 'main.parquet'))) !== JSON.stringify(rows)) return 1;
  }
  return 0;
}

const own = ['a.parquet', 'b.parquet'].map((name) => run(name, 'both'));
const common = ['save', 'load', 'both'].map((task) => run('common.parquet', task));
const codes = await Promise.all([...own, ...common, inMain()]);
console.log(JSON.stringify(codes));
