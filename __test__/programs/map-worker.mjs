// One worker of a map that several share; notes each call in a file, so that calls are counted also when it is killed:
//   map-worker.mjs <folder> <rows> <calls file> <milliseconds of a call> <options as JSON>
// With `size` among the options it is a mapBatches; with `url` each call goes to that service, which counts the calls that it answers.
// Prints `started` when it has begun its first call, then the result as JSON, or its error.
import { createHash } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { CheckpointManager, isCheckpointError } from 'arrow-ckpt';

const [, , folder, count, callsFile, ms, json = '{}'] = process.argv;
const { enableArrow = true, fails = 0, edited = false, url, ...options } = JSON.parse(json);
const calls = openSync(callsFile, 'a');
const rows = Array.from({ length: Number(count) }, (_, id) => ({ id, title: `article ${id}${edited ? '!' : ''}` }));
const checkpoints = new CheckpointManager(folder, { logger: false, enableArrow });
let isTold = false;

function began(ids) {
  if (url === undefined) writeSync(calls, ids.map((id) => `${id}\n`).join(''));
  if (!isTold) process.stdout.write('started\n');
  isTold = true;
}

async function answered(count, signal) {
  if (url === undefined) return new Promise((resolve) => setTimeout(resolve, Number(ms)));
  const response = await fetch(`${url}/call?ms=${ms}&tokens=${count}`, { signal });
  await response.text();
  if (!response.ok) throw response;
}

function summaryOf({ id, title }) {
  if (fails > 0 && id % fails === 1) throw new Error(`no summary of ${id}`);
  const parts = id % 10 === 3 ? 0 : id % 10 === 7 ? 3 : 1;
  return Array.from({ length: parts }, (_, part) => ({ id, part, text: `${title}, part ${part}` }));
}

async function summarise(row, { signal }) {
  began([row.id]);
  await answered(1, signal);
  return summaryOf(row);
}

async function summariseAll(together, { signal }) {
  began(together.map(({ id }) => id));
  await answered(together.length, signal);
  return together.map((row) => {
    try {
      return summaryOf(row);
    } catch (error) {
      return error;
    }
  });
}

const given = { key: 'id', hash: 'h', workers: 'shared', ...options };
// What the service refuses is tried again, and no row that is wrong.
if (url !== undefined) given.retries = { ...given.retries, retryIf: (error) => !(error instanceof Error) || error.name === 'TypeError' };
const from = performance.now();
try {
  const {
    rows: results,
    failed,
    ...counts
  } = await (options.size === undefined
    ? checkpoints.map('s', 'op', rows, summarise, given)
    : checkpoints.mapBatches('s', 'op', rows, summariseAll, given));
  const digest = createHash('sha256').update(JSON.stringify(results)).digest('hex');
  const failures = failed.map(({ row, key, error }) => ({ row, key, message: error.message, cause: error.cause.message }));
  process.stdout.write(`${JSON.stringify({ ...counts, failures, results: results.length, digest, ms: performance.now() - from })}\n`);
} catch (error) {
  const { code, path, message } = error;
  process.stdout.write(`${JSON.stringify({ error: isCheckpointError(error) ? { code, path, message } : String(error) })}\n`);
}
