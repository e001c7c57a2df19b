// Maps rows and notes each call in a file, so that calls are counted also when it is killed:
//   map-rows.mjs <folder> <rows> <calls file> <milliseconds of a call> <options as JSON>
// With `size` among the options it is a mapBatches; each row of a call is noted.
// Prints `started`, then the result as JSON, or its error.
import { openSync, writeSync } from 'node:fs';
import { CheckpointManager, isCheckpointError } from 'arrow-ckpt';

const [, , folder, count, callsFile, ms, options = '{}'] = process.argv;
const calls = openSync(callsFile, 'a');
const rows = Array.from({ length: Number(count) }, (_, id) => ({ id, title: `article ${id}` }));
const checkpoints = new CheckpointManager(folder, { logger: false });

async function summarise({ id, title }) {
  writeSync(calls, `${id}\n`);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 2 * Number(ms)));
  const parts = id % 10 === 3 ? 0 : id % 10 === 7 ? 3 : 1;
  return Array.from({ length: parts }, (_, part) => ({ id, part, text: `${title}, part ${part}` }));
}

process.stdout.write('started\n');
try {
  const given = { key: 'id', hash: 'h', concurrency: 16, ...JSON.parse(options) };
  const all = (together) => Promise.all(together.map(summarise));
  const run =
    given.size === undefined ? checkpoints.map('s', 'op', rows, summarise, given) : checkpoints.mapBatches('s', 'op', rows, all, given);
  const { rows: results, ...counts } = await run;
  process.stdout.write(`${JSON.stringify({ ...counts, results: results.length })}\n`);
} catch (error) {
  const { code, path, message } = error;
  process.stdout.write(`${JSON.stringify({ error: isCheckpointError(error) ? { code, path, message } : String(error) })}\n`);
}
