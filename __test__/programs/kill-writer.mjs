// Saves generation after generation under one name, until it is killed; tells each that is saved:
//   kill-writer.mjs <folder> <parquet|json|parts> <first generation>
// `parts`: folders of parts, and a file now and then.
import { writeSync } from 'node:fs';
import { CheckpointManager } from 'arrow-ckpt';
import { rowsOf } from './generations.mjs';

const [, , folder, format, first] = process.argv;
const manager = new CheckpointManager(folder, { enableArrow: format !== 'json', logger: false });
for (let generation = Number(first); ; generation++) {
  writeSync(1, `begun ${generation}\n`);
  const inParts = format === 'parts' && generation % 3 !== 2;
  const options = { hash: String(generation), ...(inParts && { parts: (generation % 3) + 1 }) };
  await manager.saveCheckpoint('step', format, rowsOf(generation), options);
  writeSync(1, `saved ${generation}\n`);
  await manager.saveBatchCheckpoint(format, generation % 3, rowsOf(generation));
}
