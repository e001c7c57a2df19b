import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { loadBinding } from '../lib/base/addon/binding.js';
import { resultOf, runProgram } from './support/run-program.js';
import { tempFolder } from './support/temp-folder.js';

const skip = loadBinding() === null ? 'no native binary' : false;
const OLD = [{ old: true }];

describe('workers', { skip }, () => {
  const folder = tempFolder('workers');
  const fresh = (name: string) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };

  test('several save and load at once, beside the main thread', async () => {
    const where = fresh('together');
    assert.deepStrictEqual(await resultOf('workers-together.mjs', { args: [where] }), [0, 0, 0, 0, 0, 0]);
    assert.deepStrictEqual(readdirSync(where).sort(), ['a.parquet', 'b.parquet', 'common.parquet', 'main.parquet']);
  });

  for (const task of ['save', 'load']) {
    test(`one that is terminated during a ${task} takes nothing with it`, async () => {
      const where = fresh(`terminated-${task}`);
      // That the program ends at all says that no handle of the worker kept it alive.
      const result = await resultOf('worker-terminated.mjs', { args: [where, task, 'a.parquet'] });
      const whole = Array.from({ length: 8 }, () => true);
      assert.deepStrictEqual(result, { whole, files: ['a.parquet'], after: 1, loaded: [{ after: true }] });
    });
  }

  test('one that is terminated during a save to JSON leaves the old file whole', async () => {
    const where = fresh('terminated-json');
    const { files, ...rest } = await resultOf<{ files: string[] }>('worker-terminated.mjs', { args: [where, 'save', 'a.json'] });
    assert.deepStrictEqual(rest, { whole: Array.from({ length: 8 }, () => true), after: 1, loaded: [{ after: true }] });
    // There is no thread that could clean up: as after a crash, hidden temporaries may stay, which readers ignore.
    for (const file of files) assert.match(file, /^(a\.json|\.a\.json\..*\.tmp)$/);
  });
});

describe('the end of the process', { skip }, () => {
  const folder = tempFolder('exit');

  test('comes by itself, whatever went wrong before', async () => {
    const { code, signal, stdout, stderr } = await runProgram('ends-by-itself.mjs', { args: [folder] });
    assert.deepStrictEqual({ code, signal, stdout, stderr }, { code: 0, signal: null, stdout: '{"code":0}\n', stderr: '' });
  });

  for (const task of ['save', 'load']) {
    for (const where of ['main', 'worker']) {
      test(`in the middle of a ${task} in the ${where} thread: exit code, old file and folder are as they should be`, async () => {
        for (const ms of [0, 5, 40, 150]) {
          const own = join(folder, `${task}-${where}-${ms}`);
          mkdirSync(own);
          const path = join(own, 'a.parquet');
          // The worker saves again and again: then the file may be its.
          await writeCheckpoint(path, task === 'save' ? OLD : Array.from({ length: 200_000 }, (_, id) => ({ id })));
          const { code, signal, stderr } = await runProgram('exit-in-save.mjs', { args: [path, task, String(ms), where] });
          assert.deepStrictEqual({ code, signal, stderr }, { code: 7, signal: null, stderr: '' }, `after ${ms} ms`);
          // The main thread's exit waits for no thread of ours: as after a crash a hidden temporary may stay, which readers ignore.
          const left = readdirSync(own).filter((name) => !(task === 'save' && where === 'main' && /^\.a\.parquet\..*\.tmp$/.test(name)));
          assert.deepStrictEqual(left, ['a.parquet']);
          const rows = await readCheckpoint(path);
          if (task === 'save' && !(where === 'worker' && rows.length > 1)) assert.deepStrictEqual(rows, OLD);
          else assert.equal(rows.length, 200_000);
        }
      });
    }
  }
});
