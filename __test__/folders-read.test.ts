import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { openCheckpoint, readCheckpoint, verifyCheckpoint, writeCheckpoint, type ReadOptions, type Row } from 'arrow-ckpt';
import { describeParts } from '../lib/formats/folder/describe-parts.ts';
import { folderStore } from '../lib/formats/folder/folder-store.ts';
import { localParts, type DescribeParts } from '../lib/formats/folder/parts-source.ts';
import { parquetStore } from '../lib/formats/parquet/parquet-store.ts';
import { gather } from '../lib/store/wanted-rows.ts';
import { assertExact } from './support/exact.ts';
import { rejectsWith } from './support/codes.ts';
import { FOLDER_STORES, partsIn, sparkFolder } from './support/part-folders.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const rowsOf = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_, at) => ({ id: from + at, text: `row ${from + at}`, tags: [from + at] }));

suite('folders of parts', noBinding, () => {
  const folder = tempFolder('folders-read');
  let count = 0;
  const fresh = (name = 'rows.parquet'): string => join(folder, String(count++), name);

  for (const [name, store] of Object.entries(FOLDER_STORES)) {
    const read = (path: string, options: ReadOptions = {}): Promise<Row[]> => store.read(path, options);

    test(`${name}: parts come in the order of their names, numbers as numbers, without what engines leave beside`, async () => {
      const parts = Object.fromEntries([10, 2, 0, 1].map((at) => [`part-${at}.parquet`, rowsOf(at * 3, at * 3 + 3)]));
      const path = await sparkFolder(fresh(), parts);
      const all = [0, 1, 2, 10].flatMap((at) => rowsOf(at * 3, at * 3 + 3));
      assertExact(await read(path), all);
      assertExact(await gather(store.batches(path, {})), all);
      const info = await store.info(path);
      assert.deepStrictEqual([info.path, info.rows, info.parts, info.format, info.hash], [path, 12, 4, 'parquet', null]);
      assert.deepStrictEqual(
        info.columns.map(({ name: key, type, nulls }) => [key, type, nulls]),
        [
          ['id', 'int64', 0],
          ['text', 'string', 0],
          ['tags', 'list<int64>', null],
        ],
      );
    });

    test(`${name}: a column that parts hold, and names of folders give to others, has one type`, async () => {
      const path = await partsIn(fresh(), {
        'part-0.parquet': [{ id: 0, k: 'x' }],
        'k=2/part-0.parquet': [{ id: 1 }],
        [`k=__HIVE_DEFAULT_PARTITION__/part-0.parquet`]: [{ id: 2 }],
      });
      assert.deepStrictEqual(await read(path, { columns: ['id', 'k'] }), [
        { id: 1, k: '2' },
        { id: 2, k: null },
        { id: 0, k: 'x' },
      ]);
      assert.deepStrictEqual(await read(path, { where: { k: '2' } }), [{ id: 1, k: '2' }]);
      assert.deepStrictEqual(await read(path, { where: { k: 2 } }), []);
      const { columns } = await store.info(path);
      assert.deepStrictEqual(
        columns.map(({ name: key, type, nulls }) => [key, type, nulls]),
        [
          ['id', 'int64', 0],
          ['k', 'string', 1],
        ],
      );
      const numbers = { 'part-0.parquet': [{ k: 0.5 }], 'k=2/part-0.parquet': [{}] };
      assert.deepStrictEqual(await read(await partsIn(fresh(), numbers)), [{ k: 2 }, { k: 0.5 }]);
      const others: Row[][] = [[{ k: 0.5 }], [{ k: true }], [{ k: new Date(0) }]];
      for (const [at, part] of others.entries()) {
        const mixed = await partsIn(fresh(), { 'part-0.parquet': part, [`k=${at === 0 ? 'x' : '1'}/part-0.parquet`]: [{ id: 1 }] });
        await rejectsWith('ERR_CKPT_PARTS_DIFFER', () => read(mixed), { message: /k\W* is (?:int64|string) by the names of folders/ });
      }
      // A null has any type, and a part that holds the column itself has its own.
      const own = {
        'part-0.parquet': [{ k: true }],
        'k=__HIVE_DEFAULT_PARTITION__/part-0.parquet': [{ id: 1 }],
        'k=7/a.parquet': [{ k: false }],
      };
      assert.deepStrictEqual(await read(await partsIn(fresh(), own)), [{ k: false }, { id: 1, k: null }, { k: true }]);
    });

    test(`${name}: every way to take a part of the rows gives what it gives of one file`, async () => {
      const all: Row[] = Array.from({ length: 900 }, (_, id) => ({
        id,
        odd: id % 2 === 1,
        meta: { source: ['web', 'mail'][id % 2], n: id / 2 },
        ...(id % 3 === 0 && { third: id }),
      }));
      const path = await partsIn(fresh(), {
        'part-0.parquet': all.slice(0, 250),
        'part-1.parquet': [],
        'part-2.parquet': all.slice(250, 251),
        'part-3.parquet': all.slice(251, 600),
        'part-4.parquet': all.slice(600),
      });
      const one = join(dirname(path), 'one.parquet');
      await writeCheckpoint(one, all);
      const cases: ReadOptions[] = [
        {},
        { columns: ['id'] },
        { columns: ['third'] },
        { columns: ['meta.source', 'id'] },
        { columns: [] },
        { offset: 249, limit: 3 },
        { offset: 250 },
        { offset: 5000 },
        { limit: 0 },
        { where: { id: { $gt: 240, $lt: 610 } } },
        { where: { odd: true, 'meta.source': 'mail' }, offset: 100, limit: 222, columns: ['id'] },
        { where: { third: { $exists: false } }, limit: 7 },
        { where: { $or: [{ id: 3 }, { third: 300 }, { $not: { id: { $lt: 899 } } }] } },
        { where: { id: -1 } },
        { columns: ['nope'], unknownColumns: 'missing' },
        { schema: { columns: [{ name: 'id', type: 'number' }] }, offset: 300, limit: 10 },
      ];
      for (const options of cases) {
        const expected = await readCheckpoint(one, options);
        assertExact(await read(path, options), expected);
        const open = await store.open(path, {});
        assertExact(await gather(open.batches(options)), expected);
        if (options.schema === undefined) {
          const columns = await open.columns(options);
          assert.equal(columns.rows, expected.length);
          if (options.where !== undefined) {
            const wanted = (await readCheckpoint(one, { where: options.where })).length;
            assert.equal(await open.count({ where: options.where }), wanted);
          }
        }
        open.close();
      }
      await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => read(path, { columns: ['nope'] }), { path });
      await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => read(path, { where: { nope: 1 }, unknownColumns: 'error' }), { path });
      await rejectsWith('ERR_CKPT_SCHEMA', () => read(path, { schema: { columns: [{ name: 'id', type: 'number', max: 898 }] } }), { path });
    });

    test(`${name}: rows of ours lack what their part lacks`, async () => {
      const path = await partsIn(fresh(), {
        'part-0.parquet': [{ a: 1, x: 2 }],
        'part-1.parquet': [{ b: 'one', a: 1.5 }, { b: null }],
      });
      assertExact(await read(path), [{ a: 1, x: 2 }, { b: 'one', a: 1.5 }, { b: null }]);
      const { columns } = await store.info(path);
      assert.deepStrictEqual(
        columns.map((column) => [column.name, column.type, column.nulls]),
        [
          ['a', 'double', 1],
          ['x', 'int64', 2],
          ['b', 'string', 2],
        ],
      );
      const open = await store.open(path, {});
      const all = await open.columns({});
      assert.deepStrictEqual(
        all.columns.map((column) => column.name),
        ['a', 'x', 'b'],
      );
      assert.deepStrictEqual(
        [...Array(3).keys()].map((row) => all.column('a')?.at(row)),
        [1, 1.5, undefined],
      );
      open.close();
    });

    test(`${name}: the names of folders give columns`, async () => {
      const path = await partsIn(fresh('rows'), {
        'year=2023/kind=a%20b%2Fc/part-0.parquet': [{ id: 1 }],
        'year=2024/kind=__HIVE_DEFAULT_PARTITION__/part-0.parquet': [{ id: 2 }, { id: 3 }],
        'year=2024/kind=7/part-0.parquet': [{ id: 4, kind: 'own' }],
      });
      const rows = [
        { id: 1, year: 2023, kind: 'a b/c' },
        { id: 4, kind: 'own', year: 2024 },
        { id: 2, year: 2024, kind: null },
        { id: 3, year: 2024, kind: null },
      ];
      assertExact(await read(path), rows);
      assertExact(
        await read(path, { columns: ['year'] }),
        rows.map(({ year }) => ({ year })),
      );
      assertExact(await read(path, { where: { year: 2024, id: { $lt: 3 } } }), [rows[2]!]);
      assertExact(await read(path, { where: { kind: null }, columns: ['id'] }), [{ id: 2 }, { id: 3 }]);
      assertExact(await read(path, { where: { $or: [{ year: { $lt: 2024 } }, { id: 3 }] }, columns: ['id'] }), [{ id: 1 }, { id: 3 }]);
      assertExact(await read(path, { where: { $not: { year: { $in: [2024] } } }, columns: ['id'] }), [{ id: 1 }]);
      assertExact(await read(path, { offset: 1, limit: 2, columns: ['id', 'kind'] }), [
        { id: 4, kind: 'own' },
        { id: 2, kind: null },
      ]);
    });

    test(`${name}: parts that a condition on folders rules out are not read`, async () => {
      const path = await partsIn(fresh('rows'), { 'year=2023/part-0.parquet': rowsOf(0, 5000), 'year=2024/part-0.parquet': rowsOf(5, 9) });
      const open = await store.open(path, {});
      // In the middle of its columns: whoever reads it finds out.
      const damaged = join(path, 'year=2023', 'part-0.parquet');
      rmSync(damaged);
      assertExact(
        await gather(open.batches({ where: { year: 2024 }, columns: ['id'] })),
        [5, 6, 7, 8].map((id) => ({ id })),
      );
      assert.equal(await open.count({ where: { year: 2023 } }), 5000);
      await rejectsWith('ERR_CKPT_CHANGED', () => gather(open.batches({})), { path: damaged });
      open.close();
    });

    test(`${name}: columns whose values are of different types are refused, by both parts and the column`, async () => {
      const differing: [Row, Row][] = [
        [{ a: 1 }, { a: 'one' }],
        [{ a: 1n }, { a: 1 }],
        [{ a: true }, { a: 1 }],
        [{ a: new Date(0) }, { a: '1970' }],
        [{ a: [1] }, { a: ['1'] }],
        [{ a: { b: 1 } }, { a: { b: 'x' } }],
        [{ a: { b: 1 } }, { a: [1] }],
      ];
      for (const [one, other] of differing) {
        const path = await partsIn(fresh(), { 'part-0.parquet': [{ a: null }], 'part-1.parquet': [one], 'part-2.parquet': [other] });
        for (const call of [() => read(path), () => store.info(path), () => store.open(path, {}), () => gather(store.batches(path, {}))]) {
          await rejectsWith('ERR_CKPT_PARTS_DIFFER', call, {
            path: join(path, 'part-2.parquet'),
            column: 'a',
            message: /part-2\.parquet: column "a" is .*part-[01]\.parquet/,
          });
        }
      }
      const alike: [Row, Row][] = [
        [{ a: 1 }, { a: 0.5 }],
        [{ a: null }, { a: 'x' }],
        [{ a: { b: 1 } }, { a: { c: 'x' } }],
        [{ a: [] }, { a: ['x'] }],
      ];
      for (const [one, other] of alike)
        assertExact(await read(await partsIn(fresh(), { 'part-0.parquet': [one], 'part-1.parquet': [other] })), [one, other]);
    });

    test(`${name}: a part that changes or goes while it is read is an error`, async () => {
      for (const harm of ['gone', 'replaced', 'touched', 'longer'] as const) {
        const path = await partsIn(fresh(), { 'part-0.parquet': rowsOf(0, 10), 'part-1.parquet': rowsOf(10, 20) });
        const last = join(path, 'part-1.parquet');
        const open = await store.open(path, {});
        const batches = open.batches({});
        await batches.next();
        if (harm === 'gone') rmSync(last);
        else if (harm === 'replaced') await writeCheckpoint(last, rowsOf(10, 20));
        else if (harm === 'touched') utimesSync(last, 1, 1);
        else appendFileSync(last, 'x');
        await rejectsWith('ERR_CKPT_CHANGED', () => gather(batches), { path: last, message: /read the folder again/ });
        open.close();
        await rejectsWith('ERR_CKPT_CLOSED', () => gather(open.batches({})));
      }
    });

    test(`${name}: a damaged part is named`, async () => {
      const path = await partsIn(fresh(), { 'part-0.parquet': rowsOf(0, 10), 'part-1.parquet': rowsOf(10, 20) });
      writeFileSync(join(path, 'part-1.parquet'), 'PAR1 and no more');
      await rejectsWith('ERR_CKPT_TRUNCATED', () => read(path), { path: join(path, 'part-1.parquet') });
    });
  }

  test('the reader and the calls for files take folders', async () => {
    const path = await sparkFolder(fresh(), { 'part-0.parquet': rowsOf(0, 1000), 'part-1.parquet': rowsOf(1000, 3000) });
    await using reader = await openCheckpoint(path);
    assert.equal(reader.info.rows, 3000);
    const ids: number[] = [];
    for await (const row of reader.rows({ columns: ['id'], where: { id: { $gte: 998 } } })) ids.push(row['id'] as number);
    assert.deepStrictEqual([ids[0], ids.length], [998, 2002]);
    const sample = (await reader.sample(50, { seed: 7 })).map((row) => row['id'] as number);
    assert.ok(sample.length === 50 && sample.some((id) => id < 1000) && sample.some((id) => id > 1000));
    assert.deepStrictEqual(
      sample,
      [...sample].sort((a, b) => a - b),
    );
    assert.equal((await reader.sample(9, { where: { id: { $gt: 995, $lt: 1005 } } })).length, 9);
    assert.equal(await reader.count({ where: { id: { $lt: 1500 } } }), 1500);
    assert.deepStrictEqual(
      [...((await reader.columns(['id'], { offset: 999, limit: 2 })).column('id') as { values: Float64Array }).values],
      [999, 1000],
    );
    let batches = 0;
    for await (const batch of reader.scanColumns({ columns: ['id'] })) batches += batch.rows;
    assert.equal(batches, 3000);
    const rows: Row[] = [];
    for await (const row of reader.stream()) rows.push(row);
    assertExact(rows, rowsOf(0, 3000));
    const verified = await verifyCheckpoint(path);
    assert.deepStrictEqual([verified.rows, verified.checksums, verified.bytes], [3000, true, reader.info.bytes]);
    const seen: number[] = [];
    await readCheckpoint(path, { onProgress: ({ rows: done, totalRows }) => seen.push(done, totalRows ?? -1) });
    assert.deepStrictEqual(seen.slice(-2), [3000, 3000]);
    await assert.rejects(readCheckpoint(path, { signal: AbortSignal.abort(new Error('mine')) }), /mine/);
  });

  test('hash and metadata are those of all parts', async () => {
    const path = await partsIn(fresh(), { 'part-0.parquet': rowsOf(0, 1) }, { hash: 'h', metadata: { a: '1', b: '2' } });
    await partsIn(path, { 'part-1.parquet': rowsOf(1, 2) }, { hash: 'h', metadata: { a: '1', b: '3' } });
    const { hash, metadata } = await FOLDER_STORES.native.info(path);
    assert.deepStrictEqual([hash, metadata], ['h', { a: '1' }]);
    await partsIn(path, { 'part-2.parquet': rowsOf(2, 3) }, { hash: 'other' });
    assert.equal((await FOLDER_STORES.native.head(path)).hash, null);
  });

  test('folders of anything else are no checkpoints', async () => {
    const path = await partsIn(fresh('step'), { 'extract.parquet': rowsOf(0, 1), 'batch_0.parquet': rowsOf(0, 1) });
    await rejectsWith('ERR_CKPT_NOT_A_FILE', () => readCheckpoint(path), { path, message: /read its files one by one/ });
    const batchAt = (at: string, of: string, name: string): void => {
      mkdirSync(join(at, of), { recursive: true });
      writeFileSync(join(at, of, name), '');
    };
    const others: [string, (at: string) => void, RegExp][] = [
      ['readme', (at) => writeFileSync(join(at, 'README.md'), ''), /"README.md" in it is no Parquet file/],
      ['folder', (at) => mkdirSync(join(at, 'inside')), /"inside" is a folder in it/],
      // A map is making `day=1.parquet`: its batches are no rows of a day `1_batches`.
      ['batches', (at) => batchAt(at, 'day=1_batches', 'batch_0.parquet'), /"day=1_batches" has batches of a map/],
      ['batches-json', (at) => batchAt(at, 'year=1/day=1_batches', 'batch_10.json'), /"year=1\/day=1_batches" has batches of a map/],
    ];
    for (const [name, spoil, message] of others) {
      const at = await partsIn(fresh(`${name}.parquet`), { 'part-0.parquet': rowsOf(0, 1) });
      spoil(at);
      await rejectsWith('ERR_CKPT_NOT_A_FILE', () => openCheckpoint(at), { path: at, message });
    }
    const kinds = await partsIn(fresh(), { 'kind=small_batches/part-0.parquet': rowsOf(0, 1) });
    assert.equal((await readCheckpoint(kinds))[0]?.['kind'], 'small_batches');
    const empty = fresh();
    mkdirSync(empty, { recursive: true });
    await rejectsWith('ERR_CKPT_NOT_A_FILE', () => readCheckpoint(empty), { path: empty });
    writeFileSync(join(empty, '_SUCCESS'), '');
    assert.deepStrictEqual(await readCheckpoint(empty), []);
    const delta = await partsIn(fresh(), { 'part-0.parquet': rowsOf(0, 1) });
    mkdirSync(join(delta, '_delta_log'));
    await rejectsWith('ERR_CKPT_UNSUPPORTED_FILE', () => readCheckpoint(delta), { path: delta, message: /Delta Lake/ });
  });

  test(
    'a link out of the folder is not followed, one within it is',
    { skip: process.platform === 'win32' && 'links need rights' },
    async () => {
      const path = await partsIn(fresh(), { 'part-0.parquet': rowsOf(0, 2) });
      symlinkSync('part-0.parquet', join(path, 'part-1.parquet'));
      assert.equal((await readCheckpoint(path)).length, 4);
      const outside = join(dirname(path), 'outside.parquet');
      await writeCheckpoint(outside, rowsOf(0, 1));
      symlinkSync(outside, join(path, 'part-2.parquet'));
      await rejectsWith('ERR_CKPT_UNSUPPORTED_FILE', () => readCheckpoint(path), { message: /leads out of the folder/ });
      rmSync(join(path, 'part-2.parquet'));
      symlinkSync(folder, join(path, 'a=1'));
      await rejectsWith('ERR_CKPT_UNSUPPORTED_FILE', () => readCheckpoint(path), { message: /leads out of the folder/ });
      rmSync(join(path, 'a=1'));
      symlinkSync('nowhere', join(path, 'part-3.parquet'));
      await rejectsWith('ERR_CKPT_NOT_FOUND', () => readCheckpoint(path));
      rmSync(join(path, 'part-3.parquet'));
      // The folder itself may be one.
      symlinkSync(path, join(folder, 'link.parquet'));
      assert.equal((await readCheckpoint(join(folder, 'link.parquet'))).length, 4);
    },
  );

  test('the number of parts, and of folders in each other, is bounded', async () => {
    const path = await partsIn(fresh(), { 'part-0.parquet': rowsOf(0, 1), 'part-1.parquet': rowsOf(0, 1), 'part-2.parquet': [] });
    await rejectsWith('ERR_CKPT_LIMIT', () => readCheckpoint(path, { limits: { parts: 2 } }), { path, message: /more parts than 2/ });
    assert.equal((await readCheckpoint(path, { limits: { parts: 3 } })).length, 2);
    const deep = fresh('deep');
    mkdirSync(join(deep, ...Array.from({ length: 17 }, (_, at) => `k${at}=1`)), { recursive: true });
    await rejectsWith('ERR_CKPT_LIMIT', () => readCheckpoint(deep), { path: deep, message: /folders in each other/ });
  });

  test('a folder that is replaced while it is read is read again', async () => {
    for (const way of ['read', 'batches'] as const) {
      const path = await partsIn(fresh(), { 'part-0.parquet': rowsOf(0, 5), 'part-1.parquet': rowsOf(5, 10) });
      const next = await partsIn(fresh(), { 'part-0.parquet': rowsOf(7, 10) });
      let looks = 0;
      const describe: DescribeParts = async function* (paths, options) {
        yield* describeParts(paths, options);
        if (looks++ > 0) return;
        renameSync(path, `${path}.old`);
        renameSync(next, path);
      };
      const store = folderStore(localParts(parquetStore, describe));
      assertExact(way === 'read' ? await store.read(path, {}) : await gather(store.batches(path, {})), rowsOf(7, 10));
      assert.equal(looks, 2);
    }
  });

  test('what is said of a folder is of one state of it', async () => {
    const path = await partsIn(fresh(), { 'part-0.parquet': rowsOf(0, 5) });
    const next = await partsIn(fresh(), { 'part-0.parquet': rowsOf(0, 3), 'part-1.parquet': rowsOf(3, 9) });
    let looks = 0;
    const describe: DescribeParts = (paths, options) => {
      if (looks++ === 0) {
        renameSync(path, `${path}.old`);
        renameSync(next, path);
      }
      return describeParts(paths, options);
    };
    const store = folderStore(localParts(parquetStore, describe));
    const { rows, parts } = await store.info(path);
    assert.deepStrictEqual([rows, parts, looks], [9, 2, 2]);
  });

  test('folders of other programs', { skip: noPython }, async () => {
    const theirs = join(folder, 'theirs');
    mkdirSync(theirs);
    await runPython('part_folders.py', theirs);
    const byId = (rows: Row[]): Row[] => rows.sort((a, b) => (a['id'] as number) - (b['id'] as number));
    const expected: Row[] = Array.from({ length: 1000 }, (_, id) => ({
      id,
      text: id % 7 === 0 ? null : `row ${id} ü😀`,
      score: id / 8,
      year: 2020 + (id % 3),
      kind: id % 2 === 0 ? 'a b/c=ü%' : null,
    }));
    const ordered = (rows: Row[]): Row[] => rows.map(({ id, text, score, year, kind }) => ({ id, text, score, year, kind }));
    for (const name of [
      'pyarrow.parquet',
      'pyarrow-hive',
      'pyarrow-legacy',
      'polars.parquet',
      'polars-hive',
      'duckdb.parquet',
      'duckdb-hive',
    ]) {
      for (const [reader, store] of Object.entries(FOLDER_STORES)) {
        const rows = await store.read(join(theirs, name), {});
        // Whoever writes one folder keeps the order of the rows.
        if (!name.includes('-')) assertExact(ordered(rows), expected);
        assertExact(ordered(byId(rows)), expected);
        const open = await store.open(join(theirs, name), {});
        assert.equal(await open.count({ where: { year: 2021, id: { $lt: 100 } } }), 33, `${name}, ${reader}`);
        assert.equal(await open.count({ where: { kind: null } }), 500, `${name}, ${reader}`);
        open.close();
      }
    }
  });
});
