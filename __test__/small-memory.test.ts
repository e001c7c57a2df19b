import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCheckpoint } from 'arrow-ckpt';
import { ERROR_CODES } from '../lib/base/errors.ts';
import { noBinding } from './support/readers.ts';
import { resultOf, runProgram } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

/** V8's threads that mark what is alive do not look whether there is memory for them, and end the process by a signal (Node 20.20). */
const nodeArgs = ['--single-threaded-gc'];

const skip = process.platform === 'linux' ? noBinding : 'ulimit -v is for Linux';

/** MiB of address space beyond the most that a process with one small save and load takes. */
const MORE = [-200, -140, -100, -70, -50, -30, -10, 0, 40, 600];

test(
  'a process with little memory gets a coded error, or is ended by V8 or the C library, but not by us',
  { skip, timeout: 120_000 },
  async (t) => {
    const folder = tempFolder('small-memory');
    const texts = Array.from({ length: 60 }, (_, id) => ({ id, text: `${id}`.repeat(1 << 19) }));
    await writeCheckpoint(join(folder, 'large.parquet'), texts, { compression: 'none' });
    const { kib } = await resultOf<{ kib: number }>('small-memory.mjs', { args: [folder, 'size'], nodeArgs });
    const counts: Record<string, number> = {};
    for (const task of ['load', 'save']) {
      for (const more of MORE) {
        const through = ['sh', '-c', `ulimit -v ${kib + more * 1024}; exec "$0" "$@"`];
        const { code, signal, stdout, stderr } = await runProgram('small-memory.mjs', { args: [folder, task], nodeArgs, through });
        const what = `${task} with ${more} MiB, ${code ?? signal}: ${stdout}${stderr.slice(0, 500)}`;
        let came: string;
        if (code === 0) {
          const outcome = JSON.parse(stdout) as { done?: number; code?: string; other?: string };
          assert.equal(outcome.other, undefined, what);
          if (outcome.done === undefined)
            assert.ok((ERROR_CODES as readonly string[]).includes(outcome.code!) && outcome.code !== 'ERR_CKPT_INTERNAL', what);
          else assert.equal(outcome.done, 60, what);
          came = outcome.code ?? 'done';
        } else {
          // The heap of JavaScript itself, Node's own C++ (nothing of ours is C++), or the C library at the start of a thread: no library
          // can keep these from ending the process. Of two threads at once C++ does not tell what was thrown.
          const others =
            /JavaScript heap out of memory|FATAL ERROR|process out of memory|memory for thread-local data|std::bad_alloc|terminate called recursively/;
          assert.match(stderr, others, what);
          came = 'ended by others';
        }
        counts[came] = (counts[came] ?? 0) + 1;
      }
    }
    t.diagnostic(
      Object.entries(counts)
        .map(([what, count]) => `${what} ${count}`)
        .join(', '),
    );
    assert.ok(counts['done']! > 0);
  },
);
