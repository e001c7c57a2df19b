import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { isCheckpointError, readCheckpoint, writeCheckpoint, type ReadOptions, type Row, type Where } from 'arrow-ckpt';
import { z } from 'zod';
import { noBinding, READERS } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

/** One row a kind of value; `id` is its index. */
const ROWS: Row[] = [
  { id: 0, v: 1, tag: 'a', meta: { source: 'web', n: 1 } },
  { id: 1, v: -0, tag: 'b', meta: { source: 'mail' } },
  { id: 2, v: Number.NaN, tag: null, meta: null },
  { id: 3, v: 9007199254740993n, tag: 'a' },
  { id: 4, v: 'text', tag: 'z' },
  { id: 5, v: null },
  { id: 6 },
  { id: 7, v: undefined },
  { id: 8, v: [1, 'x', null] },
  { id: 9, v: new Date(1000) },
  { id: 10, v: true },
  { id: 11, v: { a: 1 } },
  { id: 12, v: new Uint8Array([1, 2]) },
  { id: 13, v: '\u{1f600}' },
  { id: 14, v: '\uffee' },
  { id: 15, 'meta.source': 'own', meta: { source: 'inner' } },
  { id: 16, v: [] },
];

const CASES: [Where, number[]][] = [
  [{}, ROWS.map((_, id) => id)],
  [{ v: 1 }, [0, 8]],
  [{ v: { $eq: 0 } }, [1]],
  [{ v: Number.NaN }, [2]],
  [{ v: 9007199254740993n }, [3]],
  [{ v: { $gt: 2 ** 53 } }, [3]],
  [{ v: null }, [5, 6, 7, 8, 15]],
  [{ v: undefined }, [5, 6, 7, 8, 15]],
  [{ v: { $exists: false } }, [6, 15]],
  [{ v: { $exists: true }, id: { $lte: 7 } }, [0, 1, 2, 3, 4, 5, 7]],
  [{ v: { $ne: 1 }, id: { $lt: 5 } }, [1, 2, 3, 4]],
  [{ v: { $gte: 0 } }, [0, 1, 3, 8]],
  [{ v: { $lt: 1 } }, [1]],
  [{ v: { $in: ['x', true, { a: 1 }] } }, [8, 10, 11]],
  [{ v: { $nin: ['x', 1] }, id: { $in: [0, 4, 8] } }, [4]],
  [{ v: [1, 'x', null] }, [8]],
  [{ v: [] }, [16]],
  [{ v: new Date(1000) }, [9]],
  [{ v: { $gt: new Date(999) } }, [9]],
  [{ v: { $gte: false } }, [10]],
  [{ v: new Uint8Array([1, 2]) }, [12]],
  [{ v: { a: 1 } }, [11]],
  [{ 'v.a': { $gte: 1 } }, [11]],
  [{ v: { $gt: '\uffee' } }, [13]],
  [{ v: { $gt: 'text', $lt: '\u{1f600}' } }, [8, 14]],
  [{ 'meta.source': 'web' }, [0]],
  [{ 'meta.source': { $in: ['own', 'inner'] } }, [15]],
  [{ 'meta.n': null, id: { $lte: 1 } }, [1]],
  [{ $or: [{ tag: 'b' }, { tag: 'z' }] }, [1, 4]],
  [{ $and: [{ tag: 'a' }, { id: { $gt: 0 } }] }, [3]],
  [{ $not: { id: { $gt: 0 } } }, [0]],
  [{ id: { $not: { $gte: 1, $lt: 16 } } }, [0, 16]],
  [{ nope: 1 }, []],
  [{ nope: null, id: 3 }, [3]],
  [{ $field: 'id', $in: [3, 4] }, [3, 4]],
  [{ $field: 'meta.source', $in: ['own', 'inner'] }, [15]],
  [{ $field: ['meta.source'], $exists: true }, [15]],
  [{ $field: ['meta', 'source'], $in: ['own', 'inner'] }, [15]],
  [{ $field: ['meta', 'source'], $eq: 'own' }, []],
  [
    {
      $or: [
        { $field: ['id'], $eq: 1 },
        { $field: ['tag'], $not: { $ne: 'z' } },
      ],
    },
    [1, 4],
  ],
];

for (const format of ['parquet', 'json'] as const) {
  describe(`where, offset and limit on ${format}`, { skip: format === 'parquet' && noBinding }, () => {
    const path = join(tempFolder(`where-${format}`), `rows.${format}`);
    const readers = format === 'parquet' ? READERS : [{ name: 'json', read: readCheckpoint as (typeof READERS)[number]['read'] }];
    before(() => writeCheckpoint(path, ROWS));
    const ids = async (read: (typeof READERS)[number]['read'], options: ReadOptions) => (await read(path, options)).map((row) => row['id']);

    for (const { name, read } of readers) {
      for (const [where, expected] of CASES) {
        test(`${name}: ${inspected(where)}`, async () => assert.deepStrictEqual(await ids(read, { where }), expected));
      }

      test(`${name}: offset and limit count the rows that where takes`, async () => {
        assert.deepStrictEqual(await ids(read, { offset: 14 }), [14, 15, 16]);
        assert.deepStrictEqual(await ids(read, { limit: 2 }), [0, 1]);
        assert.deepStrictEqual(await ids(read, { offset: 3, limit: 2 }), [3, 4]);
        assert.deepStrictEqual(await ids(read, { offset: 100 }), []);
        assert.deepStrictEqual(await ids(read, { limit: 0 }), []);
        assert.deepStrictEqual(await ids(read, { where: { id: { $gte: 10 } }, offset: 1, limit: 2 }), [11, 12]);
      });

      test(`${name}: a column that only where needs is not in the rows`, async () => {
        const rows = await read(path, { columns: ['tag'], where: { id: { $lt: 2 }, 'meta.source': 'mail' } });
        assert.deepStrictEqual(rows, [{ tag: 'b' }]);
      });

      test(`${name}: a schema sees the rows that are wanted`, async () => {
        const schema = z.object({ id: z.number().max(1), tag: z.string() });
        assert.deepStrictEqual(await read(path, { where: { id: { $lt: 2 } }, schema }), [
          { id: 0, tag: 'a' },
          { id: 1, tag: 'b' },
        ]);
        await assert.rejects(read(path, { where: { id: { $in: [0, 4] } }, schema }), (error) => {
          assert.ok(isCheckpointError(error) && error.code === 'ERR_CKPT_SCHEMA');
          return error.violations?.length === 1 && error.violations[0]?.row === 1;
        });
      });
    }
  });
}

test('what is no filter is refused before a file is looked for', async () => {
  const wrong: [unknown, RegExp][] = [
    [{ v: { $gte: 1, $regex: 'a' } }, /where\.v has an unknown operator "\$regex"; it knows \$eq/],
    [{ v: { $gte: 1, b: 2 } }, /where\.v has a key beside operators: "b"/],
    [{ $nor: [] }, /unknown operator "\$nor"/],
    [{ $state: 1 }, /unknown operator "\$state".* \{ \$field: "\$state", \$eq: /],
    [{ $field: '$state' }, /where\.\$field needs a condition beside it/],
    [{ $field: [], $eq: 1 }, /where\.\$field must be a key, a path or a list of keys, got an array of 0/],
    [{ $field: 1, $eq: 1 }, /where\.\$field must be a key/],
    [{ $field: 'a', b: 1 }, /where has a key beside operators: "b"/],
    [{ $or: [] }, /\$or must be a list of conditions/],
    [{ $and: { a: 1 } }, /\$and must be a list/],
    [{ v: { $in: 1 } }, /\$in must be a list of values, got 1/],
    [{ v: { $exists: 1 } }, /\$exists must be true or false/],
    [{ v: { $gt: null } }, /\$gt must be a number/],
    [{ v: { $not: 1 } }, /\$not must be an object of conditions/],
    [{ v: () => 1 }, /must be a value that a row can hold/],
    [[{ v: 1 }], /where must be an object/],
    ['v = 1', /where must be an object/],
  ];
  for (const [where, message] of wrong) {
    await assert.rejects(readCheckpoint('nowhere', { where: where as Where }), { code: 'ERR_CKPT_INVALID_OPTION', message });
  }
  for (const count of [-1, 0.5, Number.NaN, '1']) {
    await assert.rejects(readCheckpoint('nowhere', { limit: count as number }), {
      code: 'ERR_CKPT_INVALID_OPTION',
      message: /limit must be an integer from 0 on/,
    });
    await assert.rejects(readCheckpoint('nowhere', { offset: count as number }), { code: 'ERR_CKPT_INVALID_OPTION', message: /offset/ });
  }
});

/** A filter in a test's title. */
function inspected(where: Where): string {
  return JSON.stringify(where, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : Number.isNaN(value) ? 'NaN' : value));
}
