import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createCheckpoint, openCheckpoint, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding, READERS } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const ROWS: Row[] = Array.from({ length: 5000 }, (_, id) => ({
  id,
  key: `key ${(id * 7919) % 5000}`,
  score: id % 10 === 0 ? Number.NaN : id / 8,
  at: new Date(id * 1000),
  meta: { source: `s${(id * 31) % 5000}`, n: id % 3 },
  tags: [`t${id % 4}`, 'x'],
}));
/** The row with a key. */
const rowOf = (key: number): Row[] => ROWS.filter((row) => row['key'] === `key ${key}`);

interface Seen {
  indexed: Record<string, [boolean, boolean]>;
  filters: string[][];
  present: boolean[][];
  absent: boolean[][];
  pyarrow: number[][];
  duckdb: number[][];
  rows: unknown[][];
}

describe('page indexes and bloom filters', { skip: noBinding }, () => {
  const folder = tempFolder('page-index');
  const file = join(folder, 'pages.parquet');
  const save = (path: string, rows: Row[], bloomFilter: boolean | string[]): Promise<unknown> => {
    process.env['ARROW_CKPT_PAGE_ROWS'] = '100';
    return writeCheckpoint(path, rows, { rowGroupRows: 1024, bloomFilter });
  };
  after(() => delete process.env['ARROW_CKPT_PAGE_ROWS']);

  test('every reader gives the rows', async () => {
    await save(file, ROWS, ['key', 'meta']);
    for (const reader of READERS) assertExact(await reader.read(file), ROWS);
  });

  test('conditions, offsets and columns take the same rows as without', async () => {
    assertExact(await readCheckpoint(file, { where: { key: 'key 1234' } }), rowOf(1234));
    assertExact(await readCheckpoint(file, { where: { key: { $in: ['key 77', 'key 78x'] } } }), rowOf(77));
    assertExact(await readCheckpoint(file, { where: { key: 'key 1234x' } }), []);
    assertExact(await readCheckpoint(file, { where: { 'meta.source': 's31' }, columns: ['meta.n', 'id'] }), [{ id: 1, meta: { n: 1 } }]);
    assertExact(await readCheckpoint(file, { where: { at: { $gte: new Date(3_000_500) } }, offset: 2, limit: 3 }), ROWS.slice(3003, 3006));
    assertExact(
      await readCheckpoint(file, { where: { score: { $gt: 624 } } }),
      ROWS.filter((row) => (row['score'] as number) > 624),
    );
    assertExact(await readCheckpoint(file, { offset: 1023, limit: 103 }), ROWS.slice(1023, 1126));
    const open = await openCheckpoint(file);
    try {
      assert.equal(await open.count({ where: { id: { $gte: 4990 } } }), 10);
      assert.equal(await open.count({ where: { 'meta.n': 1, id: { $lt: 300 } } }), 100);
    } finally {
      await open.close();
    }
  });

  test('a flipped bit in any of them is ERR_CKPT_CORRUPT', async () => {
    const bytes = readFileSync(file);
    const damaged = join(folder, 'damaged.parquet');
    const footer = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
    for (let at = footer - 1; at > footer - 3000; at -= 97) {
      const copy = Buffer.from(bytes);
      copy[at]! ^= 1 << (at % 8);
      writeFileSync(damaged, copy);
      for (const reader of READERS) await rejectsWith('ERR_CKPT_CORRUPT', () => reader.read(damaged), { path: damaged });
      assertExact(await readCheckpoint(damaged, { verify: false, where: { id: 4321 } }), ROWS.slice(4321, 4322));
    }
  });

  test('a name that is no column is ERR_CKPT_UNKNOWN_COLUMN, and nothing is saved', async () => {
    const before = readFileSync(file);
    for (const column of ['nope', 'meta.nope', 'key.x'])
      await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => save(file, ROWS, ['key', column]), { path: file, column });
    assert.ok(readFileSync(file).equals(before));
    // Where there are no rows, there are no columns either.
    await save(join(folder, 'none.parquet'), [], ['key']);
    // A key with a dot, a column of another type, a column that comes late.
    const odd = [
      { 'a.b': 'x', d: 0.5 },
      { 'a.b': 'y', d: 1.5, late: 'z' },
    ];
    await save(join(folder, 'odd.parquet'), odd, ['a.b', 'd', 'late']);
    assertExact(await readCheckpoint(join(folder, 'odd.parquet'), { where: { late: 'z' } }), odd.slice(1));
    const writer = await createCheckpoint(join(folder, 'appended.parquet'), { bloomFilter: ['nope'] });
    await writer.append(odd);
    await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => writer.close(), { column: 'nope' });
  });

  test('JSON takes the option and has no use for it', async () => {
    const json = join(folder, 'rows.json');
    await writeCheckpoint(json, ROWS.slice(0, 3), { bloomFilter: ['nope'] });
    assertExact(await readCheckpoint(json), ROWS.slice(0, 3));
  });

  test('PyArrow and DuckDB use them', { skip: noPython }, async () => {
    const seen = JSON.parse(await runPython('page_index.py', file)) as Seen;
    assert.deepStrictEqual(seen.indexed['id'], [true, true]);
    assert.deepStrictEqual(seen.indexed['meta.source'], [true, true]);
    assert.deepStrictEqual(seen.indexed['tags.list.element'], [false, true]);
    assert.deepStrictEqual(seen.filters.flat(), ['key', 'meta, source']);
    const holders = ROWS.flatMap(({ key }, id) => (key === 'key 1234' ? [id] : []));
    assert.deepStrictEqual(seen.present.flat().filter((excludes) => !excludes).length, 1);
    assert.ok(seen.absent.flat().every((excludes) => excludes));
    for (const found of [seen.pyarrow, seen.duckdb]) assert.deepStrictEqual(found, [[4000, 4001, 4002], holders, []]);
    assert.deepStrictEqual(seen.rows, [[5000, (4999 * 5000) / 2, 5000, 10_000]]);
  });
});
