// Saves, loads and forgets handles while the collector of garbage runs at every turn: gc-stress.mjs <folder> <turns>   (with --expose-gc)
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createCheckpoint, openCheckpoint, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const [, , folder, turns] = process.argv;
const path = join(folder, 'a.parquet');
const rows = Array.from({ length: 6000 }, (_, id) => ({ id, text: `text ${id}`, list: [id], half: id / 2 }));
const text = JSON.stringify(rows);
let going = true;
const collecting = (async () => {
  for (; going; await new Promise((resolve) => setImmediate(resolve))) globalThis.gc({ type: 'minor' });
})();

const held = () => ({ threads: readdirSync('/proc/self/task').length, descriptors: readdirSync('/proc/self/fd').length });
async function settled() {
  for (let turn = 0; turn < 20; turn++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return held();
}

let same = 0;
/** In a function of its own: what the last turn forgets, no variable of this module may hold. */
async function stress(turn) {
  await writeCheckpoint(path, rows, { onProgress: () => globalThis.gc() });
  if (JSON.stringify(await readCheckpoint(path, { onProgress: () => globalThis.gc() })) === text) same++;
  // Forgotten in the middle: a reader, an iterator of one, a writer.
  const reader = await openCheckpoint(path);
  await reader.rows()[Symbol.asyncIterator]().next();
  const writer = await createCheckpoint(join(folder, `forgotten-${turn}.parquet`));
  await writer.append(rows.slice(0, 10));
}
// Threads that stay, and code that is loaded at the first use.
await writeCheckpoint(path, rows);
await readCheckpoint(path);
const before = await settled();
for (let turn = 0; turn < Number(turns); turn++) {
  await stress(turn);
}
going = false;
await collecting;
const after = await settled();
const left = readdirSync(folder).filter((name) => name.endsWith('.parquet'));
console.log(JSON.stringify({ same, left, before, after }));
