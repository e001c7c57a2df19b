// Loads what others save, again and again, until its input ends; prints how often, and what was wrong:
//   kill-reader.mjs <folder> <parquet|json|parts>
import { CheckpointManager } from 'arrow-ckpt';
import { generationOf } from './generations.mjs';

const [, , folder, format] = process.argv;
const manager = new CheckpointManager(folder, { logger: false });
let ended = false;
process.stdin.resume().on('end', () => (ended = true));
let loads = 0;
let last = -1;
const wrong = [];
while (!ended) {
  try {
    const rows = await manager.loadCheckpoint('step', format);
    if (rows !== null) {
      const generation = generationOf(rows);
      if (generation < last) wrong.push(`generation ${generation} after ${last}`);
      last = generation;
      loads++;
    } else if (last >= 0) wrong.push(`nothing after generation ${last}`);
    for (const batch of await manager.loadBatchCheckpoints(format)) generationOf(batch);
    loads++;
  } catch (error) {
    wrong.push(String(error));
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
}
console.log(JSON.stringify({ loads, wrong: wrong.slice(0, 5), wrongs: wrong.length }));
