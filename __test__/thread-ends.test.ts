import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const zeros = (length: number): number[] => Array.from({ length }, () => 0);

/** The addon outlives the thread that loaded it: its memory must not belong to that thread. A crash would end the program with a signal. */
suite('the thread that loaded the package ends', noBinding, () => {
  const folder = tempFolder('thread-ends');
  const scenes: [string, string, unknown][] = [
    ['first', 'before the main thread loads it', zeros(2)],
    ['meanwhile', 'while another saves', zeros(2)],
    ['many', 'and forty come and go', zeros(40)],
    ['pool', 'as threads of a pool that shrinks to none do', Array.from({ length: 20 }, () => 'done')],
    ['busy', 'in the middle of saves and loads', zeros(10)],
  ];
  for (const [scene, what, result] of scenes) {
    test(what, async () => {
      const found = await resultOf('thread-ends.mjs', { args: [scene, folder] });
      assert.deepStrictEqual(found, { result, same: true, after: [0, 0] });
    });
  }

  test('with nothing but a require in it', async () => {
    const main = createRequire(import.meta.url).resolve('arrow-ckpt');
    const program = `const { Worker } = require('node:worker_threads');
const go = () => new Promise((resolve) => new Worker(${JSON.stringify(`require(${JSON.stringify(main)})`)}, { eval: true }).on('exit', resolve));
go().then(go).then(() => console.log('alive'));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]);
    assert.equal(stdout, 'alive\n');
  });
});
