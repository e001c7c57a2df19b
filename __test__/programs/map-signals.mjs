// Maps rows with functions that listen to the signal of their call and never stop, as clients of services do: map-signals.mjs <folder>
// <rows>. Tells the growth of the heap in MB, and the warnings.
import { setImmediate } from 'node:timers/promises';
import { CheckpointManager } from 'arrow-ckpt';

const [, , folder, count] = process.argv;
const rows = Array.from({ length: Number(count) }, (_, id) => ({ id }));
const warnings = [];
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));
const heap = async () => {
  for (let turn = 0; turn < 3; turn++) {
    await setImmediate();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed / 1e6;
};
const checkpoints = new CheckpointManager(folder, { logger: false });
const result = { warnings, aborted: 0 };
for (const [name, options] of Object.entries({ plain: {}, timeout: { timeout: 60_000 } })) {
  let before;
  let most = 0;
  const listens = async ({ id }, { signal }) => {
    // Some clients add more than one.
    for (let listener = 0; listener < (id % 100 === 0 ? 12 : 1); listener++) signal.addEventListener('abort', () => result.aborted++);
    if (id === 100) before = await heap();
    if (id > 100 && id % Math.ceil(rows.length / 5) === 0) most = Math.max(most, (await heap()) - before);
    return null;
  };
  await checkpoints.map('s', name, rows, listens, { key: 'id', ...options });
  result[name] = Math.round(Math.max(most, (await heap()) - before) * 10) / 10;
}
process.stdout.write(JSON.stringify(result));
