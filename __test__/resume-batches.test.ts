import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { CheckpointManager, type Row } from 'arrow-ckpt';
import { MemoryBucket } from './buckets/memory-bucket.ts';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { allSummaries, articles, manager, MAP, Model, type Article } from './support/map-rows.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-batches');
const ROWS = articles(120);

/** A map that fails at the last row; its batches stay. Gives the rows that it has done. */
async function interrupt(directory: string, step: string, operation: string, options: object = {}): Promise<void> {
  const model = new Model(
    () => 1,
    ({ id }) => id === 119,
  );
  const checkpoints = manager(directory);
  await rejectsWith('ERR_CKPT_ROW_FAILED', () =>
    checkpoints.map(step, operation, ROWS, model.summarise, { ...MAP, batchSize: 20, ...options }),
  );
}

const DONE = allSummaries(ROWS.filter(({ id }) => id !== 119));
const sorted = (rows: readonly Row[]): Row[] =>
  [...rows].sort((a, b) => Number(a['id']) - Number(b['id']) || Number(a['part']) - Number(b['part']));

describe('operations of one name in several steps', () => {
  test('maps at once, of the ordinary kind and of odd names', async () => {
    const names = ['train', 'test', 'x_batches', 'a/b', '_batches', 'Train', 'y'.repeat(300), '%+'];
    const directory = join(folder, 'at once');
    for (let round = 0; round < 3; round++) {
      const runs = names.flatMap((step) =>
        ['extract', 'extract_batches', 'Extract'].map(async (operation) => {
          const hash = `${step} ${operation} ${round}`;
          const fn = async ({ id }: Article): Promise<Row> => (await setTimeout(id % 3), { id, hash });
          const { rows } = await manager(directory).map(step, operation, articles(30), fn, { ...MAP, hash, flushEvery: 0, batchSize: 4 });
          assertExact(
            rows,
            articles(30).map(({ id }) => ({ id, hash })),
          );
        }),
      );
      await Promise.all(runs);
    }
    const checkpoints = manager(directory);
    const listed = await checkpoints.listCheckpoints();
    assert.deepStrictEqual(
      listed.map(({ step, operation, rows, hash }) => [step, operation, rows, hash]).sort(),
      names
        .flatMap((step) => ['extract', 'extract_batches', 'Extract'].map((operation) => [step, operation, 30, `${step} ${operation} 2`]))
        .sort(),
    );
    assert.deepStrictEqual(await checkpoints.listBatchCheckpoints('extract'), []);
  });

  for (const place of ['a folder', 'a bucket'])
    test(`a batch of one’s own takes none from a map: in ${place}`, async () => {
      const directory = join(folder, 'taken');
      const checkpoints =
        place === 'a folder' ? manager(directory) : new CheckpointManager('s3://bucket/dir', { bucket: new MemoryBucket(), logger: false });
      const model = new Model(
        () => 1,
        ({ id }) => id === 119,
      );
      const options = { ...MAP, batchSize: 20 };
      await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'taken', ROWS, model.summarise, options));
      const indexes = await checkpoints.listBatchCheckpoints('taken', { step: 's' });
      assert.ok(indexes.length > 3);
      for (const index of indexes)
        await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => checkpoints.saveBatchCheckpoint('taken', index, [{ a: 1 }], { step: 's' }));
      // Their own they may replace.
      for (const a of [1, 2]) await checkpoints.saveBatchCheckpoint('taken', 900, [{ a }], { step: 's' });
      assert.deepStrictEqual((await checkpoints.loadBatchCheckpoints('taken', { step: 's' })).at(-1), [{ a: 2 }]);
      const again = new Model();
      const { calls, rows } = await checkpoints.map('s', 'taken', ROWS, again.summarise, options);
      assertExact(rows, allSummaries(ROWS));
      assert.ok(calls <= 20, `${calls}`);
    });

  test('batches of one’s own say their step', async () => {
    const checkpoints = manager(join(folder, 'own'));
    assert.equal(await checkpoints.saveBatchCheckpoint('op', 0, [{ a: 0 }]), join(folder, 'own', 'op_batches', 'batch_0.parquet'));
    const path = await checkpoints.saveBatchCheckpoint('op', 3, [{ a: 1 }], { step: 'x_batches' });
    assert.equal(path, join(folder, 'own', 'x%5Fbatches', 'op_batches', 'batch_3.parquet'));
    await checkpoints.saveBatchCheckpoint('op_batches', 1, [{ a: 2 }], { step: 's', hash: 'h' });
    assert.deepStrictEqual(await checkpoints.loadBatchCheckpoints('op'), [[{ a: 0 }], [{ a: 1 }]]);
    assert.deepStrictEqual(await checkpoints.listBatchCheckpoints('op'), [0, 3]);
    assert.deepStrictEqual(await checkpoints.loadBatchCheckpoints('op', { step: 'x_batches' }), [[{ a: 1 }]]);
    assert.deepStrictEqual(await checkpoints.listBatchCheckpoints('op', { step: 's' }), []);
    assert.deepStrictEqual(await checkpoints.loadBatchCheckpoints('op_batches'), [[{ a: 2 }]]);
    assert.deepStrictEqual(await checkpoints.listCheckpoints(), []);
    assert.ok((await checkpoints.getTotalCheckpointSize()) > 0);
    assert.equal(await checkpoints.deleteBatchCheckpoints('op', { step: 'other' }), false);
    assert.equal(await checkpoints.deleteBatchCheckpoints('op', { step: 'x_batches' }), true);
    assert.deepStrictEqual(readdirSync(join(folder, 'own')).sort(), ['op_batches', 's', 'x%5Fbatches']);
    assert.equal(await checkpoints.deleteBatchCheckpoints('op'), true);
    assert.equal(await checkpoints.clearStep('s'), 1);
    for (const wrong of ['s', 7, { steps: 's' }, { step: 7 }])
      await assert.rejects(checkpoints.loadBatchCheckpoints('op', wrong as object), { code: /^ERR_CKPT_(INVALID|UNKNOWN)_OPTION/ });
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => checkpoints.saveBatchCheckpoint('op', 0, [], { step: '' }));
  });

  test('clearStep, clearAll and the sizes know the batches of interrupted maps; a running one keeps them', async () => {
    const directory = join(folder, 'clear');
    const checkpoints = manager(directory);
    for (const step of ['a', 'b']) await interrupt(directory, step, 'op');
    assert.deepStrictEqual(await checkpoints.listCheckpoints(), []);
    assert.ok((await checkpoints.getTotalCheckpointSize()) > 1000);
    // A row that is new, so that the map waits for it.
    let finish: (row: Row) => void = () => {};
    const begun = new Promise<void>((resolve) => {
      const fn = async (): Promise<Row> => new Promise((done) => (resolve(), (finish = done)));
      const more = [...ROWS.slice(0, 119), { id: 1000, title: '' }];
      void checkpoints.map('a', 'op', more, fn, { ...MAP, onError: 'collect' }).catch(() => {});
    });
    await begun;
    await rejectsWith('ERR_CKPT_LOCKED', () => checkpoints.deleteBatchCheckpoints('op'));
    finish(7 as never);
    assert.ok((await checkpoints.clearStep('b')) > 0);
    assert.ok(!existsSync(join(directory, 'b')));
    assertExact(sorted((await checkpoints.loadBatchCheckpoints('op')).flat()), DONE);
    assert.ok((await checkpoints.clearAll()) > 0);
    assert.equal(await checkpoints.getTotalCheckpointSize(), 0);
  });

  test('what 0.1.0 left in the folder that all steps shared is read, and nothing is paid twice', async () => {
    const directory = join(folder, 'shared');
    for (const step of ['a', 'b']) {
      await interrupt(directory, step, 'op', { hash: step });
      const shared = join(directory, 'op_batches');
      mkdirSync(shared, { recursive: true });
      const offset = readdirSync(shared).length;
      for (const name of readdirSync(join(directory, step, 'op_batches')))
        renameSync(join(directory, step, 'op_batches', name), join(shared, `batch_${offset + Number(/\d+/.exec(name)![0])}.parquet`));
    }
    const checkpoints = manager(directory);
    assertExact(sorted((await checkpoints.loadBatchCheckpoints('op')).flat()).length, DONE.length * 2);
    assertExact(sorted((await checkpoints.loadPartialResults('a', 'op', { hash: 'a' }))!.rows), DONE);
    for (const step of ['a', 'b']) {
      const plan = await checkpoints.planIncremental(step, 'op', ROWS, { key: 'id', hash: step });
      assert.equal(plan.unchanged.length, 119);
      const model = new Model();
      assertExact((await checkpoints.map(step, 'op', ROWS, model.summarise, { ...MAP, hash: step })).rows, allSummaries(ROWS));
      assert.deepStrictEqual(model.calls, [119]);
    }
    assert.deepStrictEqual(readdirSync(directory).sort(), ['.docetl_intermediate_config.json', 'a', 'b']);
  });
});

describe('reading beside a running map', () => {
  for (const enableArrow of [true, false]) {
    test(`each finished row once, and never an error: ${enableArrow ? 'Parquet' : 'JSON'}`, async () => {
      const directory = join(folder, `beside ${enableArrow}`);
      const checkpoints = manager(directory, enableArrow);
      const rows = articles(600);
      const fn = async ({ id }: Article): Promise<Row> => (await setTimeout(1), { id, part: 0 });
      let running = true;
      const run = checkpoints.map('s', 'op', rows, fn, { ...MAP, flushEvery: 0, batchSize: 8 }).finally(() => (running = false));
      let looks = 0;
      let last = 0;
      let partial = 0;
      while (running) {
        looks++;
        const ids = (await checkpoints.loadBatchCheckpoints('op', { step: 's' })).flat().map(({ id }) => id);
        assert.equal(new Set(ids).size, ids.length, 'a row twice');
        await checkpoints.listBatchCheckpoints('op');
        const results = await checkpoints.loadPartialResults('s', 'op', { hash: 'h' });
        const count = new Set(results?.rows.map(({ id }) => id)).size;
        assert.equal(count, results?.rows.length ?? 0);
        assert.equal(results?.inputRows ?? 0, count);
        assert.ok(count >= last, `${last} rows were there, and now ${count}`);
        last = count;
        if (results?.isPartial === true) partial++;
        else assert.ok(results === null || count === 600, `${count} rows of a whole result`);
        const plan = await checkpoints.planIncremental('s', 'op', rows, { key: 'id', hash: 'h' });
        assert.equal(plan.new.length + plan.unchanged.length, 600);
        assert.ok(plan.unchanged.length >= count, `${count} results were there, and ${plan.unchanged.length} rows have one`);
      }
      await run;
      assert.ok(looks > 3 && partial > 1, `${looks} looks, ${partial} partial`);
      const whole = await checkpoints.loadPartialResults('s', 'op');
      assert.deepStrictEqual([whole?.isPartial, whole?.inputRows, whole?.rows.length], [false, 600, 600]);
      assert.equal(await checkpoints.loadPartialResults('s', 'none'), null);
    });
  }

  test('a map that ends between the looks at its checkpoint and at its batches', async () => {
    const { OperationFiles } = await import('../build/lib/directory/operation-files.js');
    const { DocetlConfig } = await import('../build/lib/directory/docetl-config.js');
    const { chooseStore } = await import('../build/lib/formats/choose.js');
    const { RecentFiles } = await import('../build/lib/directory/recent-files.js');
    const { planRows } = await import('../build/lib/resume/plan.js');
    const { partialResults } = await import('../build/lib/resume/partial-results.js');
    for (const look of ['batches', 'sharedBatches'] as const) {
      for (const is of ['plan', 'results']) {
        const directory = join(folder, `ends ${look} ${is}`);
        await interrupt(directory, 's', 'op');
        const recent = new RecentFiles(8);
        const home = { directory, store: chooseStore(true), config: new DocetlConfig(directory), logger: null, recent };
        const files = await OperationFiles.of(home, 's', 'op', 'h');
        const folderOf = files[look].bind(files);
        let ends = 0;
        // Between the looks, the map begins anew and ends: its batches go.
        files[look] = async () => {
          const path = await folderOf();
          if (ends++ === 0) await manager(directory).map('s', 'op', ROWS, new Model().summarise, MAP);
          return path;
        };
        if (is === 'plan') {
          const plan = await planRows(files, ROWS, { key: 'id' });
          assert.deepStrictEqual([plan.unchanged.length, plan.new.length], [120, 0]);
        } else assertExact(sorted((await partialResults(files))!.rows), allSummaries(ROWS));
        assert.ok(ends > 0, `it looked ${ends} times`);
      }
    }
  });

  test('an earlier checkpoint, and rows that have changed since', async () => {
    const directory = join(folder, 'changed');
    const checkpoints = manager(directory);
    await checkpoints.map('s', 'op', articles(50), new Model().summarise, MAP);
    const changed = ROWS.map((row) => (row.id === 7 ? { id: 7, title: 'other' } : row));
    const model = new Model(
      () => 1,
      ({ id }) => id === 119,
    );
    await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'op', changed, model.summarise, { ...MAP, batchSize: 20 }));
    const results = await checkpoints.loadPartialResults('s', 'op');
    assert.deepStrictEqual([results?.isPartial, results?.inputRows], [true, 119]);
    assertExact(sorted(results!.rows), allSummaries(changed.filter(({ id }) => id !== 119)));
  });

  test('a merged file beside those that it was made of, as a kill leaves them', async () => {
    const directory = join(folder, 'killed');
    await interrupt(directory, 's', 'op');
    const batches = join(directory, 's', 'op_batches');
    const before = await manager(directory).listBatchCheckpoints('op');
    assert.ok(before.length > 1);
    cpSync(join(batches, `batch_${before[0]}.parquet`), join(batches, 'batch_900.parquet'));
    const checkpoints = manager(directory);
    assert.deepStrictEqual(await checkpoints.listBatchCheckpoints('op'), [...before.slice(1), 900]);
    const loaded = await checkpoints.loadBatchCheckpoints('op');
    assert.equal(loaded.length, before.length);
    assertExact(sorted(loaded.flat()), DONE);
    assertExact(sorted((await checkpoints.loadPartialResults('s', 'op'))!.rows), DONE);
    const model = new Model();
    assertExact((await checkpoints.map('s', 'op', ROWS, model.summarise, MAP)).rows, allSummaries(ROWS));
    assert.deepStrictEqual(model.calls, [119]);
  });
});

describe('batches that are merged before their results are read', () => {
  for (const enableArrow of [true, false]) {
    test(`are read where they are then: no row is paid for twice, ${enableArrow ? 'Parquet' : 'JSON'}`, async () => {
      const checkpoints = manager(join(folder, `merged ${enableArrow}`), enableArrow);
      const rows = articles(60);
      const one = { ...MAP, concurrency: 1, batchSize: 1, flushEvery: 0 };
      const fails = new Model(
        () => 1,
        ({ id }) => id === 59,
      );
      // Fourteen batches of a row each, and one of the failure: the first of the next run makes sixteen. Their rows come late in its input.
      await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'op', [...rows.slice(40, 54), rows[59]!], fails.summarise, one));
      assert.equal((await checkpoints.listBatchCheckpoints('op')).length, 14);
      const model = new Model(() => 1);
      const events: string[] = [];
      const result = await checkpoints.map('s', 'op', rows, model.summarise, { ...one, onEvent: ({ type }) => events.push(type) });
      assertExact(result.rows, allSummaries(rows));
      assert.deepStrictEqual([result.resumed, model.calls.length, events.includes('compacted')], [14, 46, true]);
      assert.ok(!events.includes('damaged'));
    });
  }
});
