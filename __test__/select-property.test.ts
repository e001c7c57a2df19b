import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type CheckpointReader, type ReadOptions, type Row, type Where } from 'arrow-ckpt';
import fc from 'fast-check';
import { assertColumn, ownValue } from './support/columns-agree.ts';
import { OPENERS } from './support/openers.ts';
import { SEED } from './support/seeded.ts';
import { anyColumns, anyCondition, anyRows, projected, type Condition } from './support/select-model.ts';
import { tempFolder } from './support/temp-folder.ts';

const RUNS = Number(process.env['ARROW_CKPT_CASES'] ?? 20_000) / 500;

interface Query {
  condition: Condition | undefined;
  columns: string[] | undefined;
  offset: number;
  limit: number;
}

const query: fc.Arbitrary<Query> = fc.record({
  condition: fc.option(anyCondition, { nil: undefined, freq: 6 }),
  columns: fc.option(anyColumns, { nil: undefined, freq: 4 }),
  offset: fc.constantFrom(0, 0, 1, 5),
  limit: fc.constantFrom(100, 100, 3, 0),
});

/** Every call of a reader gives what the plain model does: whole rows are filtered, then projected. */
async function agree(reader: CheckpointReader, rows: readonly Row[], { condition, columns, offset, limit }: Query): Promise<void> {
  const taken = rows.filter((row) => condition?.takes(row) ?? true);
  const wanted = (row: Row): Row => (columns === undefined ? row : projected(row, columns));
  const some = taken.slice(offset, offset + limit).map(wanted);
  const where: { where?: Where } = condition === undefined ? {} : { where: condition.where };
  const names: Pick<ReadOptions, 'columns' | 'unknownColumns'> = columns === undefined ? {} : { columns, unknownColumns: 'missing' };
  const options = { ...where, ...names, offset, limit };

  same(await reader.read(options), some);
  const each: Row[] = [];
  for await (const row of reader.rows(options)) each.push(row);
  same(each, some);
  assert.equal(await reader.count(where), taken.length);
  same(await reader.sample(1000, { ...where, ...names }), taken.map(wanted));
  const two = await reader.sample(2, { ...where, ...names, seed: 1 });
  same(
    two,
    two.length === taken.length
      ? taken.map(wanted)
      : two.filter((row) => taken.some((one) => JSON.stringify(wanted(one)) === JSON.stringify(row))),
  );
  assert.equal(two.length, Math.min(2, taken.length));

  const slice = taken.slice(offset, offset + limit);
  const all = await reader.columns(columns, { ...where, offset, limit, unknownColumns: 'missing' });
  assert.equal(all.rows, slice.length);
  if (columns !== undefined)
    assert.deepStrictEqual(
      all.columns.map((column) => column.name),
      columns,
    );
  for (const column of all.columns)
    assertColumn(
      column,
      slice.map((row) => ownValue(row, column.name)),
    );
  let first = 0;
  for await (const batch of reader.scanColumns(options)) {
    for (const column of batch.columns)
      assertColumn(
        column,
        slice.slice(first, first + batch.rows).map((row) => ownValue(row, column.name)),
      );
    first += batch.rows;
  }
  assert.equal(first, slice.length);
}

/** Texts tell `__proto__` and the order of keys, too. */
function same(got: readonly Row[], expected: readonly Row[]): void {
  assert.equal(JSON.stringify(got), JSON.stringify(expected));
}

describe('conditions and projections are those of a plain model', () => {
  for (const [index, { name, format, open }] of OPENERS.entries()) {
    test(name, async () => {
      const path = join(tempFolder(`select-${index}`), `rows.${format}`);
      const property = fc.asyncProperty(anyRows, fc.array(query, { minLength: 1, maxLength: 5 }), async (rows, queries) => {
        await writeCheckpoint(path, rows);
        await using reader = await open(path);
        for (const one of queries) await agree(reader, rows, one);
      });
      await fc.assert(property, { numRuns: RUNS, seed: SEED + index });
    });
  }
});

/** Small cases that went wrong once. */
const KNOWN: [title: string, rows: Row[], options: ReadOptions, expected: Row[]][] = [
  ['a key with a dot beside its first step', [{ a: 1, 'a.b': 3 }], { columns: ['a'], where: { 'a.b': 3 } }, [{ a: 1 }]],
  [
    'the same with $ne',
    [
      { a: 1, 'a.b': 3 },
      { a: 2, 'a.b': 4 },
    ],
    { columns: ['a'], where: { 'a.b': { $ne: 3 } } },
    [{ a: 2 }],
  ],
  [
    'a key that only a row of another kind has',
    [...Array.from({ length: 40 }, (_, a) => ({ a })), { a: 'x', z: 1 }],
    { columns: ['a'], where: { z: 1 } },
    [{ a: 'x' }],
  ],
];

describe('conditions on what is not wanted', () => {
  for (const [index, { name, format, open }] of OPENERS.entries()) {
    const folder = tempFolder(`select-known-${index}`);
    for (const [title, rows, options, expected] of KNOWN) {
      test(`${name}: ${title}`, async () => {
        const path = join(folder, `${title}.${format}`);
        await writeCheckpoint(path, rows);
        await using reader = await open(path);
        assert.deepStrictEqual(await reader.read(options), expected);
        assert.deepStrictEqual(await readCheckpoint(path, options), expected);
      });
    }
  }
});
