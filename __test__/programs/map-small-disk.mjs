// Maps rows on a disk that is too small for them, then on with room made: map-small-disk.mjs <folder> <file to remove for room>
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointManager } from 'arrow-ckpt';
import { answer, areAll, calls, options, rows } from './small-disk.mjs';

const [, , folder, ballast] = process.argv;
const checkpoints = new CheckpointManager(join(folder, 'checkpoints'), { logger: false });
let failure = null;
try {
  await checkpoints.map('s', 'op', rows, answer, options);
} catch ({ code, path, message }) {
  failure = { code, path, message };
}
const first = calls;
rmSync(ballast);
const result = await checkpoints.map('s', 'op', rows, answer, options);
process.stdout.write(JSON.stringify({ failure, first, resumed: result.resumed, second: calls - first, isEqual: areAll(result.rows) }));
