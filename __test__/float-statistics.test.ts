import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createCheckpoint, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { parquetMetadata } from 'hyparquet';
import { assertExact } from './support/exact.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding, READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Three row groups of 200 rows, pages of 50. */
const ROWS: Row[] = Array.from({ length: 600 }, (_, id) => ({
  id,
  plain: id / 4 - 10.5,
  nan: id === 120 ? NaN : id / 2 + 0.25,
  zero: id % 3 === 0 ? 0 : id < 300 ? id + 0.5 : -id - 0.5,
  minus: id % 2 === 0 ? 0.5 * (id % 4) : -0,
  inside: { nan: id % 7 === 0 ? NaN : id, plain: id + 0.5 },
  list: [id + 0.25, id === 130 ? NaN : 0.5],
  f32: new Float32Array([id, id === 140 ? NaN : 0]),
  late: id < 400 ? id : id === 450 ? NaN : id + 0.5,
  beside: id === 5 ? 'x' : id === 210 ? NaN : id + 0.5,
  few: id % 2,
}));

/** Minimum and maximum of each row group; null where there is none. */
const BOUNDS: Record<string, ([number, number] | null)[]> = {
  plain: [
    [-10.5, 39.25],
    [39.5, 89.25],
    [89.5, 139.25],
  ],
  // A NaN in one group takes the bounds of all: engines take those of the others for the file's.
  nan: [null, null, null],
  zero: [
    [-0, 199.5],
    [-398.5, 299.5],
    [-599.5, 0],
  ],
  minus: [
    [-0, 1],
    [-0, 1],
    [-0, 1],
  ],
  'inside.nan': [null, null, null],
  'list.list.element': [null, null, null],
  'f32.list.element': [null, null, null],
  late: [null, null, null],
  beside: [null, null, null],
};

interface Seen {
  pyarrow: Record<string, ([number, number] | null)[]>;
  duckdb: Record<string, ([number, number] | null)[]>;
  rows: Record<string, number>;
}

suite('statistics of floating-point numbers', noBinding, () => {
  const folder = tempFolder('float-statistics');
  const path = join(folder, 'rows.parquet');
  process.env['ARROW_CKPT_PAGE_ROWS'] = '50';
  after(() => delete process.env['ARROW_CKPT_PAGE_ROWS']);
  const saved = writeCheckpoint(path, ROWS, { rowGroupRows: 200 });

  test('have no NaN, and zeros of both signs', async () => {
    await saved;
    const found: typeof BOUNDS = {};
    const indexed: Record<string, boolean[]> = {};
    for (const { columns } of metadataOf(path).row_groups) {
      for (const { meta_data, column_index_offset, offset_index_offset } of columns) {
        const name = meta_data?.path_in_schema.join('.') ?? '';
        assert.ok(offset_index_offset !== undefined);
        const { min_value: min, max_value: max } = meta_data?.statistics ?? {};
        (indexed[name] ??= []).push(column_index_offset !== undefined);
        if (name in BOUNDS) (found[name] ??= []).push(min === undefined ? null : [min as number, max as number]);
      }
    }
    assertExact(found, BOUNDS);
    // No index for a chunk with a NaN in any page, and none for lists.
    const withNaN: Record<string, boolean[]> = { nan: [true, false, false], late: [false, false, true], beside: [false, true, false] };
    for (const [name, groups] of Object.entries(BOUNDS)) {
      const expected = groups.map((of, group) => !name.includes('.list') && (of !== null || withNaN[name]?.[group] === false));
      assert.deepStrictEqual(indexed[name], expected, name);
    }
  });

  test('no dictionary holds -0', async () => {
    await saved;
    const [group] = metadataOf(path).row_groups;
    const encodings = new Map(group?.columns.map(({ meta_data }) => [meta_data?.path_in_schema[0], meta_data?.encodings]));
    assert.equal(encodings.get('minus')?.includes('RLE_DICTIONARY'), false);
  });

  test('every reader gives the rows, and conditions take the same rows as without', async () => {
    await saved;
    for (const reader of READERS) assertExact(await reader.read(path), ROWS);
    const count = async (where: Row): Promise<number> => (await readCheckpoint(path, { where: where as never })).length;
    const of = (test: (row: Record<string, never>) => boolean): number => ROWS.filter((row) => test(row as never)).length;
    assert.equal(await count({ nan: NaN }), 1);
    assert.equal(
      await count({ nan: { $gt: 200 } }),
      of((row) => row['nan']! > 200),
    );
    assert.equal(await count({ zero: -0 }), 200);
    assert.equal(await count({ minus: 0 }), 450);
    assert.equal(
      await count({ 'inside.nan': { $lt: 10 } }),
      of((row) => row['inside']!['nan'] < 10),
    );
    assert.equal(await count({ late: { $gte: 450 } }), 149);
    assert.equal(await count({ plain: { $lt: 0 } }), 42);
    assert.equal(await count({ beside: NaN }), 1);
  });

  test('the order of each column is the one that all readers know, however the file was made', async () => {
    await saved;
    const small = join(folder, 'small.parquet');
    await writeCheckpoint(small, [{ id: 1, x: 0.5, v: new Float64Array([1.5]) }]);
    const none = join(folder, 'none.parquet');
    await writeCheckpoint(none, []);
    const parts = join(folder, 'parts.parquet');
    const writer = await createCheckpoint(parts, { hash: 'h', metadata: { m: 'x' } });
    for (let at = 0; at < 600; at += 100) await writer.append(ROWS.slice(at, at + 100));
    await writer.close();
    const kura = join(folder, 'kura.parquet');
    const cluster = {
      id: 'a',
      name: 'n',
      description: 'd',
      slug: 's',
      chat_ids: [],
      parent_id: null,
      count: 0,
      x_coord: 0.5,
      y_coord: 1.5,
      level: 0,
    };
    await writeCheckpoint(kura, [cluster], { compat: 'kura' });
    for (const file of [path, small, none, parts, kura]) {
      const orders = columnOrders(file);
      assert.ok(
        orders.every((order) => order === '1c0000'),
        `${file}: ${orders.join(' ')}`,
      );
    }
  });

  test('PyArrow, Polars and DuckDB see them so', { skip: noPython }, async () => {
    await saved;
    const seen = JSON.parse(await runPython('float_statistics.py', path)) as Seen;
    for (const found of [seen.pyarrow, seen.duckdb]) assertExact(found, BOUNDS);
    const above = ROWS.filter((row) => !((row['nan'] as number) <= 2)).length;
    assert.deepStrictEqual(seen.rows, { polars: 600, duckdb: 600, 'duckdb nan > 2': above, 'duckdb minus = 0': 450 });
  });
});

function metadataOf(path: string): ReturnType<typeof parquetMetadata> {
  const bytes = readFileSync(path);
  return parquetMetadata(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/**
 * The column orders of a footer, its last field, as hexadecimal digits: a union of empty structs each, of which the first is the one
 * wanted.
 */
function columnOrders(path: string): string[] {
  const bytes = readFileSync(path);
  const leaves = metadataOf(path).schema.filter((element) => element.num_children === undefined).length;
  const end = bytes.length - 9;
  const leavesEnd = bytes.subarray(end - 3 * leaves, end);
  return Array.from({ length: leaves }, (_, leaf) => leavesEnd.toString('hex', 3 * leaf, 3 * leaf + 3));
}
