// Does everything that could leave a handle behind, and then nothing: the process must end.
import { join } from 'node:path';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { rowsOf } from './rows.mjs';

const folder = process.argv[2];
const path = join(folder, 'a.parquet');
const quietly = (work) => work.catch(() => {});
const rows = rowsOf(50_000, 'new');

await writeCheckpoint(path, rows);
await readCheckpoint(path);
await quietly(writeCheckpoint(path, [{ bad: () => 1 }]));
await quietly(writeCheckpoint(folder, rows));
await quietly(readCheckpoint(folder));
await quietly(readCheckpoint(path, { columns: ['none'] }));
for (const work of [(signal) => writeCheckpoint(path, rows, { signal }), (signal) => readCheckpoint(path, { signal })]) {
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  await quietly(work(controller.signal));
}
process.on('exit', (code) => console.log(JSON.stringify({ code })));
