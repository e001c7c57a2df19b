import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Row } from 'arrow-ckpt';
import { thisHolder } from '../lib/base/lock/holder.ts';
import { leasePath } from '../lib/directory/lease.ts';
import { rejectsWith } from './support/codes.ts';
import { articles, manager, MAP, Model } from './support/map-rows.ts';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('lock-holders');
const HOLDER = fileURLToPath(new URL('./programs/lease-holder.mjs', import.meta.url));
const LONG = String(600_000);

/** A process that computes the step, once it has begun. */
async function holder(where: string, through: readonly string[] = []): Promise<ChildProcess> {
  const [command = '', ...args] = [...through, process.execPath, HOLDER, where, LONG];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

const own = async () => [{ by: 'us' }];
const UNSHARE = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc'];
const noUnshare = spawnSync(UNSHARE[0]!, [...UNSHARE.slice(1), 'true']).status === 0 ? false : 'no spaces of process numbers here';

test('the lease of a process that was killed is free at once', async () => {
  const where = join(folder, 'killed');
  await killed(await holder(where));
  assert.deepStrictEqual(await manager(where).step('s', 'op', { hash: 'h' }, own), [{ by: 'us' }]);
  assert.deepStrictEqual(
    readdirSync(where).filter((name) => name.startsWith('.lease')),
    [],
  );
});

test('so is that of a container, seen from outside and from the next one', { skip: noUnshare || noBinding }, async () => {
  const where = join(folder, 'container');
  const first = await holder(where, UNSHARE);
  const error = await rejectsWith('ERR_CKPT_LOCKED', () => manager(where).step('s', 'op', { hash: 'h' }, own));
  assert.match(error.message, /in use by process 1 on .*, held for \d+ s, last sign of life \d+ s ago/);
  await killed(first);
  const second = await holder(where, UNSHARE);
  await killed(second);
  assert.deepStrictEqual(await manager(where).step('s', 'op', { hash: 'h' }, own), [{ by: 'us' }]);
});

test('that of a worker that was terminated is free at once; one that lives is waited for', { skip: noBinding }, async () => {
  const where = join(folder, 'worker');
  const dead = new Worker(HOLDER, { workerData: { folder: where, ms: Number(LONG) } });
  await once(dead, 'message');
  await dead.terminate();
  assert.deepStrictEqual(await manager(where).step('s', 'op', { hash: 'first' }, own), [{ by: 'us' }]);
  const alive = new Worker(HOLDER, { workerData: { folder: where, ms: 200 } });
  await once(alive, 'message');
  assert.deepStrictEqual(await manager(where).step('s', 'op', { hash: 'h' }, own), [{ by: 'holder' }]);
});

test('a stream that was left in the middle holds its lease until it is collected', async () => {
  const { held, rows } = await resultOf<{ held: string; rows: number }>('stream-left.mjs', {
    args: [join(folder, 'stream')],
    nodeArgs: ['--expose-gc'],
  });
  assert.match(held, /^ERR_CKPT_LOCKED .* is in use by a stream of this process.*Read the stream to its end/);
  assert.equal(rows, 20);
});

test('calls of one process wait for each other, whichever managers they are of', async () => {
  const where = join(folder, 'one process');
  let running = 0;
  let computed = 0;
  const compute = async () => {
    assert.equal(++running, 1);
    await setTimeout(20);
    running--;
    computed++;
    return [{ computed }];
  };
  const steps = await Promise.all([1, 2, 3, 4].map(() => manager(where).step('s', 'op', { hash: 'h' }, compute)));
  assert.deepStrictEqual(
    steps,
    Array.from({ length: 4 }, () => [{ computed: 1 }]),
  );
  const others = await Promise.all([1, 2, 3].map((hash) => manager(where).step('s', 'op', { hash: String(hash) }, compute)));
  assert.deepStrictEqual(others.map(([row]) => row!['computed']).sort(), [2, 3, 4]);
  const model = new Model(() => 1);
  const maps = await Promise.all([1, 2, 3].map(() => manager(where).map('s', 'map', articles(20), model.summarise, MAP)));
  assert.deepStrictEqual(maps.map(({ computed: count }) => count).sort(), [0, 0, 20]);
});

test('an abort ends the wait of one, and not that of the next', async () => {
  const where = join(folder, 'abort');
  const begun = new EventEmitter();
  const first = manager(where).step('s', 'op', { hash: '1' }, async () => {
    begun.emit('first');
    await once(begun, 'end');
    return [{ id: 1 }];
  });
  await once(begun, 'first');
  const reason = new Error('enough');
  const controller = new AbortController();
  const { signal } = controller;
  // Whoever waits listens to its signal.
  const add = signal.addEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    add(...args);
    begun.emit('waits');
  };
  const waits = once(begun, 'waits');
  const second = manager(where).step('s', 'op', { hash: '2', signal }, own);
  await waits;
  const third = manager(where).step('s', 'op', { hash: '3' }, own);
  controller.abort(reason);
  await assert.rejects(second, reason);
  begun.emit('end');
  assert.deepStrictEqual(await first, [{ id: 1 }]);
  assert.deepStrictEqual(await third, [{ by: 'us' }]);
});

test('a wait that would never end is an error', async () => {
  const where = join(folder, 'circle');
  const checkpoints = manager(where);
  const inner = () => checkpoints.step('s', 'op', { hash: 'h' }, own);
  const error = await rejectsWith('ERR_CKPT_LOCKED', () => checkpoints.step('s', 'op', { hash: 'h' }, inner));
  assert.match(error.message, /in use by a call that waits for this one/);
  // Two that wait for each other, once both have begun.
  const begun = new EventEmitter();
  const both = once(begun, 'both');
  let count = 0;
  const crossed = await Promise.allSettled(
    [
      ['a', 'b'],
      ['b', 'a'],
    ].map(([outer, within]) =>
      checkpoints.step('s', outer!, { hash: 'h' }, async () => {
        if (++count === 2) begun.emit('both');
        await both;
        return checkpoints.step('s', within!, { hash: 'h' }, own);
      }),
    ),
  );
  assert.ok(crossed.some((outcome) => outcome.status === 'rejected' && (outcome.reason as { code?: string }).code === 'ERR_CKPT_LOCKED'));
  assert.deepStrictEqual(await checkpoints.step('s', 'op', { hash: 'h' }, own), [{ by: 'us' }]);
});

test('a function of a map that waits for its own map is told so; other operations and calls beside it are not', async () => {
  const checkpoints = manager(join(folder, 'circle-map'));
  const options = { ...MAP, retries: 0 };
  const same = (row: Row) => Promise.resolve(row);
  const drain = async (operation: string, fn: (row: Row) => Promise<Row>): Promise<Row[]> => {
    const rows: Row[] = [];
    for await (const row of checkpoints.mapStream('s', operation, articles(3), fn, options)) rows.push(row);
    return rows;
  };
  const map = async (operation: string, fn: (row: Row) => Promise<Row>): Promise<Row[]> =>
    (await checkpoints.map('s', operation, articles(3), fn, options)).rows;
  const step = (operation: string) => checkpoints.step('s', operation, {}, own);
  for (const [name, outer] of Object.entries({ map, drain })) {
    for (const [kind, inner] of Object.entries({ map: () => map(name, same), stream: () => drain(name, same), step: () => step(name) })) {
      // After a turn of the event loop, too: the context of the call goes with it.
      const error = await rejectsWith('ERR_CKPT_ROW_FAILED', () => outer(name, async (row) => (await setTimeout(1), await inner(), row)));
      const cause = error.cause as { code?: string; message: string };
      assert.equal(cause.code, 'ERR_CKPT_LOCKED', `${name} ${kind}`);
      assert.match(cause.message, /in use by a call that waits for this one/);
    }
    const nested = await outer(`${name}-outer`, async (row) => (await map(`${name}-inner`, same), await step(`${name}-step`), row));
    assert.deepStrictEqual(nested, articles(3));
    // Independent calls wait for each other, one that begins while another's function runs among them.
    const both = await Promise.all([map(`${name}-twice`, same), map(`${name}-twice`, async (row) => (await setTimeout(5), row))]);
    assert.deepStrictEqual(both, [articles(3), articles(3)]);
  }
});

test('the lock of an earlier release counts as it did', async () => {
  const where = join(folder, 'earlier');
  mkdirSync(where);
  const { host, started, token } = thisHolder('t');
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  await once(child, 'spawn');
  // What 0.1 writes, of a process whose start cannot be compared.
  writeFileSync(leasePath({ directory: where, step: 's', operation: 'op' }), JSON.stringify({ pid: child.pid, host, started: '', token }));
  void started;
  await rejectsWith('ERR_CKPT_LOCKED', () => manager(where).step('s', 'op', {}, own));
  await killed(child);
  assert.deepStrictEqual(await manager(where).step('s', 'op', {}, own), [{ by: 'us' }]);
});
