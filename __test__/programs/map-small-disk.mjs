// Maps rows of long texts on a disk that is too small for them, then on with room made: map-small-disk.mjs <folder> <file to remove for
// room>
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointManager } from 'arrow-ckpt';

const [, , folder, ballast] = process.argv;
const checkpoints = new CheckpointManager(join(folder, 'checkpoints'), { logger: false });
let state = 1;
const random = () => (state = (state * 48271) % 2147483647).toString(36);
const rows = Array.from({ length: 4000 }, (_, id) => ({ id, text: Array.from({ length: 60 }, random).join('') }));
let calls = 0;
const answer = async (row) => {
  calls++;
  await new Promise((resolve) => setImmediate(resolve));
  return { ...row, answer: `answer ${row.id}` };
};
const options = { key: 'id', hash: 'h', concurrency: 16, batchSize: 200, flushEvery: 5 };
let failure = null;
try {
  await checkpoints.map('s', 'op', rows, answer, options);
} catch ({ code, path, message }) {
  failure = { code, path, message };
}
const first = calls;
rmSync(ballast);
const result = await checkpoints.map('s', 'op', rows, answer, options);
const expected = rows.map(({ id, text }) => ({ id, text, answer: `answer ${id}` }));
const isEqual = JSON.stringify(result.rows) === JSON.stringify(expected);
process.stdout.write(JSON.stringify({ failure, first, resumed: result.resumed, second: calls - first, isEqual }));
