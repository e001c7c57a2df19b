// Leaves a stream in the middle, without its `return`, and maps the same operation again: stream-left.mjs <folder>
import { setTimeout } from 'node:timers/promises';
import { CheckpointManager } from 'arrow-ckpt';

const manager = new CheckpointManager(process.argv[2], { logger: false });
const rows = Array.from({ length: 20 }, (_, id) => ({ id }));
const same = async (row) => row;
const map = { key: 'id', hash: 'h' };

async function leave() {
  const stream = manager.mapStream('s', 'op', rows, same, map);
  await stream.next();
}

await leave();
const held = await manager.map('s', 'op', rows, same, map).then(
  () => 'no error',
  ({ code, message }) => `${code} ${message}`,
);
let made;
for (let turn = 0; made === undefined && turn < 100; turn++) {
  globalThis.gc();
  await setTimeout(20);
  made = await manager.map('s', 'op', rows, same, map).catch(() => undefined);
}
console.log(JSON.stringify({ held, rows: made?.rows.length }));
