// Two copies of the package, each with an addon of its own, in one process and in two workers of it:
//   addon-twice.mjs <folder> <main module of the copy>
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { once } from 'node:events';
import * as first from 'arrow-ckpt';

const [, , folder, copy] = process.argv;
const second = await import(pathToFileURL(copy).href);
const name = isMainThread ? 'main' : workerData;
const rows = (id) => Array.from({ length: 5000 }, (_, index) => ({ id, index, text: `${name} ${index}` }));

const saves = [];
for (let id = 0; id < 6; id++) saves.push([first, second][id % 2].writeCheckpoint(join(folder, `${name}-${id}.parquet`), rows(id)));
await Promise.all(saves);
let same = 0;
for (let id = 0; id < 6; id++) {
  // Each reads what the other has saved.
  const loaded = await [second, first][id % 2].readCheckpoint(join(folder, `${name}-${id}.parquet`));
  if (JSON.stringify(loaded) === JSON.stringify(rows(id))) same++;
}
if (isMainThread) {
  const workers = ['a', 'b'].map((workerData) => new Worker(new URL(import.meta.url), { workerData, argv: [folder, copy] }));
  const codes = await Promise.all(workers.map(async (worker) => (await once(worker, 'exit'))[0]));
  const error = await second.readCheckpoint(join(folder, 'none')).catch((reason) => reason);
  // The error of the other copy is known for what it is.
  console.log(
    JSON.stringify({ same, codes, distinct: first.readCheckpoint !== second.readCheckpoint, known: first.isCheckpointError(error) }),
  );
} else if (same !== 6) process.exit(9);
