import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { openCheckpoint, readCheckpoint, writeCheckpoint, type AnyColumn, type Columns, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { assertColumn, assertColumns, ownValue } from './support/columns-agree.ts';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';
import { dataFiles, dataPath, noTestData } from './support/test-data.ts';

const ROWS: Row[] = Array.from({ length: 6000 }, (_, id) => ({
  id,
  score: id % 10 === 3 ? null : id / 3,
  name: `name ${id % 900}`,
  kind: ['a', 'b', '漢'][id % 3],
  ok: id % 2 === 0,
  when: new Date(1_700_000_000_000 + id * 1000),
  big: BigInt(id) * 10n ** 15n,
  huge: id === 17 ? 2n ** 70n : BigInt(id),
  embedding: [id, id + 0.5, -id],
  tags: id % 4 === 0 ? [] : [`t${id % 5}`, null],
  meta: { source: id % 7 === 0 ? null : `s${id % 4}`, deep: { n: id, list: [id] } },
  mixed: id % 100 === 5 ? 'text' : id,
  bytes: new Uint8Array([id & 255]),
  ...(id % 3 === 0 && { rare: id }),
  ...(id % 1000 === 999 && { meta: 'no object' }),
  nothing: null,
}));

const KINDS = {
  id: 'number',
  score: 'number',
  name: 'string',
  kind: 'string',
  ok: 'boolean',
  when: 'date',
  big: 'bigint',
  embedding: 'list',
  tags: 'list',
  mixed: 'number',
  bytes: 'bytes',
  rare: 'number',
  nothing: 'null',
};

/** All batches, and the column of a name in each. */
async function all(batches: AsyncIterable<Columns>): Promise<Columns[]> {
  const found: Columns[] = [];
  for await (const batch of batches) found.push(batch);
  return found;
}

function column(batch: Columns, name: string): AnyColumn {
  const found = batch.column(name);
  assert.ok(found !== undefined, `no column ${name}`);
  return found;
}

for (const format of ['parquet', 'json', 'jsonl'] as const) {
  describe(`columns of ${format}`, { skip: format === 'parquet' && noBinding }, () => {
    const path = join(tempFolder(`columns-${format}`), `rows.${format}`);
    before(() => writeCheckpoint(path, ROWS, { rowGroupRows: 1024 }));

    test('all of them, all rows at once and in batches', async () => {
      await using reader = await openCheckpoint(path);
      const columns = await reader.columns();
      assertColumns(columns, ROWS);
      for (const [name, kind] of Object.entries(KINDS)) {
        // Of JSON each value is its own witness: two kinds are a mixture.
        assert.equal(column(columns, name).kind, name === 'mixed' && format !== 'parquet' ? 'mixed' : kind, name);
      }
      const batches = await all(reader.scanColumns());
      // Only now: a batch keeps its memory when others have been read.
      let first = 0;
      for (const batch of batches) {
        assertColumns(batch, ROWS.slice(first, first + batch.rows));
        first += batch.rows;
      }
      assert.equal(first, ROWS.length);
    });

    test('numbers are one array, of which missing ones are told apart', async () => {
      await using reader = await openCheckpoint(path);
      const { columns } = await reader.columns(['score', 'id']);
      assert.deepStrictEqual(
        columns.map(({ name }) => name),
        ['score', 'id'],
      );
      const [score, id] = columns;
      assert.ok(score?.kind === 'number' && id?.kind === 'number');
      assert.ok(score.values instanceof Float64Array && score.values.length === ROWS.length);
      assert.equal(id.validity, null);
      const sum = score.values.reduce((total, value, row) => (score.validity?.[row] === 0 ? total : total + value), 0);
      assert.equal(
        sum,
        ROWS.reduce((total, row) => total + ((row['score'] as number | null) ?? 0), 0),
      );
      // It is the caller's: the reader keeps no hold of it.
      const moved = structuredClone(id.values, { transfer: [id.values.buffer as ArrayBuffer] });
      assert.equal(moved[5999], 5999);
      assert.equal((await reader.columns(['id'])).columns[0]?.at(5999), 5999);
    });

    test('lists of numbers are views', async () => {
      await using reader = await openCheckpoint(path);
      const embedding = column(await reader.columns(['embedding']), 'embedding');
      assert.ok(embedding.kind === 'list');
      assert.deepStrictEqual(embedding.view(4000), Float64Array.of(4000, 4000.5, -4000));
      assert.equal(embedding.view(6000), undefined);
      assert.equal(embedding.view(-1), undefined);
    });

    test('paths into objects', async () => {
      await using reader = await openCheckpoint(path);
      const names = ['meta.source', 'meta.deep.n', 'meta.deep', 'meta.deep.list', 'id'];
      for (const batch of [await reader.columns(names)]) {
        assert.deepStrictEqual(
          batch.columns.map(({ name }) => name),
          names,
        );
        for (const name of names) {
          assertColumn(
            column(batch, name),
            ROWS.map((row) => ownValue(row, name)),
          );
        }
      }
    });

    test('conditions, of which the core is certain and not, offset and limit', async () => {
      await using reader = await openCheckpoint(path);
      const conditions = [
        [{ id: { $gte: 100, $lt: 4000 } }, (row: Row) => (row['id'] as number) >= 100 && (row['id'] as number) < 4000],
        [{ mixed: 'text' }, (row: Row) => row['mixed'] === 'text'],
        [{ rare: { $exists: false } }, (row: Row) => !Object.hasOwn(row, 'rare')],
        [{ 'meta.deep.n': { $lt: 7 } }, (row: Row) => ((ownValue(row, 'meta.deep.n') ?? 9) as number) < 7],
      ] as const;
      for (const [where, keep] of conditions) {
        const rows = ROWS.filter(keep);
        assertColumns(await reader.columns(undefined, { where }), rows);
        const names = ['name', 'kind', 'mixed', 'tags', 'embedding'];
        const part = await reader.columns(names, { where, offset: 2, limit: 1500 });
        for (const name of names) {
          assertColumn(
            column(part, name),
            rows.slice(2, 1502).map((row) => row[name]),
          );
        }
      }
      const rows = ROWS.slice(990, 1050);
      assertColumns(await reader.columns(undefined, { offset: 990, limit: 60 }), rows);
      const none = await reader.columns(['id', 'name', 'meta.source'], { offset: 7000 });
      assert.deepStrictEqual([none.rows, none.columns.map(({ length }) => length)], [0, [0, 0, 0]]);
      assert.equal((await reader.columns(['id'], { where: { id: -1 } })).rows, 0);
    });

    test('a row that there is not, a call that is wrong', async () => {
      await using reader = await openCheckpoint(path);
      const id = column(await reader.columns(['id'], { limit: 10 }), 'id');
      for (const index of [-1, 10, 0.5, Number.NaN]) assert.throws(() => id.at(index), { name: 'RangeError', message: /10 rows/ });
      assert.deepStrictEqual([...id], id.toArray());
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => reader.columns('id' as never), { message: /columns/ });
      await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => reader.columns(['id'], { schema: {} } as never), { message: /schema/ });
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => all(reader.scanColumns({ offset: 0.5 })), { message: /offset/ });
    });

    test('left early, aborted, closed', async () => {
      const reader = await openCheckpoint(path);
      for await (const batch of reader.scanColumns({ columns: ['id'] })) {
        assert.ok(batch.rows > 0);
        break;
      }
      const signal = AbortSignal.abort(new Error('enough'));
      await assert.rejects(reader.columns(['id'], { signal }), /enough/);
      await reader.close();
      await rejectsWith('ERR_CKPT_CLOSED', () => reader.columns(), { path });
      await rejectsWith('ERR_CKPT_CLOSED', () => all(reader.scanColumns()), { path });
    });
  });
}

describe('columns of Parquet', { skip: noBinding }, () => {
  const folder = tempFolder('columns-parquet-only');

  test('a column that the file does not have', async () => {
    const path = join(folder, 'unknown.parquet');
    await writeCheckpoint(path, ROWS.slice(0, 10));
    await using reader = await openCheckpoint(path);
    await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => reader.columns(['id', 'idd']), { path, column: 'idd' });
    await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => all(reader.scanColumns({ columns: ['idd'] })), { path, column: 'idd' });
  });

  test('texts of a dictionary are numbers of it, also where row groups change it', async () => {
    const path = join(folder, 'dictionary.parquet');
    const rows = Array.from({ length: 30_000 }, (_, id) => ({ id, word: `w${Math.floor(id / 10_000)}-${id % 3}` }));
    await writeCheckpoint(path, rows, { rowGroupRows: 5000 });
    await using reader = await openCheckpoint(path);
    const word = column(await reader.columns(['word']), 'word');
    assert.ok(word.kind === 'string');
    assert.ok(word.chunks.every((chunk) => 'codes' in chunk && chunk.dictionary.length <= 9));
    assertColumn(
      word,
      rows.map((row) => row.word),
    );
  });

  test('vectors of floats are views of floats, of doubles of doubles', async () => {
    const path = join(folder, 'vectors.parquet');
    const rows = Array.from({ length: 3000 }, (_, id) => ({
      floats: Array.from({ length: 1 + (id % 50) }, (__, at) => Math.fround(Math.sin(id * 50 + at))),
      doubles: Array.from({ length: 20 }, (__, at) => Math.sin(id * 20 + at)),
    }));
    await writeCheckpoint(path, rows, { rowGroupRows: 1000 });
    await using reader = await openCheckpoint(path);
    const batch = await reader.columns();
    assertColumns(batch, rows);
    for (const [name, Class] of [
      ['floats', Float32Array],
      ['doubles', Float64Array],
    ] as const) {
      const vectors = column(batch, name);
      assert.ok(vectors.kind === 'list');
      assert.deepStrictEqual(vectors.view(2999), Class.from(rows[2999]![name]));
    }
    assertExact(await readCheckpoint(path), rows);
  });

  test('as the fallback reads them', async () => {
    const path = join(folder, 'fallback.parquet');
    await writeCheckpoint(path, ROWS, { rowGroupRows: 2000 });
    const file = await fallbackStore.open(path, {});
    assertColumns(await file.columns({}), ROWS);
    file.close();
  });

  test('files of other writers', { skip: noTestData }, async () => {
    for (const name of dataFiles(/\.parquet$/)) {
      const rows = await readCheckpoint(dataPath(name)).catch(() => undefined);
      if (rows === undefined) continue;
      await using reader = await openCheckpoint(dataPath(name));
      assertColumns(await reader.columns(), rows);
    }
  });
});
