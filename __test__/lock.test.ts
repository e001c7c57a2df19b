import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { FileLock, withLock } from '../lib/base/lock/file-lock.ts';
import { hasEnded, thisHolder } from '../lib/base/lock/holder.ts';
import { runProgram } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('lock');

test('one holder at a time, and nothing is left behind', async () => {
  const path = join(folder, 'one');
  let inside = 0;
  let most = 0;
  const work = () =>
    withLock(path, {}, async () => {
      most = Math.max(most, ++inside);
      await setTimeout(1);
      inside--;
    });
  await Promise.all(Array.from({ length: 20 }, work));
  assert.equal(most, 1);
  assert.deepStrictEqual(readdirSync(folder), []);
});

test('the lock of a process that has ended is taken at once', async () => {
  const path = join(folder, 'dead');
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.on('close', resolve));
  writeFileSync(path, JSON.stringify({ ...thisHolder('gone'), pid: child.pid }));
  const from = performance.now();
  const locks = await Promise.allSettled(Array.from({ length: 5 }, () => FileLock.take(path, { waitMs: 0 })));
  assert.ok(performance.now() - from < 2000);
  const taken = locks.filter((lock) => lock.status === 'fulfilled');
  assert.equal(taken.length, 1, 'only one of those who took it away has it');
  await taken[0]!.value.release();
  assert.ok(!existsSync(path));
});

test('a process number that is in use again is not the holder', () => {
  const holder = thisHolder('t');
  assert.equal(hasEnded(holder), false);
  if (holder.started !== '') assert.equal(hasEnded({ ...holder, started: '1' }), true);
  assert.equal(hasEnded({ ...holder, host: 'elsewhere' }), undefined);
});

test("another machine's lock counts while it is touched", async () => {
  const path = join(folder, 'elsewhere');
  writeFileSync(path, JSON.stringify({ pid: 1, host: `not ${hostname()}`, started: '', token: 'x' }));
  await assert.rejects(FileLock.take(path, { waitMs: 0 }), { code: 'ERR_CKPT_LOCKED', message: /process 1 on not/ });
  const old = new Date(Date.now() - 120_000);
  utimesSync(path, old, old);
  await (await FileLock.take(path, { waitMs: 1000 })).release();
});

test('a text that names no holder is somebody who is writing it', async () => {
  const path = join(folder, 'half');
  writeFileSync(path, '{"pid":');
  await assert.rejects(FileLock.take(path, { waitMs: 30 }), { code: 'ERR_CKPT_LOCKED' });
  const old = new Date(Date.now() - 120_000);
  utimesSync(path, old, old);
  await (await FileLock.take(path, { waitMs: 1000 })).release();
});

test('an abort ends the wait with its reason', async () => {
  const path = join(folder, 'aborted');
  const held = await FileLock.take(path);
  const reason = new Error('enough');
  const signal = AbortSignal.timeout(30);
  const controller = new AbortController();
  signal.addEventListener('abort', () => controller.abort(reason));
  await assert.rejects(FileLock.take(path, { signal: controller.signal }), reason);
  await held.release();
});

test('who lost the lock does not remove that of another', async () => {
  const path = join(folder, 'lost');
  const held = await FileLock.take(path);
  const other = JSON.stringify(thisHolder('other'));
  writeFileSync(path, other);
  assert.equal(await held.isHeld(), false);
  await held.release();
  assert.equal(readFileSync(path, 'utf8'), other);
});

test('processes count under a lock without losing a count, killed ones among them', async () => {
  const path = join(folder, 'counter');
  writeFileSync(path, '0');
  const ends = await Promise.all(
    Array.from({ length: 6 }, (_, index) => runProgram('lock-count.ts', { args: [path, '40', String(index)] })),
  );
  const counts = ends.map(({ stdout }) => Number(stdout.trim().split('\n').at(-1)));
  assert.equal(ends.filter(({ signal }) => signal === 'SIGKILL').length, 2);
  assert.equal(
    Number(readFileSync(path, 'utf8')),
    counts.reduce((sum, count) => sum + count, 0),
  );
});
