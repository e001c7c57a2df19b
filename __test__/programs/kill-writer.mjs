// Saves generation after generation under one name, until it is killed; tells each that is saved:
//   kill-writer.mjs <folder> <parquet|json> <first generation>
import { writeSync } from 'node:fs';
import { CheckpointManager } from 'arrow-ckpt';
import { rowsOf } from './generations.mjs';

const [, , folder, format, first] = process.argv;
const manager = new CheckpointManager(folder, { enableArrow: format === 'parquet', logger: false });
for (let generation = Number(first); ; generation++) {
  writeSync(1, `begun ${generation}\n`);
  await manager.saveCheckpoint('step', format, rowsOf(generation), { hash: String(generation) });
  writeSync(1, `saved ${generation}\n`);
  await manager.saveBatchCheckpoint(format, generation % 3, rowsOf(generation));
}
