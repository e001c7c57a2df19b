// One worker of a map that several share; notes each call in a file, so that calls are counted also when it is killed:
//   map-worker.mjs <folder> <rows> <calls file> <milliseconds of a call> <options as JSON>
// Prints `started` when it has begun its first call, then the result as JSON, or its error.
import { createHash } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { CheckpointManager, isCheckpointError } from 'arrow-ckpt';

const [, , folder, count, callsFile, ms, given = '{}'] = process.argv;
const { enableArrow = true, fails = 0, edited = false, ...options } = JSON.parse(given);
const calls = openSync(callsFile, 'a');
const rows = Array.from({ length: Number(count) }, (_, id) => ({ id, title: `article ${id}${edited ? '!' : ''}` }));
const checkpoints = new CheckpointManager(folder, { logger: false, enableArrow });
let isTold = false;

async function summarise({ id, title }) {
  writeSync(calls, `${id}\n`);
  if (!isTold) process.stdout.write('started\n');
  isTold = true;
  await new Promise((resolve) => setTimeout(resolve, Number(ms)));
  if (fails > 0 && id % fails === 1) throw new Error(`no summary of ${id}`);
  const parts = id % 10 === 3 ? 0 : id % 10 === 7 ? 3 : 1;
  return Array.from({ length: parts }, (_, part) => ({ id, part, text: `${title}, part ${part}` }));
}

const from = performance.now();
try {
  const {
    rows: results,
    failed,
    ...counts
  } = await checkpoints.map('s', 'op', rows, summarise, {
    key: 'id',
    hash: 'h',
    workers: 'shared',
    ...options,
  });
  const digest = createHash('sha256').update(JSON.stringify(results)).digest('hex');
  const failures = failed.map(({ row, key, error }) => ({ row, key, message: error.message, cause: error.cause.message }));
  process.stdout.write(`${JSON.stringify({ ...counts, failures, results: results.length, digest, ms: performance.now() - from })}\n`);
} catch (error) {
  const { code, path, message } = error;
  process.stdout.write(`${JSON.stringify({ error: isCheckpointError(error) ? { code, path, message } : String(error) })}\n`);
}
