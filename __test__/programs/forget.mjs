// Forgets rows: forget.mjs <folder> <json: yes or no> <options as JSON>
import { CheckpointManager } from 'arrow-ckpt';

const [, , folder, json, options] = process.argv;
const checkpoints = new CheckpointManager(folder, { logger: false, enableArrow: json !== 'yes' });

process.stdout.write('started\n');
process.stdout.write(`rows ${await checkpoints.forget('s', 'op', JSON.parse(options))}\n`);
