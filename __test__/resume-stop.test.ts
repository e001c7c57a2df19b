// Maps of real processes that end in order at a signal.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stopOnSignal, type MapHandle } from 'arrow-ckpt';
import { articles, manager, MAP, Model } from './support/map-rows.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-stop');
const PROGRAM = fileURLToPath(new URL('programs/map-stop.mjs', import.meta.url));

interface Ended {
  code: string;
  done: number;
  left: number;
  calls: number;
  aborted: number;
  listeners: number;
}

/** A process with a map, and the lines that it prints. */
function start(name: string, ms: number, drain: number, ...more: string[]): { child: ChildProcess; line: () => Promise<string> } {
  const child = spawn(process.execPath, [PROGRAM, join(folder, name), String(ms), String(drain), ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, line: async () => (await lines.next()).value as string };
}

async function resumed(name: string): Promise<number> {
  const rows = Array.from({ length: 100 }, (_, id) => ({ id }));
  return (await manager(join(folder, name)).map('s', 'op', rows, (row) => row, { key: 'id', hash: 'h' })).resumed;
}

suite('signals', process.platform === 'win32' ? 'Windows has no signals between processes' : false, () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`the first ${signal} lets calls end and begins none; all of them are kept`, async () => {
      const { child, line } = start(signal, 300, 20_000, 'stays');
      assert.equal(await line(), 'ready');
      child.kill(signal);
      const ended = JSON.parse(await line()) as Ended;
      assert.equal(ended.code, 'ERR_CKPT_STOPPED');
      assert.deepStrictEqual([ended.aborted, ended.listeners, ended.done + ended.left], [0, 0, 100]);
      assert.equal(ended.done, ended.calls, 'every call that began is done');
      assert.ok(ended.calls >= 12 && ended.calls <= 16, `${ended.calls} calls`);
      // Whoever ends later is ended as usual.
      child.kill(signal);
      assert.deepStrictEqual(await once(child, 'exit'), [null, signal]);
      assert.equal(await resumed(signal), ended.done);
    });
  }

  test('the second signal ends the calls; what was finished is kept', async () => {
    const { child, line } = start('second', 50_000, Number.POSITIVE_INFINITY);
    assert.equal(await line(), 'ready');
    child.kill('SIGINT');
    await setTimeout(200);
    const from = performance.now();
    child.kill('SIGINT');
    const ended = JSON.parse(await line()) as Ended;
    assert.ok(performance.now() - from < 5000);
    assert.deepStrictEqual([ended.code, ended.done, ended.left], ['ERR_CKPT_STOPPED', 8, 92]);
    assert.deepStrictEqual(await once(child, 'exit'), [0, null]);
    assert.equal(await resumed('second'), 8);
  });

  test('drain ends the wait', async () => {
    const { child, line } = start('drain', 50_000, 100);
    assert.equal(await line(), 'ready');
    child.kill('SIGINT');
    const ended = JSON.parse(await line()) as Ended;
    assert.deepStrictEqual([ended.code, ended.done], ['ERR_CKPT_STOPPED', 8]);
    await once(child, 'exit');
    assert.equal(await resumed('drain'), 8);
  });
});

test('several runs end at one signal; each tells that it is stopping', async () => {
  const checkpoints = manager(join(folder, 'several'));
  const events: unknown[] = [];
  const options = { ...MAP, timeout: 5000, onEvent: ({ type, ...more }: { type: string }) => type === 'stopping' && events.push(more) };
  // More than are done before the last of them has begun.
  const rows = articles(20_000);
  const runs = ['a', 'b'].map((name) => checkpoints.map('s', name, rows, new Model(() => 5).summarise, options));
  const stream = checkpoints.mapStream('s', 'c', rows, new Model(() => 5).summarise, options);
  await stream.next();
  while (runs.some((run) => run.progress.computed === 0)) await setTimeout(1);
  const forget = stopOnSignal([...runs, stream], { signals: ['SIGUSR2'] });
  process.emit('SIGUSR2', 'SIGUSR2');
  await Promise.all(runs.map((run) => assert.rejects(run, { code: 'ERR_CKPT_STOPPED' })));
  const rest = async (): Promise<void> => {
    for await (const _ of stream);
  };
  await assert.rejects(rest(), { code: 'ERR_CKPT_STOPPED' });
  assert.deepStrictEqual(events, [{ drain: 5000 }, { drain: 5000 }, { drain: 5000 }]);
  await setTimeout(1);
  assert.equal(process.listenerCount('SIGUSR2'), 0);
  forget();
});

test('what it returns ends it; wrong arguments', async () => {
  const run = manager(join(folder, 'forget')).map('s', 'op', articles(10), new Model().summarise, MAP);
  stopOnSignal(run, { signals: ['SIGUSR2'] })();
  assert.equal(process.listenerCount('SIGUSR2'), 0);
  for (const wrong of [undefined, null, {}, Promise.resolve(), [run, 5], await run]) {
    assert.throws(() => stopOnSignal(wrong as unknown as MapHandle), { code: 'ERR_CKPT_INVALID_ARGUMENT' });
  }
  for (const wrong of [[], ['SIGKILL'], ['SIGFOO'], ['int'], 'SIGINT', [2]]) {
    assert.throws(() => stopOnSignal(run, { signals: wrong as NodeJS.Signals[] }), { code: 'ERR_CKPT_INVALID_OPTION' });
  }
  assert.throws(() => stopOnSignal(run, { drain: -1 }), { code: 'ERR_CKPT_INVALID_OPTION' });
  assert.throws(() => stopOnSignal(run, { wait: 1 } as object), { code: 'ERR_CKPT_UNKNOWN_OPTION' });
});
