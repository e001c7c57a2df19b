import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import {
  CheckpointManager,
  createCheckpoint,
  openCheckpoint,
  readCheckpoint,
  writeCheckpoint,
  type CheckpointSchema,
  type Row,
  type WriteOptions,
} from 'arrow-ckpt';
import { nextOf, settleSwap } from '../lib/base/commit/swap.ts';
import { assertExact } from './support/exact.ts';
import { rejectsWith } from './support/codes.ts';
import { FOLDER_STORES, partsIn } from './support/part-folders.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const rowsOf = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id, text: `row ${id}`, tags: [id] }));

async function* later(rows: readonly Row[]): AsyncGenerator<Row> {
  for (const [at, row] of rows.entries()) {
    if (at % 700 === 1) await new Promise((resolve) => setImmediate(resolve));
    yield row;
  }
}

const partsOf = (path: string): string[] => readdirSync(path).sort();

suite('saves of folders of parts', noBinding, () => {
  const folder = tempFolder('folders-write');
  let count = 0;
  const fresh = (name = 'rows.parquet'): string => join(folder, String(count++), name);
  const sizes = async (path: string): Promise<number[]> =>
    Promise.all(
      partsOf(path)
        .filter((name) => name.startsWith('part-'))
        .map(async (name) => (await readCheckpoint(join(path, name))).length),
    );

  test('so many parts, or parts of so many rows, in the order of the rows', async () => {
    const rows = rowsOf(2503);
    const cases: [NonNullable<WriteOptions['parts']>, number[]][] = [
      [1, [2503]],
      [4, [626, 626, 626, 625]],
      [{ rows: 1000 }, [1000, 1000, 503]],
      [{ rows: 2503 }, [2503]],
      [{ rows: 5000 }, [2503]],
    ];
    for (const [parts, expected] of cases)
      for (const source of [rows, later(rows), new Set(rows)]) {
        const path = fresh();
        const seen: number[] = [];
        const info = await writeCheckpoint(path, source, {
          parts,
          hash: 'h',
          metadata: { a: 'b' },
          onProgress: (told) => seen.push(told.rows),
        });
        assert.deepStrictEqual(await sizes(path), expected);
        assert.deepStrictEqual(partsOf(path).slice(0, 2), ['_SUCCESS', 'part-00000.parquet']);
        assertExact(await readCheckpoint(path), rows);
        assert.deepStrictEqual(
          [info.path, info.rows, info.parts, info.hash, info.metadata, info.format],
          [path, 2503, expected.length, 'h', { a: 'b' }, 'parquet'],
        );
        assert.equal(seen.at(-1), 2503);
        assert.deepStrictEqual(readdirSync(dirname(path)), ['rows.parquet']);
        assert.equal((await FOLDER_STORES.fallback.read(path, {})).length, 2503);
      }
    for (const [given, parts, expected] of [
      [[], 5, [0]],
      [rowsOf(2), 5, [1, 1]],
      [[], { rows: 3 }, [0]],
    ] as const) {
      const path = fresh();
      assert.equal((await writeCheckpoint(path, given, { parts })).rows, given.length);
      assert.deepStrictEqual(await sizes(path), expected);
      assert.deepStrictEqual(await sizes(path), (await writeCheckpoint(path, later(given), { parts }), expected));
      assertExact(await readCheckpoint(path), [...given]);
    }
  });

  test('a column has one type in all parts, and values load as what they were', async () => {
    const rows: Row[] = [
      ...Array.from({ length: 10 }, (_, id): Row => ({ id, n: id, o: { a: id } })),
      ...Array.from({ length: 10 }, (_, id): Row => ({ id, n: id + 0.5, o: { a: id, b: 'x' }, more: null })),
      ...Array.from({ length: 10 }, (_, id): Row => ({ id, n: null, o: null, more: [id] })),
    ];
    for (const source of [rows, later(rows)])
      for (const parts of [3, { rows: 10 }] as const) {
        const path = fresh();
        await writeCheckpoint(path, source, { parts });
        assertExact(await readCheckpoint(path), rows);
        const types = await Promise.all(
          ['part-00000', 'part-00001', 'part-00002'].map(async (name) => {
            await using part = await openCheckpoint(join(path, `${name}.parquet`));
            return part.info.columns.map((column) => `${column.name}: ${column.type}`);
          }),
        );
        assert.deepStrictEqual(types[0], ['id: int64', 'n: double', 'o: struct<a: int64, b: string>', 'more: list<int64>']);
        assert.deepStrictEqual(types[1], types[0]);
        assert.deepStrictEqual(types[2], types[0]);
        if (source === rows) continue;
        break;
      }
  });

  test('engines read them as one table', { skip: noPython }, async () => {
    const path = fresh();
    const rows = [...rowsOf(500), ...rowsOf(500).map(({ id, text, tags }) => ({ id: (id as number) + 0.5, text, tags, more: 'x' }))];
    await writeCheckpoint(path, rows, { parts: 8 });
    const told = JSON.parse(await runPython('read_parts.py', path)) as Record<string, unknown>;
    const expected = { rows: 1000, sum: rows.reduce((sum, { id }) => sum + (id as number), 0), more: 500 };
    assert.deepStrictEqual(told, { pyarrow: expected, polars: expected, duckdb: expected });
  });

  test('an iterable whose name becomes a folder meanwhile: the folder stays, and the error says so', async () => {
    const path = fresh();
    const others = rowsOf(10);
    async function* meanwhile(): AsyncGenerator<Row> {
      yield { id: 1 };
      await writeCheckpoint(path, others, { parts: 2 });
      yield { id: 2 };
    }
    await assert.rejects(writeCheckpoint(path, meanwhile()), { code: 'ERR_CKPT_NOT_A_FILE', path, message: /save the rows again/ });
    assertExact(await readCheckpoint(path), others);
    assert.deepStrictEqual(readdirSync(dirname(path)), ['rows.parquet']);
    await writeCheckpoint(path, later([{ id: 3 }]));
    assertExact(await readCheckpoint(path), [{ id: 3 }]);
  });

  test('what is wrong with a row or the call is told as for one file, and leaves nothing', async () => {
    const path = fresh();
    await writeCheckpoint(path, rowsOf(10), { parts: 2 });
    const bad: Row[] = [...rowsOf(2000), { id: Symbol('no') as never }];
    for (const [rows, options, code, fields] of [
      [bad, { parts: { rows: 300 } }, 'ERR_CKPT_UNSUPPORTED_VALUE', { row: 2000 }],
      [later(bad), { parts: 3 }, 'ERR_CKPT_UNSUPPORTED_VALUE', { row: 2000 }],
      [[...rowsOf(700), 7 as never], { parts: { rows: 300 } }, 'ERR_CKPT_ROW_NOT_OBJECT', { row: 700 }],
      [rowsOf(10), { parts: 2, bloomFilter: ['nope'] }, 'ERR_CKPT_UNKNOWN_COLUMN', { column: 'nope', path }],
      [rowsOf(10), { parts: 2, compat: 'docetl' }, 'ERR_CKPT_INVALID_OPTION', {}],
      [rowsOf(10), { parts: 2, base: 'auto', share: 'reflink' }, 'ERR_CKPT_INVALID_OPTION', {}],
      [rowsOf(40_000), { parts: { rows: 2 } }, 'ERR_CKPT_LIMIT', { message: /more parts than 16384/ }],
    ] as const) {
      await rejectsWith(code, () => writeCheckpoint(path, rows as Row[], options as WriteOptions), fields);
    }
    const schema: CheckpointSchema = { columns: [{ name: 'id', type: 'number', max: 1500 }] };
    const error = await rejectsWith('ERR_CKPT_SCHEMA', () => writeCheckpoint(path, rowsOf(2000), { parts: { rows: 100 }, schema }), {
      path,
    });
    assert.deepStrictEqual([error.violations?.[0]?.row, error.count], [1501, 499]);
    for (const parts of [0, -1, 1.5, 20_000, '2', {}, { rows: 0 }, { rows: 1, more: 1 }, [2]] as unknown[])
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => writeCheckpoint(path, [], { parts } as WriteOptions), {
        message: /parts must be/,
      });
    await assert.rejects(writeCheckpoint(path, later(rowsOf(5000)), { parts: 2, signal: AbortSignal.timeout(0) }), {
      name: 'TimeoutError',
    });
    const controller = new AbortController();
    const stopping = function* (): Generator<Row> {
      for (const row of rowsOf(9000)) {
        if (row['id'] === 5000) controller.abort(new Error('mine'));
        yield row;
      }
    };
    await assert.rejects(writeCheckpoint(path, stopping(), { parts: { rows: 1000 }, signal: controller.signal }), /mine/);
    await assert.rejects(
      writeCheckpoint(path, (function* () { yield { id: 1 }; throw new Error('of the rows'); })(), { parts: { rows: 10 } }), // prettier-ignore
      /of the rows/,
    );
    assertExact(await readCheckpoint(path), rowsOf(10));
    assert.deepStrictEqual(readdirSync(dirname(path)), ['rows.parquet']);
  });

  test('a file becomes a folder, a folder a file, a folder another, and nothing else is replaced', async () => {
    const path = fresh();
    const states: [Row[], WriteOptions][] = [
      [rowsOf(5), {}],
      [rowsOf(6), { parts: 2 }],
      [rowsOf(7), { parts: 3 }],
      [rowsOf(8), {}],
      [rowsOf(9), { parts: { rows: 4 } }],
    ];
    for (const [rows, options] of states) {
      assert.equal((await writeCheckpoint(path, rows, options)).path, path);
      assert.equal(statSync(path).isDirectory(), options.parts !== undefined);
      assertExact(await readCheckpoint(path), rows);
      assert.deepStrictEqual(readdirSync(dirname(path)), ['rows.parquet']);
    }
    const writer = await createCheckpoint(path);
    await writer.append(rowsOf(3));
    assert.equal((await writer.close()).path, path);
    assert.ok(statSync(path).isFile());
    const inParts = await createCheckpoint(path, { parts: { rows: 2 } });
    for (const row of rowsOf(5)) await inParts.append(row);
    assert.equal((await inParts.close()).parts, 3);
    await writeCheckpoint(path, later(rowsOf(4)));
    assertExact(await readCheckpoint(path), rowsOf(4));

    const mine = fresh('mine.parquet');
    mkdirSync(mine, { recursive: true });
    writeFileSync(join(mine, 'letter.txt'), 'mine');
    for (const options of [{}, { parts: 2 }])
      for (const rows of [rowsOf(3), later(rowsOf(3))])
        await rejectsWith('ERR_CKPT_NOT_A_FILE', () => writeCheckpoint(mine, rows, options), { path: mine });
    assert.deepStrictEqual(readdirSync(mine), ['letter.txt']);
    if (process.platform !== 'win32') {
      const pipe = fresh('pipe.parquet');
      mkdirSync(dirname(pipe), { recursive: true });
      execFileSync('mkfifo', [pipe]);
      await rejectsWith('ERR_CKPT_NOT_A_FILE', () => writeCheckpoint(pipe, rowsOf(3), { parts: 2 }), { path: pipe });
    }
  });

  test('text and batches are never in parts', async () => {
    const path = fresh('rows.jsonl');
    assert.equal((await writeCheckpoint(path, rowsOf(5), { parts: 2 })).parts, undefined);
    assert.ok(statSync(path).isFile());
    const manager = new CheckpointManager(fresh('m'), { logger: false });
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager.saveBatchCheckpoint('o', 0, [], { parts: 2 }));
  });

  test('managers save, load and replace them', async () => {
    const directory = fresh('m');
    const manager = new CheckpointManager(directory, { logger: false });
    for (const [rows, options] of [
      [rowsOf(5), { parts: 2, hash: 'a' }],
      [rowsOf(6), { hash: 'b' }],
      [rowsOf(7), { parts: { rows: 2 }, hash: 'c' }],
    ] as const) {
      await manager.saveCheckpoint('s', 'o', rows, options);
      assertExact(await manager.loadCheckpoint('s', 'o', { hash: options.hash }), rows);
      assert.equal((await manager.getCheckpointInfo('s', 'o'))?.hash, options.hash);
    }
    assertExact(await manager.step('s', 'o', { hash: 'd', parts: 3 }, () => rowsOf(9)), rowsOf(9));
    assert.equal((await manager.getCheckpointInfo('s', 'o'))?.parts, 3);
    const { rows } = await manager.map('s', 'o', rowsOf(4), ({ id }) => ({ id }), { key: 'id', hash: 'd' });
    assert.equal(rows.length, 4);
    assert.ok(statSync(join(directory, 's', 'o.parquet')).isFile());
    // The other format goes with the save, be it a folder.
    await manager.saveCheckpoint('s', 'o', rowsOf(5), { parts: 2 });
    await new CheckpointManager(directory, { enableArrow: false, logger: false }).saveCheckpoint('s', 'o', rowsOf(2));
    assert.deepStrictEqual(readdirSync(join(directory, 's')), ['o.json']);
    await manager.saveCheckpoint('s', 'o', rowsOf(5), { parts: 2 });
    assert.deepStrictEqual(readdirSync(join(directory, 's')), ['o.parquet']);
    assert.equal(await manager.deleteCheckpoint('s', 'o'), true);
    assert.equal(await manager.loadCheckpoint('s', 'o'), null);
  });

  test('what waits for its name counts where nothing has the name, and is ended by the next call that changes', async () => {
    const directory = fresh('m');
    const manager = new CheckpointManager(directory, { logger: false });
    const path = join(directory, 's', 'o.parquet');
    /** As a process that was killed between its last two renames leaves it. */
    const waiting = async (options: WriteOptions): Promise<void> => {
      await manager.saveCheckpoint('s', 'o', rowsOf(5), options);
      renameSync(path, nextOf(path));
    };
    for (const options of [{ parts: 2 }, {}]) {
      await waiting(options);
      assertExact(await readCheckpoint(path), rowsOf(5));
      assertExact(await manager.loadCheckpoint('s', 'o'), rowsOf(5));
      await using reader = await openCheckpoint(path);
      assert.deepStrictEqual([reader.info.path, reader.info.rows, (await reader.read({ columns: ['id'] })).length], [path, 5, 5]);
      assert.deepStrictEqual(
        (await manager.listCheckpoints()).map((listed) => [listed.path, listed.rows]),
        [[path, 5]],
      );
      assert.ok(((await manager.getTotalCheckpointSize()) ?? 0) > 500);
      await manager.sweep();
      assert.deepStrictEqual([existsSync(path), existsSync(nextOf(path))], [true, false]);
      await waiting(options);
      await manager.saveCheckpoint('s', 'o', rowsOf(3), { parts: 2 });
      assertExact(await readCheckpoint(path), rowsOf(3));
      await waiting(options);
      assert.equal(await manager.deleteCheckpoint('s', 'o'), true);
      assert.deepStrictEqual(readdirSync(join(directory, 's')), []);
      await waiting(options);
      assert.equal(await manager.clearStep('s'), 1);
      assert.ok(!existsSync(join(directory, 's')));
    }
    // Before the name was taken from the old one, the old one counts.
    await manager.saveCheckpoint('s', 'o', rowsOf(5));
    await partsIn(nextOf(path), { 'part-0.parquet': rowsOf(9) });
    assertExact(await readCheckpoint(path), rowsOf(5));
    assert.equal((await manager.listCheckpoints())[0]?.rows, 5);
    await settleSwap(path);
    assert.deepStrictEqual([existsSync(nextOf(path)), (await readCheckpoint(path)).length], [false, 5]);
    await partsIn(nextOf(path), { 'part-0.parquet': rowsOf(9) });
    assert.equal(await manager.deleteCheckpoint('s', 'o'), true);
    assert.equal(await manager.loadCheckpoint('s', 'o'), null);
  });

  test('savers of one name beside each other: one of them is whole', async () => {
    const path = fresh();
    const saves = Array.from({ length: 12 }, (_, at) => writeCheckpoint(path, rowsOf(at + 1), at % 3 === 0 ? {} : { parts: (at % 3) + 1 }));
    let read = 0;
    let ended = false;
    const reading = (async () => {
      while (!ended) {
        const rows = await readCheckpoint(path).catch((error: unknown) => {
          if (read > 0 || (error as { code?: string }).code !== 'ERR_CKPT_NOT_FOUND') throw error;
          return null;
        });
        if (rows === null) continue;
        assertExact(rows, rowsOf(rows.length));
        read++;
      }
    })();
    await Promise.all(saves);
    ended = true;
    await reading;
    const rows = await readCheckpoint(path);
    assertExact(rows, rowsOf(rows.length));
    assert.deepStrictEqual(readdirSync(dirname(path)), ['rows.parquet']);
  });

  test('readers and savers of a folder that is replaced again and again get all rows of one state', async () => {
    const path = fresh();
    const SAVES = 150;
    await writeCheckpoint(path, rowsOf(60), { parts: 2 });
    let left = 2;
    // Each state has another number of parts and of rows, which all its rows tell.
    const save = async (by: number): Promise<void> => {
      for (let at = 0; at < SAVES; at++) {
        const [rows, parts] = [30 + ((at * 7 + by) % 40), ((at * 3 + by) % 7) + 1];
        await writeCheckpoint(
          path,
          rowsOf(rows).map((row) => Object.assign(row, { rows })),
          at % 4 === 3 ? {} : { parts },
        );
      }
      left--;
    };
    const read = async (): Promise<void> => {
      while (left > 0) {
        const rows = await readCheckpoint(path);
        assert.equal(rows.length, rows[0]?.['rows'] ?? 60);
      }
    };
    await Promise.all([save(0), save(1), read(), read(), read()]);
    assert.deepStrictEqual(readdirSync(dirname(path)), ['rows.parquet']);
  });

  test('a long name, and a link to a folder', { skip: process.platform === 'win32' && 'names are shorter there' }, async () => {
    const path = fresh(`${'x'.repeat(230)}.parquet`);
    for (const rows of [rowsOf(3), rowsOf(4)]) {
      await writeCheckpoint(path, rows, { parts: 2 });
      assertExact(await readCheckpoint(path), rows);
    }
    renameSync(path, nextOf(path));
    assertExact(await readCheckpoint(path), rowsOf(4));
  });
});
