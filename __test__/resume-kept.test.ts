import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type MapOptions } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { KeptStore } from './support/kept-store.ts';
import { allSummaries, articles, manager, MAP, Model, type Article } from './support/map-rows.ts';
import { cli, cliJson } from './support/run-cli.ts';
import { sharingAny } from './support/sharing-any.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('kept');
const ROWS = articles(300);
const FEW = ROWS.slice(0, 10);
let stores = 0;
const newStore = (enableArrow = true): KeptStore => new KeptStore(join(folder, `store ${stores++}`), enableArrow);
const edited = (rows: readonly Article[], title: string): Article[] => rows.map((row) => (row.id === 7 ? { ...row, title } : row));

for (const enableArrow of [true, false]) {
  describe(`results that are paid for stay, ${enableArrow ? 'Parquet' : 'JSON'}`, () => {
    test('of rows that left the input, of all of them, and of other hashes', async () => {
      const store = newStore(enableArrow);
      assert.equal(await store.calls(ROWS), 300);
      for (const rows of [FEW, ROWS, [], ROWS.toReversed(), ROWS.slice(150), ROWS]) assert.equal(await store.calls(rows), 0);
      assert.equal(store.files.length, 1, 'what is kept already is not kept twice');
      assert.equal(await store.calls(ROWS, 'g'), 300);
      for (const hash of ['h', 'g', 'h']) assert.equal(await store.calls(ROWS, hash), 0);
      assert.equal(await store.calls(FEW, 'g'), 0);
      assert.equal(await store.calls([...ROWS, { id: 300, title: '' }], 'h'), 1);
      assert.ok(store.files.length <= 3, String(store.files));
    });

    test('of earlier content, row by row; small files are merged', async () => {
      const store = newStore(enableArrow);
      await store.calls(ROWS);
      for (let version = 0; version < 40; version++) assert.equal(await store.calls(edited(ROWS, `version ${version}`)), 1);
      assert.ok(store.files.length < 16, String(store.files));
      for (const version of [3, 17, 38]) assert.equal(await store.calls(edited(ROWS, `version ${version}`)), 0);
      assert.equal(await store.calls(ROWS), 0);
      const bytes = store.files.reduce((sum, name) => sum + statSync(join(store.kept, name)).size, 0);
      assert.ok(bytes < 8 * statSync(join(store.directory, 's', enableArrow ? 'op.parquet' : 'op.json')).size, `${bytes} bytes`);
    });

    test('of maps that were interrupted, of this hash and others', async () => {
      const store = newStore(enableArrow);
      const interrupt = async (rows: readonly Article[], hash: string): Promise<number> => {
        const model = new Model(
          () => 0,
          ({ id }) => id === rows.at(-1)?.id,
        );
        const options = { ...MAP, hash, batchSize: 8 };
        await rejectsWith('ERR_CKPT_ROW_FAILED', () =>
          manager(store.directory, enableArrow).map('s', 'op', rows, model.summarise, options),
        );
        return model.calls.length - 1;
      };
      const done = (await interrupt(ROWS.slice(0, 200), 'h')) + (await interrupt(ROWS.slice(100, 201), 'g'));
      assert.equal(done, 299);
      assert.equal(await store.calls(FEW, 'h'), 0);
      assert.deepStrictEqual(readdirSync(join(store.directory, 's')).sort(), ['.kept', enableArrow ? 'op.parquet' : 'op.json']);
      assert.equal(await store.calls(ROWS.slice(100, 200), 'g'), 0);
      assert.equal(await store.calls(ROWS.slice(0, 199), 'h'), 0);
    });

    test('as a stream', async () => {
      const store = newStore(enableArrow);
      assert.equal(await store.streamed(ROWS), 300);
      for (const rows of [FEW, ROWS, ROWS.toReversed(), [], ROWS]) assert.equal(await store.streamed(rows), 0);
    });

    test('readers see the checkpoint and nothing else', async () => {
      const store = newStore(enableArrow);
      await store.calls(ROWS, 'g');
      await store.calls(ROWS);
      await store.calls(FEW);
      const checkpoints = manager(store.directory, enableArrow);
      assertExact(await checkpoints.loadCheckpoint('s', 'op'), allSummaries(FEW));
      assert.equal(await checkpoints.loadCheckpoint('s', 'op', { hash: 'g' }), null);
      for (const options of [{}, { hash: 'h' }]) {
        const partial = await checkpoints.loadPartialResults('s', 'op', options);
        assertExact(partial?.rows, allSummaries(FEW));
        assert.deepStrictEqual([partial?.inputRows, partial?.isPartial], [10, false]);
      }
      assert.equal(await checkpoints.loadPartialResults('s', 'op', { hash: 'g' }), null);
      assert.deepStrictEqual(await checkpoints.loadBatchCheckpoints('op'), []);
      assert.deepStrictEqual(
        (await checkpoints.listCheckpoints()).map(({ rows }) => rows),
        [allSummaries(FEW).length],
      );
      const plan = await checkpoints.planIncremental('s', 'op', [...ROWS.slice(1), { id: 300, title: '' }], { key: 'id', hash: 'h' });
      assert.deepStrictEqual([plan.unchanged.length, plan.new.length, plan.changed.length, plan.removed], [299, 1, 0, [0]]);
      const other = await checkpoints.planIncremental('s', 'op', ROWS, { key: 'id', hash: 'g' });
      assert.deepStrictEqual([other.unchanged.length, other.hashChanged], [300, true]);
    });

    test("removed: 'drop' drops them, and says so", async () => {
      const store = newStore(enableArrow);
      await store.calls(ROWS);
      assert.equal(await store.calls(FEW, 'h', { removed: 'drop' }), 0);
      assert.ok(!existsSync(store.kept));
      assert.deepStrictEqual(store.events.at(-1), { type: 'removed', rows: 290, kept: null });
      assert.equal(await store.calls(ROWS), 290);
      await store.calls(ROWS, 'g', { removed: 'drop' });
      assert.equal(await store.calls(ROWS), 300);
    });
  });
}

describe('kept results', () => {
  test('a warning where more rows go than stay, an event in any case', async () => {
    const store = newStore();
    const lines: string[] = [];
    const logger = { info: () => {}, warn: (line: string) => void lines.push(line) };
    const { CheckpointManager } = await import('arrow-ckpt');
    const checkpoints = new CheckpointManager(store.directory, { logger });
    const run = async (rows: readonly Article[], options: Partial<MapOptions<Article>> = {}): Promise<unknown> => {
      const events: unknown[] = [];
      const onEvent: MapOptions<Article>['onEvent'] = (event) => void (event.type === 'removed' && events.push(event));
      await checkpoints.map('s', 'op', rows, new Model().summarise, { ...MAP, onEvent, ...options });
      return events;
    };
    assert.deepStrictEqual(await run(ROWS), []);
    assert.deepStrictEqual(await run(ROWS.slice(0, 200)), [{ type: 'removed', rows: 100, kept: store.kept }]);
    assert.deepStrictEqual(lines, []);
    assert.deepStrictEqual(await run(FEW), [{ type: 'removed', rows: 190, kept: store.kept }]);
    assert.match(
      lines.join('\n'),
      /^the new checkpoint of 'op' in step 's' has no results of 190 rows .* stay in .* until a sweep removes them$/,
    );
    await run(FEW, { hash: 'other', removed: 'drop' });
    assert.match(lines.at(-1) ?? '', /10 rows .* they are dropped/);
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => run(FEW, { removed: 'all' as 'keep' }));
  });

  test('a damaged file costs its rows, and is told of; one that nobody can keep fails the run before anything is lost', async () => {
    const store = newStore();
    await store.calls(ROWS);
    await store.calls(FEW);
    const [name = ''] = store.files;
    const whole = readFileSync(join(store.kept, name));
    const bytes = Buffer.from(whole);
    bytes.fill(0xff, 100, 1000);
    writeFileSync(join(store.kept, name), bytes);
    assert.equal(await store.calls(ROWS), 290);
    assert.ok(store.events.some(({ type }) => type === 'damaged'));
    const blocked = newStore();
    await blocked.calls(ROWS);
    mkdirSync(join(blocked.directory, 's', '.kept'));
    writeFileSync(blocked.kept, 'a file where the folder should be');
    await assert.rejects(blocked.calls(FEW), { name: 'CheckpointError' });
    assertExact(await manager(blocked.directory).loadCheckpoint('s', 'op'), allSummaries(ROWS));
  });

  test('operations of one name, of long and odd names, do not mix theirs', async () => {
    const directory = join(folder, 'names');
    const checkpoints = manager(directory);
    const names = ['extract', 'Extract', 'a/b', '.hidden', 'y'.repeat(300), `${'y'.repeat(300)}z`];
    const run = async (rows: readonly Article[]): Promise<number> => {
      let calls = 0;
      for (const step of ['s', 't', 'x'.repeat(400)]) {
        for (const operation of names) {
          const fn = ({ id }: Article) => (calls++, { id, step, operation });
          const { rows: results } = await checkpoints.map(step, operation, rows, fn, MAP);
          assertExact(
            results,
            rows.map(({ id }) => ({ id, step, operation })),
          );
        }
      }
      return calls;
    };
    assert.equal(await run(articles(20)), 20 * 18);
    assert.equal(await run(articles(2)), 0);
    assert.equal(await run(articles(20)), 0);
    const { kept } = await cliJson<{ kept: { step: string; operation: string; files: number }[] }>(['list', directory]);
    assert.deepStrictEqual(
      kept.map(({ step, operation }) => `${step} ${operation}`).sort(),
      ['s', 't', 'x'.repeat(400)].flatMap((step) => names.map((operation) => `${step} ${operation}`)).sort(),
    );
    for (const step of ['s', 't', 'x'.repeat(400)]) assert.equal(await checkpoints.clearStep(step), 2 * names.length);
    assert.deepStrictEqual(readdirSync(directory), ['.docetl_intermediate_config.json']);
  });

  test('deleteCheckpoint, clearStep and clearAll remove them; sizes, list and inspect count them', async () => {
    for (const remove of ['deleteCheckpoint', 'clearStep', 'clearAll'] as const) {
      const store = newStore();
      await store.calls(ROWS);
      await store.calls(ROWS, 'g');
      const checkpoints = manager(store.directory);
      const bytes = statSync(join(store.directory, 's', 'op.parquet')).size + statSync(join(store.kept, 'kept_0.parquet')).size;
      assert.equal(await checkpoints.getTotalCheckpointSize(), bytes);
      assert.match((await cli(['list', store.directory])).stdout, /\nKept results of +Operation +Files +Size\ns +op +1 /);
      assert.match((await cli(['inspect', join(store.directory, 's', 'op.parquet')])).stdout, /^Kept +1 file of earlier results, /m);
      if (remove === 'deleteCheckpoint') assert.equal(await checkpoints.deleteCheckpoint('s', 'op'), true);
      else assert.equal(await (remove === 'clearStep' ? checkpoints.clearStep('s') : checkpoints.clearAll()), 2);
      assert.equal(await checkpoints.getTotalCheckpointSize(), 0);
      assert.ok(!existsSync(join(store.directory, 's', '.kept')));
      assert.equal(await store.calls(ROWS), 300);
    }
  });

  test('a sweep removes them by age of use, by hash and by bytes, and what is in the checkpoint again', async () => {
    const store = newStore();
    for (const hash of ['a', 'b', 'c', 'd']) await store.calls(ROWS, hash);
    const checkpoints = manager(store.directory);
    const swept = async (options: Parameters<typeof checkpoints.sweep>[0]): Promise<unknown> =>
      (await checkpoints.sweep(options)).removed.map(({ path, kind, reason, operation }) => [
        path.split('/').at(-1),
        kind,
        reason,
        operation,
      ]);
    assert.deepStrictEqual(await swept({}), []);
    assert.deepStrictEqual(await swept({ keepHashes: ['a', 'b', 'd'] }), [['kept_2.parquet', 'kept', 'stale', 'op']]);
    const old = Date.now() / 1000 - 86_400;
    for (const name of store.files) utimesSync(join(store.kept, name), old, old);
    // A run that finds results there is a use, although it writes nothing to their file.
    await assert.rejects(
      checkpoints.map('s', 'op', [...ROWS, { id: 300, title: '' }], () => Promise.reject(new Error('stop')), { ...MAP, hash: 'a' }),
    );
    assert.equal(await checkpoints.deleteBatchCheckpoints('op'), true, 'the record of the failure');
    assert.deepStrictEqual(await swept({ olderThan: 2 * 3_600_000 }), [['kept_1.parquet', 'kept', 'stale', 'op']]);
    for (const path of [join(store.kept, 'kept_0.parquet'), join(store.kept, '.used', 'kept_0')]) utimesSync(path, old, old);
    const { bytes } = (await checkpoints.getCheckpointInfo('s', 'op'))!;
    assert.deepStrictEqual(await swept({ maxBytes: bytes + 10 }), [['kept_0.parquet', 'kept', 'size', 'op']]);
    assert.ok(!existsSync(join(store.directory, 's', '.kept')), 'nothing is left of an empty folder');
    await store.calls(FEW, 'd');
    await store.calls(ROWS, 'd');
    assert.deepStrictEqual(await swept({}), [['kept_0.parquet', 'kept', 'finished', 'op']]);
    assert.equal(await store.calls(ROWS, 'd'), 0);
  });

  test('a thin checkpoint that is kept keeps what it refers to', async () => {
    await sharingAny(async () => {
      const store = newStore();
      const checkpoints = manager(store.directory);
      const long = 'a text that is long enough to be worth a reference, '.repeat(4);
      const rows = Array.from({ length: 200 }, (_, id) => ({ id, text: `${id} ${long}` }));
      let calls = 0;
      const run = async (hash: string, input: typeof rows): Promise<void> => {
        const fn = ({ id, text }: (typeof rows)[number]) => (calls++, { id, text, hash });
        const result = await checkpoints.map('s', 'op', input, fn, { key: 'id', hash, base: { step: 's', operation: 'base' } });
        assertExact(
          result.rows,
          input.map((row) => ({ ...row, hash })),
        );
      };
      await checkpoints.saveCheckpoint('s', 'base', rows, { base: 'auto' });
      await run('a', rows);
      assert.ok((await checkpoints.getCheckpointInfo('s', 'op'))?.delta, 'the checkpoint is thin');
      await checkpoints.deleteCheckpoint('s', 'base');
      await checkpoints.saveCheckpoint('s', 'base', [{ id: 0, text: '' }]);
      await run('b', rows.slice(0, 5));
      assert.equal(calls, 205);
      await checkpoints.sweep();
      await run('a', rows);
      assert.equal(calls, 205);
    });
  });
});
