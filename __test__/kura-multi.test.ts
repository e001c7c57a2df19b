import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  JsonlCheckpointManager,
  MultiCheckpointManager,
  ParquetCheckpointManager,
  type MultiCheckpointManagerOptions,
  type Row,
} from 'arrow-ckpt';
import { Cluster } from 'arrow-ckpt/kura';
import { failureOf, rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { Lines, StubManager } from './support/kura-stub.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const ROWS: Row[] = [{ a: 1, b: [new Date(0)] }, { a: 2 }];
const root = tempFolder('kura-multi');
let count = 0;

interface Pair {
  jsonl: JsonlCheckpointManager;
  parquet: ParquetCheckpointManager;
  multi: MultiCheckpointManager;
  lines: Lines;
}

/** A Multi over JSONL and Parquet, each in a directory of its own, in this order. */
function pair(options: MultiCheckpointManagerOptions = {}): Pair {
  const lines = new Lines();
  const directory = join(root, `d${count++}`);
  const jsonl = new JsonlCheckpointManager(join(directory, 'jsonl'), { logger: false });
  const parquet = new ParquetCheckpointManager(join(directory, 'parquet'), { logger: false });
  return { jsonl, parquet, lines, multi: new MultiCheckpointManager([jsonl, parquet], { logger: lines.logger, ...options }) };
}

suite('MultiCheckpointManager over JSONL and Parquet', noBinding, () => {
  test('all_enabled saves everywhere, under one name', async () => {
    const { multi, jsonl, parquet, lines } = pair();
    function* once(): Generator<Row> {
      yield* ROWS;
    }
    const path = await multi.saveCheckpoint('summaries.parquet', once(), { hash: 'h', metadata: { m: 'x' } });
    assert.equal(path, join(jsonl.directory, 'summaries.jsonl'));
    assert.equal(await multi.getCheckpointPath('summaries'), path);
    for (const manager of [jsonl, parquet, multi]) assertExact(await manager.loadCheckpoint('summaries'), ROWS);
    assert.deepStrictEqual(await multi.listCheckpoints(), ['summaries']);
    const info = await multi.getCheckpointInfo('summaries.jsonl');
    assert.deepStrictEqual([info?.name, info?.format, info?.hash, info?.metadata], ['summaries', 'jsonl', 'h', { m: 'x' }]);
    assert.deepStrictEqual(await multi.getStats(), {
      type: 'MultiCheckpointManager',
      enabled: true,
      directory: jsonl.directory,
      checkpoints: 1,
      saveStrategy: 'all_enabled',
      loadStrategy: 'first_found',
      heal: false,
      managers: [await jsonl.getStats(), await parquet.getStats()],
    });
    assert.equal(await multi.deleteCheckpoint('summaries.jsonl'), true);
    assert.equal(await multi.deleteCheckpoint('summaries'), false);
    for (const manager of [jsonl, parquet]) assert.equal(await manager.loadCheckpoint('summaries'), null);
    assert.equal(await multi.loadCheckpoint('summaries'), null);
    assert.equal(await multi.getCheckpointInfo('summaries'), null);
    assert.deepStrictEqual(lines.warnings, []);
  });

  test('primary_only saves in the first', async () => {
    const { multi, jsonl, parquet } = pair({ saveStrategy: 'primary_only' });
    await multi.saveCheckpoint('a', ROWS);
    assertExact(await jsonl.loadCheckpoint('a'), ROWS);
    assert.equal(await parquet.loadCheckpoint('a'), null);
  });

  for (const loadStrategy of ['first_found', 'priority'] as const) {
    test(`a damaged file is passed over with a warning: ${loadStrategy}`, async () => {
      const { multi, jsonl, lines } = pair({ loadStrategy });
      const path = (await multi.saveCheckpoint('a', ROWS))!;
      await writeFile(path, 'damaged');
      assertExact(await multi.loadCheckpoint('a'), ROWS);
      assert.equal(lines.warnings.length, 1);
      assert.match(
        lines.warnings[0]!,
        /^could not load checkpoint 'a' from JsonlCheckpointManager '.+', loaded it from ParquetCheckpointManager '.+' instead: .+ \(ERR_CKPT_NOT_A_CHECKPOINT\)$/,
      );
      assert.ok(lines.warnings[0]!.includes(path));
      assert.equal(await readFile(path, 'utf8'), 'damaged');
      assert.deepStrictEqual(await multi.listCheckpoints(), ['a']);
      assert.deepStrictEqual(await jsonl.listCheckpoints(), []);
      assert.equal((await multi.getCheckpointInfo('a'))?.format, 'parquet');
    });

    test(`one that is missing in the first is loaded from the next: ${loadStrategy}`, async () => {
      const { multi, parquet, lines } = pair({ loadStrategy });
      await parquet.saveCheckpoint('a', ROWS);
      assertExact(await multi.loadCheckpoint('a'), ROWS);
      // Where it belongs in the first, that it is not there is worth a word.
      assert.deepStrictEqual(lines.warnings.length, loadStrategy === 'priority' ? 1 : 0);
      if (loadStrategy === 'priority') assert.match(lines.warnings[0]!, /instead: there is none$/);
    });
  }

  test('a damaged or missing one is healed, with its hash, as it was saved', async () => {
    for (const damage of ['damaged', null]) {
      const { multi, jsonl, lines } = pair({ heal: true });
      const rows = [{ id: 'i', name: 'n', description: 'd', slug: 's', chat_ids: ['c'], parent_id: null, count: 1, extra: new Date(0) }];
      const path = (await multi.saveCheckpoint('a', rows, { hash: 'h', metadata: { m: 'x' } }))!;
      if (damage === null) await rm(path);
      else await writeFile(path, damage);
      // The schema drops a key, and only a column is wanted: what is healed is the whole.
      const loaded = await multi.loadCheckpoint('a', Cluster, { hash: 'h', where: { id: 'i' } });
      assert.deepStrictEqual(Object.keys(loaded![0]!), Object.keys(rows[0]!).slice(0, -1));
      assertExact(await jsonl.loadCheckpoint('a', undefined, { hash: 'h' }), rows);
      assert.deepStrictEqual((await jsonl.getCheckpointInfo('a'))?.metadata, { m: 'x' });
      assert.match(lines.info.join(), /✓ Healed checkpoint 'a' at .+a\.jsonl from ParquetCheckpointManager/);
      lines.warnings.length = lines.info.length = 0;
      await multi.loadCheckpoint('a');
      assert.deepStrictEqual([lines.warnings, lines.info], [[], []]);
    }
  });

  test('one that is torn is damaged while another is whole, and better than nothing', async () => {
    const { multi, jsonl, parquet, lines } = pair({ heal: true });
    const path = (await multi.saveCheckpoint('a', [{ a: 1 }, { a: 2 }]))!;
    await truncate(path, 12);
    assert.deepStrictEqual(await multi.loadCheckpoint('a'), [{ a: 1 }, { a: 2 }]);
    assert.match(lines.warnings.join(), /line 2.*ERR_CKPT_TRUNCATED/);
    assert.deepStrictEqual(await jsonl.loadCheckpoint('a'), [{ a: 1 }, { a: 2 }]);
    await truncate(path, 12);
    await writeFile(await parquet.getCheckpointPath('a'), 'damaged');
    assert.deepStrictEqual(await multi.loadCheckpoint('a'), [{ a: 1 }]);
    await rejectsWith('ERR_CKPT_TRUNCATED', () => multi.loadCheckpoint('a', undefined, { torn: 'refuse' }));
  });

  test('where all fail the error names each manager and its reason', async () => {
    const { multi, jsonl, parquet } = pair();
    await multi.saveCheckpoint('a', ROWS);
    for (const manager of [jsonl, parquet]) await writeFile(await manager.getCheckpointPath('a'), '{"a":1}\n{"a":');
    await writeFile(await jsonl.getCheckpointPath('a'), '{"a":\n{"a":1}\n');
    const message = new RegExp(
      `^checkpoint 'a' could not be loaded from any manager: JsonlCheckpointManager '${jsonl.directory}': .*line 1.* \\(ERR_CKPT_CORRUPT\\); ParquetCheckpointManager '${parquet.directory}': .+ \\(ERR_CKPT_\\w+\\)$`,
    );
    const error = await rejectsWith('ERR_CKPT_CORRUPT', () => multi.loadCheckpoint('a'), { message });
    assert.ok(error.cause instanceof AggregateError && error.cause.errors.length === 2);
    // One that is damaged in the only manager that has it is there, but cannot be read.
    await parquet.deleteCheckpoint('a');
    await rejectsWith('ERR_CKPT_CORRUPT', () => multi.loadCheckpoint('a'));
    await rejectsWith('ERR_CKPT_TRUNCATED', async () => {
      await writeFile(await jsonl.getCheckpointPath('a'), '{"a":');
      return multi.getCheckpointInfo('a');
    });
  });

  test('errors of a call, its rows and its schema are thrown as they are', async () => {
    const { multi, parquet, lines } = pair();
    await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => multi.saveCheckpoint('a', [{ a: () => 1 }]), { row: 0, column: 'a' });
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => multi.saveCheckpoint('', []));
    await rejectsWith('ERR_CKPT_ROWS_NOT_ITERABLE', () => multi.saveCheckpoint('a', 5 as never));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => multi.loadCheckpoint('a', undefined, { torn: 1 } as object));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => multi.loadCheckpoint('a', undefined, null as never));
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => multi.loadCheckpoint('a', undefined, { colums: [] } as object));
    await multi.saveCheckpoint('a', ROWS);
    await rejectsWith('ERR_CKPT_SCHEMA', () => multi.loadCheckpoint('a', Cluster));
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => multi.deleteCheckpoint(''));
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => multi.getCheckpointInfo(''));
    assertExact(await parquet.loadCheckpoint('a'), ROWS);
    assert.deepStrictEqual(lines.warnings, []);
    const source = new Error('source');
    async function* failing(): AsyncGenerator<Row> {
      yield {};
      throw source;
    }
    assert.equal(await failureOf(() => multi.saveCheckpoint('a', failing())), source);
    const reason = new Error('enough');
    for (const call of [
      () => multi.saveCheckpoint('a', ROWS, { signal: AbortSignal.abort(reason) }),
      () => multi.loadCheckpoint('a', undefined, { signal: AbortSignal.abort(reason) }),
    ])
      assert.equal(await failureOf(call), reason);
  });

  test('a save that only one manager cannot make is one of the others', async () => {
    const lines = new Lines();
    const directory = join(root, `d${count++}`);
    const parquet = new ParquetCheckpointManager(join(directory, 'parquet'), { logger: false, compat: 'kura' });
    const jsonl = new JsonlCheckpointManager(join(directory, 'jsonl'), { logger: false });
    const multi = new MultiCheckpointManager([parquet, jsonl], { logger: lines.logger });
    const cluster = { id: 'i', name: 'n', description: 'd', slug: 's', chat_ids: [], parent_id: null };
    await multi.saveCheckpoint('a', [cluster]);
    // Kura's Parquet has no place for this one: the older checkpoint must not be loaded in its place.
    assert.equal(await multi.saveCheckpoint('a', [{ ...cluster, mine: 1 }]), join(directory, 'jsonl', 'a.jsonl'));
    assert.match(
      lines.warnings[0]!,
      /^ParquetCheckpointManager '.+' could not save checkpoint 'a', which is at .+a\.jsonl: .*ERR_CKPT_NOT_COMPATIBLE\); its older one was removed$/,
    );
    assert.deepStrictEqual(await readdir(join(directory, 'parquet')), []);
    assertExact(await multi.loadCheckpoint('a'), [{ ...cluster, mine: 1 }]);
  });
});

describe('MultiCheckpointManager over managers of any kind', () => {
  function stubs(options: MultiCheckpointManagerOptions = {}) {
    const lines = new Lines();
    const [first, second, third] = [new StubManager(), new StubManager(), new StubManager()];
    return { first, second, third, lines, multi: new MultiCheckpointManager([first, second, third], { logger: lines.logger, ...options }) };
  }

  test('what cannot be saved in one is saved in the others', async () => {
    const { first, second, third, lines, multi } = stubs();
    first.failing.set('saveCheckpoint', new Error('the disk is on fire'));
    assert.equal(await multi.saveCheckpoint('a', ROWS), 'memory/a');
    assert.deepStrictEqual([first.rows.size, second.rows.size, third.rows.size], [0, 1, 1]);
    assert.deepStrictEqual(lines.warnings, [
      "StubManager 'memory' could not save checkpoint 'a', which is at memory/a: Error: the disk is on fire",
    ]);
    first.failing.set('loadCheckpoint', new Error('smoke'));
    assert.deepStrictEqual(await multi.loadCheckpoint('a'), ROWS);
    assert.match(lines.warnings[1]!, /instead: Error: smoke$/);
  });

  test('primary_only goes to the next where the first fails, and no further', async () => {
    const { first, second, third, multi } = stubs({ saveStrategy: 'primary_only' });
    first.rows.set('a', [{ old: 1 }]);
    first.failing.set('saveCheckpoint', new Error('full'));
    await multi.saveCheckpoint('a', ROWS);
    assert.deepStrictEqual([first.rows.size, second.rows.size, third.rows.size], [0, 1, 0]);
    assert.deepStrictEqual(await multi.loadCheckpoint('a'), ROWS);
    first.enabled = false;
    await multi.saveCheckpoint('b', ROWS);
    assert.ok(second.rows.has('b'));
  });

  test('a save fails where all do, and where an older checkpoint would be loaded in its place', async () => {
    const { first, second, third, multi, lines } = stubs();
    for (const manager of [first, second, third]) manager.failing.set('saveCheckpoint', new Error(`no ${manager.directory}`));
    const error = await rejectsWith('ERR_CKPT_IO', () => multi.saveCheckpoint('a', ROWS), {
      message: /^checkpoint 'a' could not be saved by any manager: StubManager.*; StubManager.*; StubManager/,
    });
    assert.equal((error.cause as AggregateError).errors.length, 3);
    second.failing.clear();
    first.rows.set('a', [{ old: 1 }]);
    first.failing.set('deleteCheckpoint', new Error('read-only'));
    await rejectsWith('ERR_CKPT_IO', () => multi.saveCheckpoint('a', ROWS), {
      message: /older one could not be removed and would be loaded/,
    });
    // Behind the one that has the new rows, or unreadable, it is in nobody's way.
    first.failing.set('getCheckpointInfo', new Error('unreadable'));
    third.failing.set('deleteCheckpoint', new Error('read-only'));
    third.rows.set('a', [{ old: 1 }]);
    await multi.saveCheckpoint('a', ROWS);
    assert.equal(lines.warnings.length, 2 + 1);
  });

  test('disabled managers are left alone, and it is enabled while one of them is', async () => {
    const { first, second, third, multi } = stubs();
    first.enabled = false;
    assert.equal(multi.enabled, true);
    await multi.saveCheckpoint('a', ROWS);
    await multi.loadCheckpoint('a');
    await multi.deleteCheckpoint('a');
    await multi.listCheckpoints();
    assert.deepStrictEqual(first.calls, []);
    second.enabled = third.enabled = false;
    assert.equal(multi.enabled, false);
    assert.equal(await multi.saveCheckpoint('a', ROWS), null);
    assert.equal(await multi.loadCheckpoint('a'), null);
    assert.equal(await multi.deleteCheckpoint('a'), false);
    assert.deepStrictEqual(await multi.listCheckpoints(), []);
    assert.equal(await multi.getCheckpointPath('a'), 'memory/a');
  });

  test('a list misses what a failing manager has, and a deletion tells of it', async () => {
    const { first, second, third, multi, lines } = stubs();
    second.rows.set('b', []);
    third.rows.set('a', []);
    first.failing.set('listCheckpoints', new Error('away'));
    assert.deepStrictEqual(await multi.listCheckpoints(), ['a', 'b']);
    assert.deepStrictEqual(lines.warnings, ["StubManager 'memory' could not list its checkpoints: Error: away"]);
    for (const manager of [second, third]) manager.failing.set('listCheckpoints', new Error('away'));
    await rejectsWith('ERR_CKPT_IO', () => multi.listCheckpoints(), { message: /no manager could list/ });
    first.failing.set('deleteCheckpoint', new Error('away'));
    await rejectsWith('ERR_CKPT_IO', () => multi.deleteCheckpoint('a'), { message: /could not be removed everywhere/ });
    assert.ok(!third.rows.has('a'));
  });

  test('one that cannot be healed is told of, and the rows are there', async () => {
    const { first, second, multi, lines } = stubs({ heal: true });
    second.rows.set('a', ROWS);
    first.failing.set('saveCheckpoint', new Error('full'));
    assert.deepStrictEqual(await multi.loadCheckpoint('a'), ROWS);
    assert.deepStrictEqual(lines.warnings, ["could not heal checkpoint 'a' in StubManager 'memory': Error: full"]);
    second.failing.set('getCheckpointInfo', new Error('no'));
    assert.deepStrictEqual(await multi.loadCheckpoint('a'), ROWS);
    assert.match(lines.warnings[1]!, /could not heal checkpoint 'a' from/);
  });

  test('it may hold another of its kind', async () => {
    const { first, multi } = stubs();
    const outer = new MultiCheckpointManager([multi, new StubManager()], { logger: false });
    await outer.saveCheckpoint('a', ROWS);
    assert.ok(first.rows.has('a'));
    assert.deepStrictEqual(await outer.loadCheckpoint('a'), ROWS);
    assert.equal((await outer.getStats()).managers.length, 2);
    assert.equal(outer.managers.length, 2);
  });

  test('wrong managers and options', async () => {
    const manager = new StubManager();
    const make =
      (managers: unknown, options: object = {}) =>
      () =>
        new MultiCheckpointManager(managers as StubManager[], options);
    for (const managers of [[], null, manager, 'x'])
      await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', make(managers), { message: /at least one manager/ });
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', make([manager, {}]), { message: /managers\[1\] .* has no method saveCheckpoint/ });
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', make([null]), { message: /managers\[0\]/ });
    await rejectsWith('ERR_CKPT_INVALID_OPTION', make([manager], { saveStrategy: 'some' }), {
      message: /all_enabled, primary_only, got "some"/,
    });
    await rejectsWith('ERR_CKPT_INVALID_OPTION', make([manager], { loadStrategy: 1 }), { message: /first_found, priority/ });
    await rejectsWith('ERR_CKPT_INVALID_OPTION', make([manager], { heal: 'yes' }), { message: /heal/ });
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', make([manager], { strategy: 'x' }));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', make([manager], { logger: 1 }));
  });
});

test(
  'a directory that may not be written',
  { skip: process.getuid?.() === 0 ? 'root may write anywhere' : process.platform === 'win32' && 'modes are for Unix' },
  async () => {
    const locked = join(root, 'locked');
    await mkdir(locked);
    chmodSync(locked, 0o555);
    const multi = new MultiCheckpointManager([new JsonlCheckpointManager(locked, { logger: false }), new StubManager()], { logger: false });
    assert.equal(await multi.saveCheckpoint('a', ROWS), 'memory/a');
    assert.deepStrictEqual(await multi.loadCheckpoint('a'), ROWS);
  },
);

test('a directory that is a file', async () => {
  const file = join(root, 'file');
  await writeFile(file, '');
  const lines = new Lines();
  const multi = new MultiCheckpointManager([new JsonlCheckpointManager(file, { logger: false }), new StubManager()], {
    logger: lines.logger,
  });
  assert.equal(await multi.saveCheckpoint('a', ROWS), 'memory/a');
  assert.deepStrictEqual(await multi.loadCheckpoint('a'), ROWS);
  assert.deepStrictEqual(await multi.listCheckpoints(), ['a']);
  for (const line of lines.warnings) assert.match(line, /ERR_CKPT_NOT_A_FILE/);
  assert.equal(lines.warnings.length, 3);
});
