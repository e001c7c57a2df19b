/* oxlint-disable unicorn/require-post-message-target-origin -- a worker has no origin */
// The package is loaded by threads that end, and by the main thread only afterwards; prints what came of it:
//   thread-ends.mjs <scene> <folder>
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const [, , scene, folder] = process.argv;
const start = (workerData = {}) => new Worker(new URL('thread-task.mjs', import.meta.url), { workerData: { folder, ...workerData } });
const ended = async (worker) => (await once(worker, 'exit'))[0];

const SCENES = {
  /** A worker loads the package and ends, twice. */
  first: async () => [await ended(start()), await ended(start())],

  /** The thread that loaded the package ends while another one saves. */
  meanwhile: async () => {
    const first = start({ task: 'pool' });
    await once(first, 'message');
    const second = start({ task: 'rounds', rounds: 12 });
    await once(second, 'message');
    await first.terminate();
    const third = start({ task: 'rounds', rounds: 2 });
    return Promise.all([ended(second), ended(third)]);
  },

  /** Forty come and go, some at a time. */
  many: async () => {
    const codes = [];
    let left = 40;
    const lane = async () => {
      while (left-- > 0) codes.push(await ended(start({ task: left % 3 === 0 ? 'none' : 'rounds' })));
    };
    await Promise.all(Array.from({ length: 6 }, lane));
    return codes;
  },

  /** A pool without a least number of threads: they are started as tasks come, and terminated when they have been idle. */
  pool: async () => {
    const done = [];
    for (const tasks of [3, 1, 4, 2]) {
      const threads = await Promise.all(
        Array.from({ length: tasks }, async () => {
          const thread = start({ task: 'pool' });
          await once(thread, 'message');
          return thread;
        }),
      );
      for (let task = 0; task < 2; task++) {
        await Promise.all(
          threads.map(async (thread) => {
            thread.postMessage('work');
            const [message] = await once(thread, 'message');
            done.push(message);
          }),
        );
      }
      // They end one after the other, the eldest first.
      for (const thread of threads) await thread.terminate();
    }
    return done;
  },

  /** Threads that end in the middle of saves and loads: by their own `process.exit`, and by `terminate`. */
  busy: async () => {
    const codes = [];
    for (const ms of [0, 2, 8, 20, 40]) {
      codes.push(await ended(start({ task: 'exit', ms, count: 200 })));
      const worker = start({ task: 'rounds', rounds: 1000, count: 20_000 });
      await once(worker, 'message');
      await setTimeout(ms * 5);
      codes.push((await worker.terminate()) - 1);
    }
    return codes;
  },
};

const result = await SCENES[scene]();
const { readCheckpoint, writeCheckpoint } = await import('arrow-ckpt');
const path = join(folder, 'main.parquet');
const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, text: `row ${id}`, part: id / 3 }));
await writeCheckpoint(path, rows);
const same = JSON.stringify(await readCheckpoint(path)) === JSON.stringify(rows);
// The main thread has it now, and others still come and go.
const after = await Promise.all([ended(start({ task: 'rounds' })), ended(start())]);
console.log(JSON.stringify({ result, same, after }));
