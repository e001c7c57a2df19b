import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { type CheckpointManager, JsonlCheckpointManager, ParquetCheckpointManager } from 'arrow-ckpt';
import { noteUse, usedMs } from '../lib/directory/use-record.ts';
import { rejectsWith } from './support/codes.ts';
import { articles, manager, MAP, Model } from './support/map-rows.ts';
import { cliJson, cliOk } from './support/run-cli.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('sweep-used');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const never = () => assert.fail('the result is known');

/** Every path below a directory, from there. */
function below(directory: string): string[] {
  return (readdirSync(directory, { recursive: true }) as string[]).sort();
}

/** All files get the same time, long ago. */
function age(directory: string, ms: number): void {
  const time = new Date(Date.now() - ms);
  for (const name of below(directory)) {
    const path = join(directory, name);
    if (statSync(path).isFile()) utimesSync(path, time, time);
  }
}

/** `a/x` with hash 1 and `a/y` with hash 2, 40 days old. */
async function twoOld(name: string, enableArrow = true): Promise<{ directory: string; checkpoints: CheckpointManager }> {
  const directory = join(folder, name);
  const checkpoints = manager(directory, enableArrow);
  await checkpoints.saveCheckpoint('a', 'x', articles(20), { hash: '1' });
  await checkpoints.saveCheckpoint('a', 'y', articles(20), { hash: '2' });
  age(directory, 40 * DAY);
  return { directory, checkpoints };
}

/** What a sweep calls stale, without removing it. */
async function stale(checkpoints: CheckpointManager, olderThan: number | Date = 30 * DAY): Promise<string[]> {
  const { removed } = await checkpoints.sweep({ olderThan, dryRun: true });
  return removed.map(({ kind, step, operation, reason }) => `${kind} ${step}/${operation} ${reason}`);
}

async function drain(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of rows);
}

const USES: Record<string, (checkpoints: CheckpointManager) => Promise<unknown>> = {
  step: (checkpoints) => checkpoints.step('a', 'x', { hash: '1' }, never),
  'load with the hash': (checkpoints) => checkpoints.loadCheckpoint('a', 'x', { hash: '1' }),
  'load of some rows': (checkpoints) => checkpoints.loadCheckpoint('a', 'x', { where: { id: 3 } }),
  'load of whatever hash': (checkpoints) => checkpoints.loadCheckpoint('a', 'x'),
  scan: (checkpoints) => drain(checkpoints.scanCheckpoint('a', 'x')),
  'partial results': (checkpoints) => checkpoints.loadPartialResults('a', 'x'),
};

const OTHER: Record<string, (checkpoints: CheckpointManager) => Promise<unknown>> = {
  'a load of another hash': (checkpoints) => checkpoints.loadCheckpoint('a', 'x', { hash: 'other' }),
  info: (checkpoints) => checkpoints.getCheckpointInfo('a', 'x'),
  list: (checkpoints) => checkpoints.listCheckpoints(),
  sizes: (checkpoints) => checkpoints.getTotalCheckpointSize(),
  plan: (checkpoints) => checkpoints.planIncremental('a', 'x', articles(20), { key: 'id', hash: '1' }),
  sweep: (checkpoints) => checkpoints.sweep(),
};

for (const enableArrow of [true, false]) {
  const kind = enableArrow ? 'Parquet' : 'JSON';

  test(`what is used is not old, ${kind}`, async () => {
    for (const [name, use] of Object.entries(USES)) {
      const { checkpoints } = await twoOld(`${kind} ${name}`, enableArrow);
      assert.deepStrictEqual(await stale(checkpoints), ['checkpoint a/x stale', 'checkpoint a/y stale']);
      await use(checkpoints);
      assert.deepStrictEqual(await stale(checkpoints), ['checkpoint a/y stale'], name);
      assert.deepStrictEqual(await stale(checkpoints, new Date(Date.now() - HOUR)), ['checkpoint a/y stale'], name);
      const all = ['checkpoint a/x stale', 'checkpoint a/y stale'];
      assert.deepStrictEqual(await stale(checkpoints, new Date(Date.now() + HOUR)), all, name);
    }
  });

  test(`what does not use it leaves no trace, ${kind}`, async () => {
    for (const [name, call] of Object.entries(OTHER)) {
      const { checkpoints, directory } = await twoOld(`${kind} other ${name}`, enableArrow);
      const before = below(directory);
      await call(checkpoints);
      assert.deepStrictEqual(below(directory), before, name);
      assert.equal((await stale(checkpoints)).length, 2, name);
    }
  });

  test(`maps use their checkpoint and their batches, ${kind}`, async () => {
    const directory = join(folder, `map ${kind}`);
    const checkpoints = manager(directory, enableArrow);
    for (const operation of ['map', 'stream', 'unused']) await checkpoints.map('s', operation, articles(9), new Model().summarise, MAP);
    const fails = new Model(undefined, ({ id }) => id === 8);
    const collects = { ...MAP, onError: 'collect', batchSize: 4 } as const;
    for (const operation of ['partial', 'unused partial']) await checkpoints.map('s', operation, articles(9), fails.summarise, collects);
    for (const step of [undefined, 's', 'unused'])
      await checkpoints.saveBatchCheckpoint('own', 0, articles(3), step === undefined ? {} : { step });
    age(directory, 40 * DAY);
    await checkpoints.map('s', 'map', articles(9), never, MAP);
    await drain(checkpoints.mapStream('s', 'stream', articles(9), never, MAP));
    const again = await checkpoints.map('s', 'partial', articles(9), fails.summarise, collects);
    assert.equal(again.resumed, 8);
    assert.equal((await checkpoints.loadBatchCheckpoints('own', { step: 's' })).length, 1);
    const expected = ['batch null/own stale', 's/unused stale', 'unused/own stale', 's/unused partial stale'];
    const found = [...new Set(await stale(checkpoints))].map((line) => line.replace(/^(?:checkpoint|batch) (?!null)/, ''));
    assert.deepStrictEqual(found.sort(), [...expected].sort());
    await checkpoints.loadBatchCheckpoints('own');
    assert.deepStrictEqual(
      (await stale(checkpoints)).filter((line) => line.includes('/own ')),
      [],
    );
  });
}

test('without the binary likewise, in a process of its own', async () => {
  for (const [enableArrow, env] of [
    [true, {}],
    [true, { ARROW_CKPT_FORCE_JSON: '1' }],
    [false, { ARROW_CKPT_FORCE_JSON: '1' }],
  ] as const) {
    const { directory, checkpoints } = await twoOld(`process ${enableArrow} ${Object.keys(env).length}`, enableArrow);
    assert.deepStrictEqual(await resultOf('use-step.mjs', { args: [directory], env }), articles(20));
    assert.deepStrictEqual(await stale(checkpoints), ['checkpoint a/y stale']);
  }
});

test('a use is noted once an hour, and not for what was written in that time', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const directory = join(folder, 'hourly');
  const checkpoints = manager(directory);
  await checkpoints.saveCheckpoint('a', 'x', articles(3), { hash: '1' });
  const stem = join(directory, 'a', 'x');
  const use = async (): Promise<number> => {
    await checkpoints.step('a', 'x', { hash: '1' }, never);
    return (await usedMs(stem)) > 0 ? statSync(join(directory, 'a', '.used', 'x')).ctimeMs : 0;
  };
  assert.equal(await use(), 0, 'it was just written');
  age(directory, 2 * HOUR);
  const first = await use();
  assert.ok(first > 0);
  t.mock.timers.tick(HOUR - 1000);
  assert.equal(await use(), first);
  t.mock.timers.tick(2000);
  assert.ok((await use()) > first);
  assert.ok(Math.abs((await usedMs(stem)) - Date.now()) < 1);
  // Another process goes by the time of the record: here another copy of the module.
  const touched = statSync(join(directory, 'a', '.used', 'x')).ctimeMs;
  await noteUse(stem, 0);
  assert.equal(statSync(join(directory, 'a', '.used', 'x')).ctimeMs, touched);
  t.mock.timers.tick(HOUR + 1000);
  await noteUse(stem, 0);
  assert.ok(statSync(join(directory, 'a', '.used', 'x')).ctimeMs > touched);
});

test('where a use cannot be noted nothing fails, and the age of the file counts', async () => {
  const { directory, checkpoints } = await twoOld('cannot');
  writeFileSync(join(directory, 'a', '.used'), '');
  for (const [name, use] of Object.entries(USES)) await assert.doesNotReject(use(checkpoints), name);
  assert.deepStrictEqual((await checkpoints.sweep({ olderThan: 30 * DAY })).removed.length, 2);
  // The folder is gone when the use is to be noted: it does not come back.
  await noteUse(join(directory, 'gone', 'x'), 0);
  assert.ok(!existsSync(join(directory, 'gone')));
});

test('maxBytes removes what was not used for longest', async () => {
  const { checkpoints } = await twoOld('size');
  await checkpoints.loadCheckpoint('a', 'x');
  const total = await checkpoints.getTotalCheckpointSize();
  const { removed } = await checkpoints.sweep({ maxBytes: total - 1 });
  assert.deepStrictEqual(
    removed.map(({ operation }) => operation),
    ['y'],
  );
});

const LONG = 'long '.repeat(80);
const REMOVALS: Record<string, (checkpoints: CheckpointManager, directory: string) => Promise<unknown>> = {
  deleteCheckpoint: async (checkpoints) => {
    for (const { step, operation } of await checkpoints.listCheckpoints()) await checkpoints.deleteCheckpoint(step, operation);
    await checkpoints.deleteBatchCheckpoints('x');
    await checkpoints.deleteBatchCheckpoints(LONG);
  },
  clearStep: async (checkpoints) => {
    await checkpoints.clearStep('a');
    await checkpoints.deleteBatchCheckpoints('x');
  },
  clearAll: (checkpoints) => checkpoints.clearAll(),
  sweep: (checkpoints) => checkpoints.sweep({ keep: [] }),
  'another program, then a sweep': async (checkpoints, directory) => {
    for (const name of below(directory)) if (/\.(?:parquet|json)$/.test(name) && !name.startsWith('.')) rmSync(join(directory, name));
    for (const name of ['x_batches', join('a', 'x_batches')]) rmSync(join(directory, name), { recursive: true });
    await checkpoints.sweep();
  },
};

test('what removes the results removes the record of their use', async () => {
  for (const [name, remove] of Object.entries(REMOVALS)) {
    const { directory, checkpoints } = await twoOld(`removal ${name}`);
    for (const operation of ['x', LONG, 'x.y']) await checkpoints.saveCheckpoint('a', operation, articles(2));
    await checkpoints.saveBatchCheckpoint('x', 0, articles(2));
    await checkpoints.saveBatchCheckpoint('x', 0, articles(2), { step: 'a' });
    age(directory, 40 * DAY);
    for (const { step, operation } of await checkpoints.listCheckpoints()) await checkpoints.loadCheckpoint(step, operation);
    await checkpoints.loadBatchCheckpoints('x');
    const records = below(directory).filter((path) => dirname(path).endsWith('.used'));
    assert.equal(records.length, 6, records.join());
    await remove(checkpoints, directory);
    assert.deepStrictEqual(
      below(directory).filter((path) => path.includes('.used')),
      [],
      name,
    );
  }
});

test('a record goes with its operation, and not with another', async () => {
  const { directory, checkpoints } = await twoOld('neighbours');
  await checkpoints.saveCheckpoint('a', 'x.y', articles(2));
  age(directory, 40 * DAY);
  for (const operation of ['x', 'y', 'x.y']) await checkpoints.loadCheckpoint('a', operation);
  await checkpoints.deleteCheckpoint('a', 'x');
  assert.deepStrictEqual(readdirSync(join(directory, 'a', '.used')), ['x.y', 'y']);
  // A save in the other format has the same record.
  await manager(directory, false).saveCheckpoint('a', 'y', articles(2));
  assert.deepStrictEqual(readdirSync(join(directory, 'a', '.used')), ['x.y', 'y']);
  await checkpoints.migrateJsonToArrow('a', 'y');
  assert.deepStrictEqual(readdirSync(join(directory, 'a', '.used')), ['x.y', 'y']);
});

test('listings and sizes do not show it', async () => {
  const { directory, checkpoints } = await twoOld('listed');
  await checkpoints.saveBatchCheckpoint('b', 0, articles(2));
  age(directory, 40 * DAY);
  const look = async (): Promise<unknown[]> => [
    await checkpoints.listCheckpoints(),
    await checkpoints.getTotalCheckpointSize(),
    await checkpoints.sweep({ dryRun: true }),
    ...(await Promise.all(['list', 'analyze', 'verify'].map((command) => cliJson([command, directory])))),
  ];
  const before = await look();
  await checkpoints.loadCheckpoint('a', 'x');
  await checkpoints.loadBatchCheckpoints('b');
  assert.ok(existsSync(join(directory, '.used', 'b_batches')) && existsSync(join(directory, 'a', '.used', 'x')));
  assert.deepStrictEqual(await look(), before);
});

test('the managers of names note it, too', async () => {
  const directory = join(folder, 'kura');
  const named = join(directory, 'named');
  mkdirSync(named, { recursive: true });
  const parquet = new ParquetCheckpointManager(named, { logger: false });
  const lines = new JsonlCheckpointManager(named, { logger: false });
  for (const name of ['x', 'y']) await parquet.saveCheckpoint(name, articles(3));
  await lines.saveCheckpoint('z', articles(3));
  age(directory, 40 * DAY);
  await parquet.getCheckpointInfo('y');
  assert.deepStrictEqual(readdirSync(named).sort(), ['x.parquet', 'y.parquet', 'z.jsonl']);
  assert.deepStrictEqual(await parquet.loadCheckpoint('x'), articles(3));
  assert.deepStrictEqual(await lines.loadCheckpoint('z'), articles(3));
  assert.deepStrictEqual(readdirSync(join(named, '.used')), ['x', 'z']);
  assert.deepStrictEqual(await parquet.listCheckpoints(), ['x', 'y']);
  assert.deepStrictEqual(await lines.listCheckpoints(), ['z']);
  assert.deepStrictEqual(await stale(manager(directory)), ['checkpoint named/y stale']);
  await lines.deleteCheckpoint('z');
  assert.deepStrictEqual(readdirSync(join(named, '.used')), ['x']);
  await parquet.deleteCheckpoint('x');
  assert.deepStrictEqual(readdirSync(named), ['y.parquet']);
  await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => parquet.loadCheckpoint(''));
});

test('arrow-ckpt sweep --older-than', async () => {
  const { directory, checkpoints } = await twoOld('cli');
  await checkpoints.step('a', 'x', { hash: '1' }, never);
  const { stdout } = await cliOk(['sweep', directory, '--older-than', '30d']);
  assert.match(stdout, /^✓ Removed: a\/y\.parquet, [^\n]*\nRemoved 1 file, /);
  assert.deepStrictEqual(below(join(directory, 'a')), ['.used', join('.used', 'x'), 'x.parquet']);
});
