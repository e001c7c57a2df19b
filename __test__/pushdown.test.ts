import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Progress, type Row, type Where } from 'arrow-ckpt';
import { predicateOf } from '../lib/select/predicate.ts';
import { parseWhere } from '../lib/options/where.ts';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { fc } from './support/seeded.ts';
import { tempFolder } from './support/temp-folder.ts';

/**
 * Values that a column may have, and that a condition may ask for: of one kind mostly, so that the columns are typed, with odd ones among
 * them.
 */
const KINDS = {
  integer: fc.integer({ min: -5, max: 5 }),
  double: fc.constantFrom(-1.5, -0, 0, 0.5, 1, 2.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 1e300),
  text: fc.constantFrom('', 'a', 'b', 'ab', 'é', '\uffee', '\u{1f600}', 'text'),
  boolean: fc.boolean(),
  date: fc.constantFrom(...[-1, 0, 1, 86_400_000].map((time) => new Date(time))),
  big: fc.constantFrom(-5n, 0n, 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n),
};
const ODD = fc.constantFrom<unknown>(
  null,
  undefined,
  'odd',
  7,
  true,
  3n,
  '\ud800',
  new Date(Number.NaN),
  [1, 'a', null],
  { k: 1 },
  2n ** 70n,
);

const kind = fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[]));

/**
 * Rows of columns `c0`, `c1`, ..., of a struct `s` and of a key with a dot, in file order partly sorted, so that statistics tell row groups
 * apart.
 */
const table: fc.Arbitrary<Row[]> = fc
  .record({
    kinds: fc.array(kind, { minLength: 1, maxLength: 4 }),
    odd: fc.constantFrom(0, 0, 3, 40),
    sorted: fc.boolean(),
    dotted: fc.boolean(),
  })
  .chain(({ kinds, odd, sorted, dotted }) => {
    const cell = (of: keyof typeof KINDS): fc.Arbitrary<unknown> =>
      fc.oneof(
        { weight: 100, arbitrary: KINDS[of] as fc.Arbitrary<unknown> },
        { weight: odd, arbitrary: ODD },
        { weight: odd === 0 ? 0 : 5, arbitrary: fc.constant(null) },
      );
    const columns = Object.fromEntries(kinds.map((of, index) => [`c${index}`, cell(of)]));
    const inner = fc.record(
      { a: cell(kinds[0] as keyof typeof KINDS), b: fc.record({ t: KINDS.text }, { noNullPrototype: true }) },
      { noNullPrototype: true, requiredKeys: odd === 0 ? ['a', 'b'] : [] },
    );
    const row = fc.record(
      { ...columns, s: odd === 0 ? inner : fc.option(inner), ...(dotted && { 's.a': KINDS.integer }) },
      { noNullPrototype: true, requiredKeys: (odd === 0 ? [...Object.keys(columns), 's'] : []) as never[] },
    );
    return fc
      .array(row, { minLength: 1, maxLength: 90 })
      .map((rows) => (sorted ? (rows as Row[]).sort((a, b) => (Number(a['c0']) || 0) - (Number(b['c0']) || 0)) : (rows as Row[])));
  });

const path = fc.constantFrom('c0', 'c0', 'c1', 'c2', 's', 's.a', 's.b', 's.b.t', 'c0.x');
const operand: fc.Arbitrary<unknown> = fc.oneof(...Object.values(KINDS), ODD);
const ordered = fc.oneof(...Object.values(KINDS));
const conditions: fc.Arbitrary<unknown> = fc.oneof(
  operand.filter((value) => typeof value !== 'object' || value === null || value instanceof Date),
  fc.record({ $gte: ordered, $lt: ordered }, { requiredKeys: ['$gte'] }),
  fc.record({ $gt: ordered }),
  fc.record({ $lte: ordered }),
  fc.record({ $eq: operand }),
  fc.record({ $ne: operand }),
  fc.record({ $in: fc.array(operand, { maxLength: 3 }) }),
  fc.record({ $nin: fc.array(operand, { maxLength: 3 }) }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $not: fc.record({ $lt: ordered }) }),
);
const leaf: fc.Arbitrary<Where> = fc.tuple(path, conditions).map(([key, value]) => ({ [key]: value }) as Where);
const { where } = fc.letrec<{ where: Where }>((tie) => ({
  where: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('where'), { minLength: 1, maxLength: 3 }).map(($and) => ({ $and })),
    fc.array(tie('where'), { minLength: 1, maxLength: 3 }).map(($or) => ({ $or })),
    tie('where').map(($not) => ({ $not })),
  ),
}));

describe('conditions in the core', { skip: noBinding }, () => {
  after(() => delete process.env['ARROW_CKPT_PAGE_ROWS']);
  const folder = tempFolder('pushdown');

  test('take the rows that the predicate takes, whatever the columns', async () => {
    let files = 0;
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.array(where, { minLength: 4, maxLength: 12 }),
        fc.nat(40),
        fc.nat(60),
        fc.record({
          rowGroupRows: fc.constantFrom(16, 40),
          pageRows: fc.constantFrom(3, 5, 1000),
          bloomFilter: fc.constantFrom(false, true, ['c0', 'c0']),
        }),
        async (rows, wheres, offset, limit, { pageRows, ...options }) => {
          const file = join(folder, `${files++}.parquet`);
          process.env['ARROW_CKPT_PAGE_ROWS'] = String(pageRows);
          await writeCheckpoint(file, rows, options);
          for (const one of wheres) {
            const expected = rows.filter(predicateOf(parseWhere(one)));
            try {
              assertExact(await readCheckpoint(file, { where: one }), expected);
              assertExact(await readCheckpoint(file, { where: one, offset, limit }), expected.slice(offset, offset + limit));
            } catch (error) {
              // A path whose first key no row has: the columns are known to lack it.
              if ((error as { code?: string }).code !== 'ERR_CKPT_UNKNOWN_COLUMN') throw error;
            }
          }
          assertExact(await readCheckpoint(file, { offset, limit }), rows.slice(offset, offset + limit));
        },
      ),
      { numRuns: 250 },
    );
  });

  /** The rows that became objects. */
  const made = async (file: string, options: { where?: Where; offset?: number; limit?: number }): Promise<number> => {
    let last: Progress = { rows: 0, totalRows: undefined };
    await readCheckpoint(file, { ...options, onProgress: (progress) => (last = progress) });
    return last.rows;
  };

  test('leave rows out before they are made', async () => {
    const file = join(folder, 'sorted.parquet');
    const rows = Array.from({ length: 4000 }, (_, i) => ({
      i,
      even: i % 2 === 0,
      name: `name ${i % 10}`,
      at: new Date(i),
      big: BigInt(i),
      inner: { half: i / 2 },
      odd: i % 100 === 3 ? 'odd' : i,
    }));
    process.env['ARROW_CKPT_PAGE_ROWS'] = '100';
    await writeCheckpoint(file, rows, { rowGroupRows: 1000, bloomFilter: true });
    const count = (one: Where): Promise<number> => made(file, { where: one });
    assert.equal(await count({ i: { $gte: 100, $lt: 110 } }), 10);
    assert.equal(await count({ i: { $in: [5, 3999, 'x'] } }), 2);
    assert.equal(await count({ even: true, name: 'name 2' }), 400);
    assert.equal(await count({ at: { $lt: new Date(3) } }), 3);
    assert.equal(await count({ big: { $gt: 3997 } }), 2);
    assert.equal(await count({ 'inner.half': { $gte: 1999 } }), 2);
    assert.equal(await count({ $not: { i: { $gt: 0 } } }), 1);
    // Values beside the column are looked at by the predicate.
    assert.equal(await count({ odd: { $lt: 3 } }), 3 + 40);
    assert.equal(await made(file, { offset: 3990, limit: 5 }), 5);
    assert.equal(await made(file, { offset: 4000 }), 0);
    assert.equal(await made(file, { limit: 0 }), 0);
  });
});
