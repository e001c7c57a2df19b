// One suite for every runtime: run as `<runtime> runtime-smoke.mjs <folder>` in a project that has arrow-ckpt installed; prints what it
// found as JSON. `exit` as a second argument ends the process in the middle of a save.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const rowsOf = (count) =>
  Array.from({ length: count }, (_, id) => ({ id, text: `row ${id} ✓`, score: id / 7, tags: id % 3 === 0 ? ['a'] : [] }));
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const codeOf = (promise) =>
  promise.then(
    () => 'no error',
    (error) => error.code ?? error.name,
  );

async function inWorker({ path, count }) {
  const { readCheckpoint, writeCheckpoint } = await import('arrow-ckpt');
  await writeCheckpoint(path, rowsOf(count));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
  parentPort.postMessage(same(await readCheckpoint(path), rowsOf(count)));
}

function startWorker(path, count = 5000) {
  return new Promise((resolve, reject) => {
    let answer;
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { path, count } });
    worker.on('message', (message) => (answer = message));
    worker.on('error', reject);
    worker.on('exit', () => resolve(answer));
  });
}

async function exitInSave(folder) {
  const { writeCheckpoint } = await import('arrow-ckpt');
  const path = join(folder, 'in-flight.parquet');
  await writeCheckpoint(path, rowsOf(10));
  void writeCheckpoint(path, rowsOf(200_000));
  void writeCheckpoint(join(folder, 'in-flight-2.parquet'), rowsOf(200_000));
  setTimeout(() => process.exit(7), 30);
}

async function main(folder) {
  const found = {};
  // A worker is the first to load the addon, and ends.
  found.workerFirst = await startWorker(join(folder, 'worker.parquet'));
  const { CheckpointManager, JsonlCheckpointManager, openCheckpoint, readCheckpoint, writeCheckpoint } = await import('arrow-ckpt');
  const rows = rowsOf(20_000);
  for (const extension of ['parquet', 'json', 'jsonl']) {
    const path = join(folder, `rows.${extension}`);
    const info = await writeCheckpoint(path, rows, { hash: 'h' });
    found[extension] = [info.format, same(await readCheckpoint(path), rows)];
    found[`${extension}Where`] = (await readCheckpoint(path, { where: { id: { $gte: 19_990 } }, columns: ['id'] })).length;
  }
  found.fallback = (await writeCheckpoint(join(folder, 'fallback.parquet'), [{ a: 1 }])).fallback === undefined;

  const values = [
    {
      big: 2n ** 70n,
      when: new Date(0),
      bytes: new Uint8Array([1, 2]),
      nan: Number.NaN,
      floats: new Float64Array([1.5]),
      missing: undefined,
    },
  ];
  await writeCheckpoint(join(folder, 'values.parquet'), values);
  const [value] = await readCheckpoint(join(folder, 'values.parquet'));
  found.values = [
    value.big === 2n ** 70n,
    value.when.getTime() === 0,
    value.bytes.length === 2,
    Number.isNaN(value.nan),
    value.floats[0] === 1.5,
    'missing' in value,
  ];

  const manager = new CheckpointManager(join(folder, 'manager'), { logger: false });
  let calls = 0;
  const map = () =>
    manager.map('s', 'o', rows.slice(0, 500), async (row) => (calls++, { id: row.id, length: row.text.length }), {
      key: 'id',
      concurrency: 16,
    });
  found.map = [(await map()).rows.length, (await map()).rows.length, calls];
  await new JsonlCheckpointManager(join(folder, 'kura'), { logger: false }).saveCheckpoint('n', rows.slice(0, 10));

  const reader = await openCheckpoint(join(folder, 'rows.parquet'));
  let streamed = 0;
  for await (const row of reader.rows()) streamed += row.id >= 0 ? 1 : 0;
  found.streamed = [streamed, await reader.count({ where: { id: { $lt: 5 } } })];
  await reader.close();

  const controller = new AbortController();
  const saving = codeOf(writeCheckpoint(join(folder, 'aborted.parquet'), rowsOf(100_000), { signal: controller.signal }));
  setTimeout(() => controller.abort(Object.assign(new Error('enough'), { code: 'ENOUGH' })), 5);
  found.abort = [await saving, await codeOf(readCheckpoint(join(folder, 'aborted.parquet')))];

  const damaged = readFileSync(join(folder, 'rows.parquet'));
  damaged[1000] ^= 0x40;
  writeFileSync(join(folder, 'damaged.parquet'), damaged);
  found.damaged = await codeOf(readCheckpoint(join(folder, 'damaged.parquet')));
  found.missing = await codeOf(readCheckpoint(join(folder, 'nope.parquet')));

  const paths = Array.from({ length: 4 }, (_, at) => join(folder, `worker-${at}.parquet`));
  found.workers = await Promise.all(paths.map((path) => startWorker(path)));
  console.log(JSON.stringify(found));
}

if (!isMainThread) await inWorker(workerData);
else if (process.argv[3] === 'exit') await exitInSave(process.argv[2]);
else await main(process.argv[2]);
