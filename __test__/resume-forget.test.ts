import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, type ForgetOptions, type MapOptions, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { KeptStore } from './support/kept-store.ts';
import { allSummaries, articles, manager, MAP, Model, type Article } from './support/map-rows.ts';
import { runProgram } from './support/run-program.ts';
import { sharingAny } from './support/sharing-any.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('forget');
const ROWS = articles(60);
let stores = 0;
const newStore = (enableArrow = true): KeptStore => new KeptStore(join(folder, `store ${stores++}`), enableArrow);
const forget = ({ directory, enableArrow }: KeptStore, options: ForgetOptions): Promise<number> =>
  manager(directory, enableArrow).forget('s', 'op', options);
const edited = (title: string): Article[] => ROWS.map((row) => (row.id === 7 ? { ...row, title } : row));

/** Ends with a failure at the last row; gives how many calls there were for others. */
async function interrupted(store: KeptStore, rows: readonly Article[], hash = 'h'): Promise<number> {
  const model = new Model(
    () => 0,
    ({ id }) => id === rows.at(-1)?.id,
  );
  const run = manager(store.directory, store.enableArrow).map('s', 'op', rows, model.summarise, { ...MAP, hash, batchSize: 8 });
  await rejectsWith('ERR_CKPT_ROW_FAILED', () => run);
  return model.calls.length - 1;
}

for (const enableArrow of [true, false]) {
  describe(`forget, ${enableArrow ? 'Parquet' : 'JSON'}`, () => {
    test('by keys: the next map computes these rows and no others', async () => {
      const store = newStore(enableArrow);
      await store.calls(ROWS);
      // Row 3 has no results, row 7 has three.
      assert.equal(await forget(store, { keys: [0, 3, 7, 59, 99, '5'] }), 4);
      const left = ROWS.filter(({ id }) => ![0, 3, 7, 59].includes(id));
      const checkpoints = manager(store.directory, enableArrow);
      assertExact(await checkpoints.loadCheckpoint('s', 'op', { hash: 'h' }), allSummaries(left));
      const partial = await checkpoints.loadPartialResults('s', 'op');
      assert.deepStrictEqual([partial?.inputRows, partial?.isPartial], [56, false]);
      const plan = await checkpoints.planIncremental('s', 'op', ROWS, { key: 'id', hash: 'h' });
      assert.deepStrictEqual(
        plan.new.map(({ id }) => id),
        [0, 3, 7, 59],
      );
      assert.equal(await store.calls(left), 0, 'the rest is the result of the rest');
      assert.equal(await store.calls(ROWS), 4);
      assert.equal(await store.calls(ROWS), 0);
      assert.equal(await forget(store, { keys: [] }), 0);
      assert.equal(await forget(store, { where: {} }), 60 - 6, 'all that have results');
      assert.equal(await store.calls(ROWS), 54);
    });

    test('by a condition on results, and by both', async () => {
      const store = newStore(enableArrow);
      await store.calls(ROWS);
      assert.equal(await forget(store, { where: { part: 2 }, keys: [7, 8, 17] }), 2);
      assert.equal(await store.streamed(ROWS), 2);
      assert.equal(await forget(store, { where: { part: { $gt: 0 } } }), 6);
      assert.equal(await store.calls(ROWS), 6);
      assert.equal(await forget(store, { where: { error: { $exists: true } } }), 0);
      for (const where of [{ prat: { $ne: 1 } }, { prat: null }, { $or: [{ id: 1 }, { prat: 1 }] }])
        await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => forget(store, { where }), { column: 'prat' });
      assert.equal(await store.calls(ROWS), 0);
    });

    test('of one hash or of all, in the checkpoint and among kept results', async () => {
      const store = newStore(enableArrow);
      for (const hash of ['g', 'h']) await store.calls(ROWS, hash);
      assert.equal(await forget(store, { keys: [1, 2], hash: 'h' }), 2);
      assert.equal(await forget(store, { keys: [1, 2], hash: 'f' }), 0);
      assert.equal(await store.calls(ROWS, 'h'), 2);
      assert.equal(await store.calls(ROWS, 'g'), 0);
      assert.equal(await forget(store, { where: { id: { $in: [4, 5, 6] } } }), 3);
      assert.equal(await store.calls(ROWS, 'g'), 3);
      assert.equal(await store.calls(ROWS, 'h'), 3);
      assert.equal(await forget(store, { where: {}, hash: 'g' }), 54);
      assert.equal(await store.calls(ROWS, 'h'), 0);
    });

    test('of earlier content: a key has them all, a condition those that fit it', async () => {
      const store = newStore(enableArrow);
      for (const title of ['first', 'second', 'third']) await store.calls(edited(title));
      assert.equal(await forget(store, { where: { text: 'second, part 1' } }), 1);
      for (const title of ['first', 'third']) assert.equal(await store.calls(edited(title)), 0);
      assert.equal(await store.calls(edited('second')), 1);
      assert.equal(await forget(store, { keys: [7] }), 1);
      for (const title of ['first', 'second', 'third']) assert.equal(await store.calls(edited(title)), 1);
      assert.equal(await forget(store, { keys: ROWS.map(({ id }) => id) }), 60);
      assert.ok(!existsSync(join(store.directory, 's', '.kept')), 'nothing is left of an empty folder');
      assertExact(await manager(store.directory, enableArrow).loadCheckpoint('s', 'op'), []);
      assert.equal(await store.calls(ROWS), 60);
    });

    test('of an interrupted map', async () => {
      const store = newStore(enableArrow);
      await store.calls(ROWS.slice(0, 10));
      const done = await interrupted(store, ROWS);
      assert.equal(done, 49);
      assert.equal(await forget(store, { keys: [5, 17, 18] }), 3);
      const checkpoints = manager(store.directory, enableArrow);
      assert.deepStrictEqual([(await checkpoints.loadPartialResults('s', 'op'))?.inputRows], [56]);
      assert.equal((await checkpoints.failures('s', 'op')).length, 1, 'failures of other rows stay');
      assert.equal(await store.calls(ROWS), 4);
      await interrupted(store, ROWS.toReversed(), 'x');
      assert.equal(await forget(store, { keys: ROWS.map(({ id }) => id), hash: 'x' }), 60);
      assert.ok(!existsSync(join(store.directory, 's', 'op_batches')));
      assert.equal(await store.calls(ROWS), 0);
    });

    test('failures of keys, so that they are called again', async () => {
      const store = newStore(enableArrow);
      const checkpoints = manager(store.directory, enableArrow);
      const run = async (ids: readonly number[]): Promise<number[]> => {
        const model = new Model(
          () => 0,
          ({ id }) => ids.includes(id),
        );
        await checkpoints.map('s', 'op', ROWS, model.summarise, { ...MAP, onError: 'skip', retryFailed: false });
        return model.calls.length === 60 ? [] : model.calls;
      };
      const skipped = async (): Promise<unknown> =>
        JSON.parse((await checkpoints.getCheckpointInfo('s', 'op'))?.metadata['arrow-ckpt.skipped'] ?? 'null');
      await run([1, 2, 3]);
      assert.deepStrictEqual(await skipped(), { rows: 3, keys: ['1', '2', '3'] });
      assert.equal(await forget(store, { keys: [2] }), 1);
      assert.deepStrictEqual(await skipped(), { rows: 2, keys: ['1', '3'] });
      assert.deepStrictEqual(await run([2]), [2]);
      assert.deepStrictEqual((await checkpoints.failures('s', 'op')).map(({ key }) => key).sort(), [1, 2, 3]);
      assert.equal(await forget(store, { keys: [1, 2, 3], where: {} }), 0, 'with a condition on results they stay');
      assert.equal(await forget(store, { keys: [1, 2, 3] }), 3);
      assert.deepStrictEqual([await skipped(), await checkpoints.failures('s', 'op')], [null, []]);
      assert.deepStrictEqual(await run([]), [1, 2, 3]);
    });

    test('what the others cost stays, and what these cost goes', async () => {
      const directory = join(folder, `usage ${enableArrow}`);
      const checkpoints = manager(directory, enableArrow);
      const usage = (result: unknown) => ({ cost: Number((result as Row)['id']), inputTokens: 3 });
      const options = { key: 'id', hash: 'h', usage } as const;
      const run = () => checkpoints.map('s', 'op', ROWS, ({ id }: Article) => ({ id }), options);
      const total = (await run()).usage.total;
      assert.deepStrictEqual([total.cost, total.calls], [1770, 60]);
      await checkpoints.forget('s', 'op', { keys: [10, 20] });
      const left = await checkpoints.map(
        's',
        'op',
        ROWS.filter(({ id }) => id !== 10 && id !== 20),
        () => assert.fail(),
        options,
      );
      assert.deepStrictEqual([left.calls, left.usage.total.cost, left.usage.total.calls], [0, 1740, 58]);
      const again = (await run()).usage;
      assert.deepStrictEqual([again.run.cost, again.run.calls, again.total], [30, 2, total]);
    });

    test('files without such rows stay as they are; others keep their time, hash, metadata and columns', async () => {
      const store = newStore(enableArrow);
      const checkpoints = manager(store.directory, enableArrow);
      const run = (rows: readonly Article[], hash: string) =>
        checkpoints.map('s', 'op', rows, ({ id }: Article) => ({ id, ratio: id === 7 ? 0.5 : id }), {
          key: 'id',
          hash,
          metadata: { by: 'us' },
          compression: 'gzip',
        });
      await run(ROWS, 'g');
      await run(ROWS.slice(0, 40), 'h');
      const paths = [join(store.directory, 's', `op.${enableArrow ? 'parquet' : 'json'}`), join(store.kept, store.files[0]!)];
      for (const path of paths) utimesSync(path, 1_700_000_000, 1_700_000_000);
      const before = paths.map((path) => statSync(path));
      assert.equal(await forget(store, { keys: [7], hash: 'h' }), 1);
      const after = paths.map((path) => statSync(path));
      assert.deepStrictEqual([after[0]!.mtimeMs, after[1]!.ino], [1_700_000_000_000, before[1]!.ino]);
      assert.notEqual(after[0]!.ino, before[0]!.ino);
      const info = (await checkpoints.getCheckpointInfo('s', 'op'))!;
      assert.deepStrictEqual([info.hash, info.metadata, info.rows], ['h', { by: 'us' }, 39]);
      if (enableArrow)
        assert.deepStrictEqual(
          info.columns.map(({ type, codec }) => [type, codec]),
          [
            ['int64', 'gzip'],
            ['double', 'gzip'],
          ],
        );
      assert.deepStrictEqual(readdirSync(join(store.directory, 's')).sort(), ['.kept', paths[0]!.split('/').at(-1)]);
    });
  });
}

describe('forget', () => {
  test('needs to know what, and forgets nothing at a wrong option', async () => {
    const store = newStore();
    await store.calls(ROWS);
    const wrong: unknown[] = [{}, { hash: 'h' }, { keys: 1 }, { keys: '1' }, { keys: [null] }, { keys: [Number.NaN] }, { keys: [[]] }];
    wrong.push({ where: 1 }, { where: { a: { $x: 1 } } }, { keys: [1], hash: 1 }, null, 7);
    for (const options of wrong) await rejectsWith('ERR_CKPT_INVALID_OPTION', () => forget(store, options as ForgetOptions));
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => forget(store, { keys: [1], key: 1 } as ForgetOptions));
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => manager(store.directory).forget('s', '', { keys: [1] }));
    assert.equal(await manager(store.directory).forget('s', 'other', { keys: [1] }), 0);
    assert.equal(await manager(null).forget('s', 'op', { keys: [1] }), 0);
    assert.equal(await store.calls(ROWS), 0);
  });

  test('all kinds of keys', async () => {
    const directory = join(folder, 'kinds');
    const checkpoints = manager(directory);
    const keys = [1, '1', 1n, [1], true, 'true', ['a', 2], -0, 0, 'ä,"', Number.POSITIVE_INFINITY] as const;
    const rows = keys.map((_, id) => ({ id }));
    const run = async (): Promise<number> =>
      (await checkpoints.map('s', 'op', rows, ({ id }) => ({ id }), { key: ({ id }) => keys[id]! })).calls;
    assert.equal(await run(), keys.length);
    for (const key of keys) {
      assert.equal(await checkpoints.forget('s', 'op', { keys: [key] }), 1, String(key));
      assert.equal(await run(), 1);
    }
  });

  test('is refused while another process or a stream works on the operation, and waits for a map of this process', async () => {
    const store = newStore();
    await store.calls(ROWS);
    const checkpoints = manager(store.directory);
    const stream = checkpoints.mapStream('s', 'op', ROWS, new Model().summarise, MAP);
    await stream.next();
    await rejectsWith('ERR_CKPT_LOCKED', () => forget(store, { keys: [1] }));
    await stream.return(undefined as never);
    const run = checkpoints.map('s', 'op', [...ROWS, { id: 60, title: '' }], new Model(() => 20).summarise, MAP);
    await run.unordered().next();
    assert.equal(await forget(store, { keys: [1, 60] }), 2);
    assert.equal((await run).computed, 1);
    const inside = checkpoints.map('s', 'op', [{ id: 61 }], () => checkpoints.forget('s', 'op', { keys: [1] }) as never, MAP);
    await rejectsWith('ERR_CKPT_ROW_FAILED', () => inside);
  });

  test('a batch of saveBatchCheckpoint and a checkpoint of a save are not of a map', async () => {
    const store = newStore();
    const checkpoints = manager(store.directory);
    await checkpoints.saveCheckpoint('s', 'op', [{ id: 1 }], { hash: 'h' });
    await checkpoints.saveBatchCheckpoint('op', 0, [{ id: 1 }], { step: 's' });
    assert.equal(await forget(store, { where: { id: 1 } }), 0);
    assertExact(await checkpoints.loadCheckpoint('s', 'op'), [{ id: 1 }]);
    assertExact(await checkpoints.loadBatchCheckpoints('op'), [[{ id: 1 }]]);
  });

  test("in DocETL's form", async () => {
    const directory = join(folder, 'docetl');
    const checkpoints = new CheckpointManager(directory, { logger: false, compat: 'docetl' });
    const run = () => checkpoints.map('s', 'op', ROWS, ({ id }: Article) => ({ id, text: `${id}`, list: [id] }), MAP);
    const { rows } = await run();
    assert.equal(await checkpoints.forget('s', 'op', { where: { id: { $lt: 5 } } }), 5);
    assert.ok(readFileSync(join(directory, 's', 'op.parquet')).includes('arrow-ckpt.compat'), 'it is still in that form');
    const again = await run();
    assert.deepStrictEqual([again.calls, again.rows], [5, rows]);
  });

  test('a thin checkpoint becomes a whole one, and others that share its values are right', async () => {
    await sharingAny(async () => {
      const store = newStore();
      const checkpoints = manager(store.directory);
      const long = 'a text that is long enough to be worth a reference, '.repeat(4);
      const rows = Array.from({ length: 200 }, (_, id) => ({ id, text: `${id} ${long}` }));
      const options = { key: 'id', hash: 'h', base: { step: 's', operation: 'base' } } as const satisfies MapOptions;
      let calls = 0;
      const fn = ({ id, text }: (typeof rows)[number]) => (calls++, { id, text });
      await checkpoints.saveCheckpoint('s', 'base', rows, { base: 'auto' });
      await checkpoints.map('s', 'op', rows, fn, options);
      await checkpoints.saveCheckpoint('s', 'later', rows, { base: { step: 's', operation: 'op' } });
      assert.ok((await checkpoints.getCheckpointInfo('s', 'op'))?.delta, 'it is thin');
      assert.equal(await forget(store, { keys: [3, 199] }), 2);
      assert.equal((await checkpoints.getCheckpointInfo('s', 'op'))?.delta, null);
      await checkpoints.sweep();
      assertExact(await checkpoints.loadCheckpoint('s', 'later'), rows);
      assertExact((await checkpoints.map('s', 'op', rows, fn, options)).rows, rows);
      assert.equal(calls, 202);
      assert.ok((await checkpoints.getCheckpointInfo('s', 'op'))?.delta, 'it is thin again');
    });
  });

  test('Parquet without the binary becomes JSON, of which nothing else is missing', async () => {
    const store = newStore();
    await store.calls(ROWS);
    await store.calls(ROWS, 'g');
    await interrupted(store, [...ROWS, ...articles(80).slice(60)], 'g');
    const args = [store.directory, 'no', JSON.stringify({ keys: [1, 70] })];
    const { stdout, stderr } = await runProgram('forget.mjs', { args, env: { ARROW_CKPT_FORCE_JSON: '1' } });
    assert.equal(stdout, 'started\nrows 2\n', stderr);
    assert.ok(store.files.includes('kept_0.json') && existsSync(join(store.directory, 's', 'op.json')));
    assert.ok(!existsSync(join(store.directory, 's', 'op.parquet')));
    assert.equal(await store.calls(articles(79), 'g'), 2);
    assert.equal(await store.calls(ROWS), 1);
  });

  test('a damaged file is no obstacle where a map passes over it', async () => {
    const store = newStore();
    await store.calls(ROWS);
    await store.calls(ROWS, 'g');
    writeFileSync(join(store.kept, store.files[0]!), 'PAR1 and no more');
    assert.equal(await forget(store, { keys: [1] }), 1);
    assert.equal(await store.calls(ROWS, 'g'), 1);
  });
});
