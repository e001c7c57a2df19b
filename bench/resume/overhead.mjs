// A map with durable flushes against a bare loop of the same function and concurrency: overhead.mjs <folder>
import { join } from 'node:path';
import { CheckpointManager } from 'arrow-ckpt';

const [, , folder] = process.argv;
const ROWS = 20_000;
const CONCURRENCY = 16;
const rows = Array.from({ length: ROWS }, (_, id) => ({ id, title: `article ${id}`, text: 'some words of the article '.repeat(8) }));

async function oneMillisecond({ id, title }) {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return { id, summary: `${title}, in short` };
}

async function bare() {
  const results = Array.from({ length: ROWS });
  let next = 0;
  const worker = async () => {
    while (next < ROWS) {
      const index = next++;
      results[index] = await oneMillisecond(rows[index]);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return results;
}

let runs = 0;
async function mapped() {
  const checkpoints = new CheckpointManager(join(folder, String(runs++)), { logger: false });
  // Ten flushes a second.
  const options = { key: 'id', hash: 'h', concurrency: CONCURRENCY, flushEvery: 100 };
  return (await checkpoints.map('s', 'op', rows, oneMillisecond, options)).rows;
}

async function seconds(work) {
  globalThis.gc();
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

const samples = { bare: [], map: [] };
for (let round = 0; round < 5; round++) {
  samples.bare.push(await seconds(bare));
  samples.map.push(await seconds(mapped));
}
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const overheadPercent = Math.round((median(samples.map) / median(samples.bare) - 1) * 1000) / 10;
process.stdout.write(JSON.stringify({ rows: ROWS, concurrency: CONCURRENCY, functionMs: 1, ...samples, overheadPercent }));
