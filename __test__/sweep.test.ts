import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { type SweepResult } from 'arrow-ckpt';
import { thisHolder } from '../lib/base/lock/holder.ts';
import { rejectsWith } from './support/codes.ts';
import { allSummaries, articles, manager, MAP, Model } from './support/map-rows.ts';
import { cli } from './support/run-cli.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('sweep');

/** Every file below a folder. */
function all(directory: string): string[] {
  return (readdirSync(directory, { recursive: true, withFileTypes: true }) as { name: string; parentPath: string; isFile(): boolean }[])
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

function age(path: string, days: number): void {
  const time = new Date(Date.now() - days * 86_400_000);
  utimesSync(path, time, time);
}

/** `a/x` with hash 1, 3 days old; `a/y` with hash 2, 2 days; `b/x` with hash 3, 1 day. */
async function threeCheckpoints(name: string) {
  const directory = join(folder, name);
  const checkpoints = manager(directory);
  for (const [index, [step, operation]] of (
    [
      ['a', 'x'],
      ['a', 'y'],
      ['b', 'x'],
    ] as const
  ).entries()) {
    age(await checkpoints.saveCheckpoint(step, operation, articles(100), { hash: String(index + 1) }), 3 - index);
  }
  return { directory, checkpoints };
}

function names({ removed }: SweepResult): string[] {
  return removed.map(({ kind, step, operation, reason }) => `${kind} ${step}/${operation} ${reason}`).sort();
}

test('without options no checkpoint goes', async () => {
  const { checkpoints, directory } = await threeCheckpoints('nothing');
  const before = all(directory);
  const result = await checkpoints.sweep();
  assert.deepStrictEqual(names(result), []);
  assert.equal(result.keptBytes, await checkpoints.getTotalCheckpointSize());
  assert.deepStrictEqual(all(directory), before);
});

test('keep, keepHashes, olderThan: stale is what all of them say', async () => {
  const day = 86_400_000;
  const cases: [object, string[]][] = [
    [{ keep: [['a', 'x']] }, ['a/y', 'b/x']],
    [{ keepHashes: ['2', '7'] }, ['a/x', 'b/x']],
    [{ olderThan: 1.5 * day }, ['a/x', 'a/y']],
    [{ olderThan: new Date(Date.now() - 2.5 * day) }, ['a/x']],
    [{ keep: [['a', 'y']], olderThan: 1.5 * day }, ['a/x']],
    [{ keep: [['b', 'x']], keepHashes: ['1'] }, ['a/y']],
    [{ keep: [] }, ['a/x', 'a/y', 'b/x']],
  ];
  for (const [index, [options, stale]] of cases.entries()) {
    const { checkpoints, directory } = await threeCheckpoints(`stale ${index}`);
    const before = all(directory);
    const dry = await checkpoints.sweep({ ...options, dryRun: true });
    assert.deepStrictEqual(all(directory), before, 'a dry run changes nothing');
    const result = await checkpoints.sweep(options);
    assert.deepStrictEqual(result, { ...dry, dryRun: false });
    assert.deepStrictEqual(
      names(result),
      stale.map((name) => `checkpoint ${name} stale`),
    );
    assert.equal(
      result.bytes + result.keptBytes,
      before.filter((path) => path.endsWith('.parquet')).length * (result.bytes / stale.length),
    );
    const left = (await checkpoints.listCheckpoints()).map(({ step, operation }) => `${step}/${operation}`);
    assert.deepStrictEqual([...left, ...stale].sort(), ['a/x', 'a/y', 'b/x']);
    assert.equal(existsSync(join(directory, 'b')), left.includes('b/x'), 'folders that are empty go, too');
  }
});

test('maxBytes: the oldest goes until the rest fits', async () => {
  const { checkpoints } = await threeCheckpoints('size');
  const total = await checkpoints.getTotalCheckpointSize();
  const one = total / 3;
  assert.deepStrictEqual(names(await checkpoints.sweep({ maxBytes: total })), []);
  assert.deepStrictEqual(names(await checkpoints.sweep({ maxBytes: one * 2.5, dryRun: true })), ['checkpoint a/x size']);
  assert.deepStrictEqual(
    names(
      await checkpoints.sweep({
        maxBytes: one * 1.5,
        keep: [
          ['a', 'x'],
          ['a', 'y'],
          ['b', 'x'],
        ],
      }),
    ),
    [],
  );
  assert.deepStrictEqual(names(await checkpoints.sweep({ maxBytes: one * 1.5 })), ['checkpoint a/x size', 'checkpoint a/y size']);
});

/** A map of 100 rows that fails at the last; its batches stay. */
async function interrupt(directory: string, operation = 'op') {
  const model = new Model(
    () => 1,
    ({ id }) => id === 99,
  );
  await rejectsWith('ERR_CKPT_ROW_FAILED', () =>
    manager(directory).map('s', operation, articles(100), model.summarise, { ...MAP, batchSize: 20 }),
  );
  const batches = join(directory, 's', `${operation}_batches`);
  return readdirSync(batches).map((name) => join(batches, name));
}

test('batches of an interrupted map stay unless they are stale; finished and damaged ones go', async () => {
  const directory = join(folder, 'batches');
  const checkpoints = manager(directory);
  const batches = await interrupt(directory);
  assert.deepStrictEqual(names(await checkpoints.sweep()), []);
  assert.deepStrictEqual(names(await checkpoints.sweep({ keepHashes: ['h'] })), []);
  truncateSync(batches[0]!, 50);
  assert.deepStrictEqual(names(await checkpoints.sweep({ dryRun: true })), ['batch s/op damaged']);
  assert.equal((await checkpoints.sweep()).removed[0]?.path, batches[0]);
  assert.ok(!existsSync(batches[0]!));
  assert.ok((await checkpoints.map('s', 'op', articles(100), new Model().summarise, { ...MAP, onError: 'collect' })).resumed > 10);

  // Rows that were saved by hand have no record: nobody knows whether they are those of the batches.
  await interrupt(directory, 'other');
  await checkpoints.saveCheckpoint('s', 'other', articles(3), { hash: 'h' });
  assert.deepStrictEqual(names(await checkpoints.sweep()), []);

  await interrupt(directory, 'stale');
  assert.deepStrictEqual(
    [...new Set(names(await checkpoints.sweep({ keepHashes: ['new'] })))],
    ['batch s/other stale', 'batch s/stale stale', 'checkpoint s/op stale', 'checkpoint s/other stale'],
  );
});

/** All files of a directory get new times, in the order of `before`: what a clone, a copy or a download leaves. */
function retime(directory: string, before: (a: string, b: string) => number): void {
  for (const [index, path] of all(directory).sort(before).entries()) age(path, 1 - index / 1000);
}

const ORDERS: Record<string, (a: string, b: string) => number> = {
  'batches first': (a, b) => Number(b.includes('_batches')) - Number(a.includes('_batches')),
  'batches last': (a, b) => Number(a.includes('_batches')) - Number(b.includes('_batches')),
  'all at once': () => 0,
};

for (const [order, before] of Object.entries(ORDERS)) {
  for (const enableArrow of [true, false]) {
    test(`a copy of a directory loses no result, ${enableArrow ? 'Parquet' : 'JSON'}, ${order}`, async () => {
      const original = join(folder, `original ${order} ${enableArrow}`);
      const checkpoints = manager(original, enableArrow);
      await checkpoints.map('s', 'op', articles(20), new Model().summarise, MAP);
      const failing = new Model(undefined, ({ id }) => id === 79);
      await rejectsWith('ERR_CKPT_ROW_FAILED', () =>
        checkpoints.map('s', 'op', articles(80), failing.summarise, { ...MAP, batchSize: 8, flushEvery: 0 }),
      );
      await checkpoints.saveBatchCheckpoint('own', 0, articles(3));
      await checkpoints.saveCheckpoint('s', 'own', articles(5));
      const copy = join(folder, `copy ${order} ${enableArrow}`);
      cpSync(original, copy, { recursive: true });
      retime(copy, before);
      const there = all(copy);
      const copied = manager(copy, enableArrow);
      assert.deepStrictEqual(names(await copied.sweep()), []);
      assert.deepStrictEqual(all(copy), there);
      const model = new Model();
      const { rows } = await copied.map('s', 'op', articles(80), model.summarise, MAP);
      assert.deepStrictEqual(rows, allSummaries(articles(80)));
      assert.ok(model.calls.length < 40, 'most rows were known');
    });

    test(`batches that a killed process left behind its checkpoint go, ${enableArrow ? 'Parquet' : 'JSON'}, ${order}`, async () => {
      const directory = join(folder, `finished ${order} ${enableArrow}`);
      const checkpoints = manager(directory, enableArrow);
      await rejectsWith('ERR_CKPT_ROW_FAILED', () =>
        checkpoints.map('s', 'op', articles(40), new Model(undefined, ({ id }) => id === 39).summarise, {
          ...MAP,
          batchSize: 8,
          flushEvery: 0,
        }),
      );
      const left = `${directory} left`;
      const batches = dirname(all(directory).find((path) => path.includes('batch_'))!);
      cpSync(batches, left, { recursive: true });
      await checkpoints.map('s', 'op', articles(40), new Model().summarise, MAP);
      cpSync(left, batches, { recursive: true });
      retime(directory, before);
      const swept = await checkpoints.sweep();
      assert.ok(swept.removed.length > 0);
      assert.deepStrictEqual([...new Set(names(swept))], ['batch s/op finished']);
      assert.deepStrictEqual(await checkpoints.loadCheckpoint('s', 'op'), allSummaries(articles(40)));
      // A record that is damaged, or rows that are, prove nothing.
      cpSync(left, batches, { recursive: true });
      const final = all(directory).find((path) => !path.includes('batch_') && path.includes('op.'))!;
      truncateSync(final, statSync(final).size - 100);
      assert.deepStrictEqual(names(await checkpoints.sweep()), []);
    });
  }
}

test('batches that cannot be read now, or only by a later version, stay', async () => {
  const directory = join(folder, 'later');
  const checkpoints = manager(directory, false);
  await checkpoints.saveBatchCheckpoint('op', 0, [{ a: 1 }], { hash: 'h' });
  const path = join(directory, 'op_batches', 'batch_0.json');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('"version":1', '"version":2'));
  assert.deepStrictEqual(names(await checkpoints.sweep()), []);
  await rejectsWith('ERR_CKPT_FORMAT_VERSION', () => checkpoints.map('s', 'op', articles(3), new Model().summarise, MAP), { path });
  writeFileSync(path, text.slice(0, 40));
  assert.deepStrictEqual(names(await checkpoints.sweep()), ['batch null/op damaged']);
});

test('what a running map works on stays', async () => {
  const directory = join(folder, 'in use');
  const checkpoints = manager(directory);
  await checkpoints.map('s', 'op', articles(10), new Model().summarise, { ...MAP, hash: 'old' });
  await checkpoints.saveCheckpoint('s', 'free', articles(10));
  let sweeps: Promise<SweepResult[]> | undefined;
  const { rows } = await checkpoints.map(
    's',
    'op',
    articles(50),
    async ({ id }) => {
      if (id === 40) {
        sweeps ??= (async () => [
          await checkpoints.sweep({ keep: [], dryRun: true }),
          await checkpoints.sweep({ keep: [], maxBytes: 0 }),
        ])();
        await sweeps;
      }
      return { id };
    },
    { ...MAP, batchSize: 2, flushEvery: 0 },
  );
  assert.equal(rows.length, 50);
  for (const result of (await sweeps)!) {
    assert.deepStrictEqual(names(result), ['checkpoint s/free stale']);
    assert.ok(result.inUse.length >= 2);
    assert.ok(result.inUse.every(({ step, operation }) => step === 's' && operation === 'op'));
  }
});

test('leftovers of processes that have ended', async () => {
  const { directory, checkpoints } = await threeCheckpoints('leftovers');
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const dead = [
    join(directory, 'a', `.x.parquet.${pid}.abc123.tmp`),
    join(directory, '.lease-0123456789abcdef01234567.lock'),
    join(directory, 'b', '.batch_3.claim'),
  ];
  writeFileSync(dead[0]!, 'x'.repeat(1000));
  age(dead[0]!, 1);
  writeFileSync(dead[1]!, JSON.stringify({ ...thisHolder('t'), pid }));
  writeFileSync(dead[2]!, String(pid));
  const alive = [
    join(directory, 'a', `.x.parquet.${process.pid}.abc123.tmp`),
    join(directory, 'a', `.y.parquet.${pid}.abc123.tmp`),
    join(directory, '.lease-ffffffffffffffffffffffff.lock'),
    join(directory, 'b', '.batch_4.claim'),
  ];
  writeFileSync(alive[0]!, 'of this process');
  age(alive[0]!, 1);
  writeFileSync(alive[1]!, 'just written, perhaps by another machine');
  writeFileSync(alive[2]!, JSON.stringify(thisHolder('t')));
  writeFileSync(alive[3]!, String(process.pid));
  const result = await checkpoints.sweep();
  assert.deepStrictEqual(result.removed.map(({ path }) => path).sort(), [...dead].sort());
  assert.ok(result.bytes > 1000);
  for (const path of dead) assert.ok(!existsSync(path));
  for (const path of alive) assert.ok(existsSync(path));
});

test('options are checked; without a directory there is nothing', async () => {
  const checkpoints = manager(join(folder, 'options'));
  await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => checkpoints.sweep({ all: true } as object));
  for (const options of [
    { keep: ['a'] },
    { keepHashes: 'a' },
    { olderThan: -1 },
    { olderThan: new Date(Number.NaN) },
    { maxBytes: '1' },
    { dryRun: 1 },
  ])
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints.sweep(options as object));
  assert.deepStrictEqual(await checkpoints.sweep({ keep: [] }), { removed: [], bytes: 0, keptBytes: 0, inUse: [], dryRun: false });
  assert.deepStrictEqual(names(await manager(null as unknown as string).sweep({ keep: [] })), []);
});

test('arrow-ckpt sweep', async () => {
  const { directory } = await threeCheckpoints('cli');
  const before = all(directory);
  const dry = await cli(['sweep', directory, '--older-than', '36h', '--dry-run']);
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, /○ Would remove: a\/x\.parquet, [\d.]+ K?B \(stale\)\n○ Would remove: a\/y\.parquet/);
  assert.match(dry.stdout, /Would remove 2 files, [\d.]+ K?B; [\d.]+ K?B of checkpoints, batches and kept results stay\n$/);
  assert.deepStrictEqual(all(directory), before);
  const json = await cli(['sweep', directory, '--keep', 'a/y', '--keep', '["b","x"]', '--keep-hash', '9', '--json']);
  assert.deepStrictEqual(
    (JSON.parse(json.stdout) as SweepResult).removed.map(({ path }) => path),
    [join(directory, 'a', 'x.parquet')],
  );
  const size = statSync(join(directory, 'a', 'y.parquet')).size;
  const small = await cli(['sweep', directory, '--max-bytes', `${size / 1024}KB`]);
  assert.match(small.stdout, /✓ Removed: a\/y\.parquet, [\d.]+ K?B \(to fit\)/);
  assert.match((await cli(['sweep', directory])).stdout, /^Removed 0 files, 0 B; /);
  for (const wrong of [
    ['--older-than', '3 days'],
    ['--max-bytes', 'all'],
    ['--keep', 'a'],
    ['--keep', '["a"]'],
  ])
    assert.equal((await cli(['sweep', directory, ...wrong])).code, 2, wrong.join(' '));
  assert.equal((await cli(['sweep', join(directory, 'none')])).code, 3);
});
