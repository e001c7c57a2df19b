// Rows a second of a map of a million rows with a trivial function, the first time and when all is known: million.mjs <folder>
import { join } from 'node:path';
import { CheckpointManager } from 'arrow-ckpt';

const [, , folder] = process.argv;
const ROWS = 1_000_000;
const rows = Array.from({ length: ROWS }, (_, id) => ({ id, title: `article ${id}`, score: id / 7 }));
const functions = {
  async: async ({ id, score }) => ({ id, double: score * 2 }),
  sync: ({ id, score }) => ({ id, double: score * 2 }),
};
const result = { rows: ROWS };
for (const [name, fn] of Object.entries(functions)) {
  const checkpoints = new CheckpointManager(join(folder, name), { logger: false });
  const run = async () => {
    globalThis.gc();
    const from = performance.now();
    let flushes = 0;
    const onEvent = ({ type }) => void (type === 'flushed' && flushes++);
    const { computed } = await checkpoints.map('s', 'op', rows, fn, { key: 'id', hash: 'h', onEvent });
    return { computed, flushes, rowsPerSecond: Math.round(ROWS / ((performance.now() - from) / 1000)) };
  };
  result[name] = { first: await run(), again: await run() };
}
process.stdout.write(JSON.stringify(result));
