// A map that ends in order at a signal: map-stop.mjs <folder> <ms of a call> <drain>. Says `ready` when calls run; tells how it ended.
import { setTimeout } from 'node:timers/promises';
import { CheckpointManager, stopOnSignal } from 'arrow-ckpt';

const [, , folder, ms, drain] = process.argv;
const rows = Array.from({ length: 100 }, (_, id) => ({ id }));
let calls = 0;
let aborted = 0;
async function slow({ id }, { signal }) {
  if (++calls === 12) process.stdout.write('ready\n');
  try {
    await setTimeout(id < 8 ? 1 : Number(ms), undefined, { signal });
  } catch {
    aborted++;
    return [];
  }
  return { id };
}
const options = { key: 'id', hash: 'h', concurrency: 8, flushEvery: 1_000_000 };
const run = new CheckpointManager(folder, { logger: false }).map('s', 'op', rows, slow, options);
stopOnSignal(run, { drain: drain === 'Infinity' ? Infinity : Number(drain) });
const { code, done, left } = await run.catch((error) => error);
const listeners = process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
process.stdout.write(`${JSON.stringify({ code, done, left, calls, aborted, listeners })}\n`);
if (process.argv[5] === 'stays') await setTimeout(60_000);
