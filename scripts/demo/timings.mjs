// Saves and loads the rows of each step as JSON and with arrow-ckpt, in turns, and sends the medians. Started by scripts/demo.mjs:
//   timings.mjs <checkpoint folder> <step>...
import { open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointManager, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const ROUNDS = 3;
const [folder, ...steps] = process.argv.slice(2);
const manager = new CheckpointManager(folder, { logger: false });

const json = {
  async save(rows) {
    const path = join(folder, 'timing.json');
    const file = await open(path, 'w');
    await file.writeFile(Buffer.from(JSON.stringify(rows)));
    await file.sync();
    await file.close();
    return path;
  },
  load: async (path) => JSON.parse((await readFile(path)).toString()),
};

const ours = {
  save: async (rows) => (await writeCheckpoint(join(folder, manager.enableArrow ? 'timing.parquet' : 'timing-store.json'), rows)).path,
  load: (path) => readCheckpoint(path),
};

async function timed(operation) {
  globalThis.gc?.();
  const start = performance.now();
  const result = await operation();
  return { ms: performance.now() - start, result };
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

async function round(store, rows, into) {
  const saved = await timed(() => store.save(rows));
  const loaded = await timed(() => store.load(saved.result));
  if (loaded.result.length !== rows.length) throw new Error(`loaded ${loaded.result.length} rows of ${rows.length}`);
  into.save.push(saved.ms);
  into.load.push(loaded.ms);
  into.bytes = (await stat(saved.result)).size;
  await rm(saved.result);
}

async function measure(store, rows, into) {
  try {
    await round(store, rows, into);
  } catch (error) {
    // JSON.stringify of more than 512 MB: the demo's table says so.
    into.error = error.message;
  }
}

for (const step of steps) {
  const rows = await manager.loadCheckpoint('demo', step);
  const results = { json: { save: [], load: [] }, ours: { save: [], load: [] } };
  for (let i = 0; i < ROUNDS; i++) {
    await measure(json, rows, results.json);
    await measure(ours, rows, results.ours);
  }
  const [a, b] = [results.json, results.ours].map((r) => ({ bytes: r.bytes, error: r.error, save: median(r.save), load: median(r.load) }));
  process.send({ step, rows: rows.length, json: a, ours: b });
}
process.disconnect();
