import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { noBinding, READERS } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const REGULAR: Row[] = Array.from({ length: 50 }, (_, i) => ({
  id: i,
  meta: { source: i % 2 === 0 ? 'web' : 'mail', deep: { x: i, y: [i], z: { t: `t${i}` } }, n: null },
  tags: [{ a: i, b: 'b' }],
  'meta.own': i,
}));

const RAGGED: Row[] = [
  { id: 0, meta: { source: 'web', deep: { x: 1, y: [1] } } },
  { meta: { deep: { y: [2], x: 2 }, source: 'mail' }, id: 1 },
  { id: 2, meta: null },
  { id: 3 },
  { id: 4, meta: { source: 5 } },
  { id: 5, meta: {} },
  { id: 6, meta: 'text' },
  { id: 7, meta: [{ source: 'in a list' }] },
  { id: 8, meta: { source: undefined, deep: null } },
  { id: 9, 'meta.source': 'own', meta: { source: 'inner', other: 1 } },
  { id: 10, meta: { deep: JSON.parse('{"__proto__":1,"x":3}') as Row } },
  ...Array.from({ length: 60 }, (_, i) => ({ id: 11 + i, meta: { source: 'web', deep: { x: i, y: [i] } } })),
];

const COLUMNS = [
  ['id', 'meta.source'],
  ['meta.deep.x', 'meta.deep.y'],
  ['meta.deep.__proto__'],
  ['meta.deep', 'meta.deep.x'],
  ['meta', 'meta.source'],
  ['meta.source', 'meta.source.more'],
];

/** The contract, told another way: each name takes a copy of a path, and copies are merged in the order of the row. */
function expected(row: Row, names: readonly string[]): Row {
  const wanted = (value: unknown, paths: string[][]): unknown => {
    if (paths.some((path) => path.length === 0) || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value).flatMap(([key, inner]) => {
      const below = paths.filter((path) => path[0] === key).map((path) => path.slice(1));
      return below.length === 0 ? [] : [[key, wanted(inner, below)] as const];
    });
    return Object.fromEntries(entries);
  };
  return wanted(row, [...names.map((name) => name.split('.')), ...names.map((name) => [name])]) as Row;
}

for (const format of ['parquet', 'json', 'jsonl'] as const) {
  describe(`columns that are paths, in ${format}`, { skip: format === 'parquet' && noBinding }, () => {
    const folder = tempFolder(`projection-${format}`);
    const readers = format === 'parquet' ? READERS : [{ name: format, read: readCheckpoint as (typeof READERS)[number]['read'] }];
    for (const [kind, rows] of Object.entries({ regular: REGULAR, ragged: RAGGED })) {
      for (const { name, read } of readers) {
        test(`${kind}, ${name}`, async () => {
          const path = join(folder, `${kind}.${format}`);
          await writeCheckpoint(path, rows);
          const all =
            kind === 'regular'
              ? [
                  ...COLUMNS.filter(([first]) => first !== 'meta.deep.__proto__'),
                  ['meta.own'],
                  ['tags.a'],
                  ['meta.deep.z.t', 'id'],
                  ['meta.n'],
                ]
              : COLUMNS;
          for (const columns of all) {
            const read_ = await read(path, { columns });
            assert.deepStrictEqual(
              read_,
              rows.map((row) => expected(row, columns)),
              columns.join(),
            );
            assert.equal(JSON.stringify(read_), JSON.stringify(rows.map((row) => expected(row, columns))));
          }
          const where = { 'meta.source': 'web', id: { $lt: 20 } };
          const some = rows.filter((row) => (row['meta'] as Row | null)?.['source'] === 'web' && (row['id'] as number) < 20);
          assert.deepStrictEqual(
            await read(path, { columns: ['meta.deep.x'], where }),
            some.map((row) => expected(row, ['meta.deep.x'])),
          );
        });
      }
    }

    test('paths that no row has', async () => {
      const path = join(folder, `unknown.${format}`);
      await writeCheckpoint(path, REGULAR);
      for (const { read } of readers) {
        for (const column of ['nope.source', 'meta.nope'])
          await assert.rejects(read(path, { columns: [column] }), { code: 'ERR_CKPT_UNKNOWN_COLUMN', column });
      }
    });
  });
}
