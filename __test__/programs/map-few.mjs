// A map of the first rows of what was mapped before: map-few.mjs <folder> <rows> <json: yes or no>
import { CheckpointManager } from 'arrow-ckpt';

const [, , folder, count, json] = process.argv;
const rows = Array.from({ length: Number(count) }, (_, id) => ({ id, title: `article ${id}` }));
const checkpoints = new CheckpointManager(folder, { logger: false, enableArrow: json !== 'yes' });

process.stdout.write('started\n');
const { calls } = await checkpoints.map('s', 'op', rows, () => ({}), { key: 'id', hash: 'h' });
process.stdout.write(`calls ${calls}\n`);
