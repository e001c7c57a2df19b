// Two workers of a map on a disk that is too small, then again with room made: map-worker-disk.mjs <folder> <file to remove for room>
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointManager } from 'arrow-ckpt';

const [, , folder, ballast] = process.argv;
const directory = join(folder, 'checkpoints');
let state = 1;
const random = () => (state = (state * 48271) % 2147483647).toString(36);
const rows = Array.from({ length: 4000 }, (_, id) => ({ id, text: Array.from({ length: 60 }, random).join('') }));
let calls = 0;
const answer = async (row) => {
  calls++;
  await new Promise((resolve) => setImmediate(resolve));
  return { ...row, answer: `answer ${row.id}` };
};
const options = { key: 'id', hash: 'h', concurrency: 16, batchSize: 200, flushEvery: 5, workers: 'shared' };
const both = () =>
  Promise.allSettled([1, 2].map(() => new CheckpointManager(directory, { logger: false }).map('s', 'op', rows, answer, options)));
const failures = (await both()).map(({ reason }) => reason?.code ?? null);
const first = calls;
rmSync(ballast);
const results = await both();
const expected = JSON.stringify(rows.map(({ id, text }) => ({ id, text, answer: `answer ${id}` })));
const areEqual = results.every(({ value }) => JSON.stringify(value?.rows) === expected);
const left = readdirSync(directory).filter((name) => /^\.(?:workers|lease)/.test(name));
process.stdout.write(JSON.stringify({ failures, first, second: calls - first, areEqual, left }));
