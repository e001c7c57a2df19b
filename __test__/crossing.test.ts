import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openCheckpoint, readCheckpoint, writeCheckpoint, type Row, type Where } from 'arrow-ckpt';
import { predicateOf } from '../lib/select/predicate.ts';
import { parseWhere } from '../lib/options/where.ts';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { fc } from './support/seeded.ts';
import { tempFolder } from './support/temp-folder.ts';

const bits = new DataView(new ArrayBuffer(8));

function doubleOf(pattern: bigint): number {
  bits.setBigUint64(0, pattern);
  return bits.getFloat64(0);
}

/** The double next to another, as bits: what a careless parser makes of it. */
function neighbour(value: number, step: bigint): number {
  bits.setFloat64(0, value);
  return doubleOf(BigInt.asUintN(64, bits.getBigUint64(0) + step));
}

const double = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(doubleOf),
  // Of 16 and 17 digits, as sums of prices and probabilities are.
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.double({ min: -1e-5, max: 1e20, noNaN: true }),
  fc.constantFrom(90.89999999999999, -0, 0, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE, 2 ** 63, 2 ** 64, 1e19, 1e21),
);
const KINDS: Record<string, fc.Arbitrary<unknown>> = {
  double,
  integer: fc.maxSafeInteger(),
  'small integer': fc.integer({ min: -9, max: 9 }),
  bigint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  'larger bigint': fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }),
  date: fc.integer({ min: -8.64e15, max: 8.64e15 }).map((time) => new Date(time)),
  text: fc.string({
    unit: fc.oneof(fc.constantFrom('"', '\\', '\0', '\u2028', '\ufeff', '\uffff', '\u{10ffff}'), fc.string({ unit: 'grapheme' })),
  }),
  'text with lone surrogates': fc
    .array(fc.integer({ min: 0xd700, max: 0xe000 }), { maxLength: 4 })
    .map((units) => String.fromCharCode(...units)),
  boolean: fc.boolean(),
};
const ANY = fc.oneof(...Object.values(KINDS), fc.constantFrom<unknown>(null, undefined, new Date(NaN)));

function isOrdered(value: unknown): boolean {
  return (typeof value !== 'object' && value !== undefined) || (value instanceof Date && !Number.isNaN(value.getTime()));
}

/** The conditions of every operator with a value. */
function conditions(value: unknown): unknown[] {
  const equal = [{ $eq: value }, { $ne: value }, { $in: [value, 'other'] }, { $nin: [value] }];
  return isOrdered(value) ? [...equal, { $gt: value }, { $gte: value }, { $lt: value }, { $lte: value }] : equal;
}

describe('what goes over to the core comes over', { skip: noBinding }, () => {
  const folder = tempFolder('crossing');

  for (const [kind, values] of Object.entries(KINDS)) {
    test(`an operand among values of the kind ${kind}`, async () => {
      const path = join(folder, `${kind}.parquet`);
      await fc.assert(
        fc.asyncProperty(fc.array(values, { minLength: 50, maxLength: 50 }), fc.array(ANY, { maxLength: 6 }), async (column, others) => {
          const rows: Row[] = column.map((v, i) => ({ i, v, s: { v } }));
          await writeCheckpoint(path, rows, { rowGroupRows: 16, bloomFilter: true });
          await using reader = await openCheckpoint(path);
          const near = column.flatMap((v) => (typeof v === 'number' ? [neighbour(v, 1n), neighbour(v, -1n)] : []));
          for (const value of [...column.slice(0, 12), ...near.slice(0, 4), ...others]) {
            for (const condition of conditions(value)) {
              for (const where of [{ v: condition }, { 's.v': condition }] as Where[]) {
                const wanted = rows.filter(predicateOf(parseWhere(where)));
                assert.equal(await reader.count({ where }), wanted.length, `${String(value)} ${Object.keys(condition as object)[0]}`);
              }
            }
            assertExact(await reader.read({ where: { v: value } }), rows.filter(predicateOf(parseWhere({ v: { $eq: value } }))));
          }
        }),
        { numRuns: 2 },
      );
    });
  }

  test('every double that a column holds is found by itself', async () => {
    const path = join(folder, 'found.parquet');
    const rows = fc.sample(double, 600).map((x, i) => ({ i, x }));
    await writeCheckpoint(path, rows);
    await using reader = await openCheckpoint(path);
    for (const { x } of rows.slice(0, 300)) {
      const same = rows.filter((row) => row.x === x || Object.is(row.x, x)).length;
      assert.equal(await reader.count({ where: { x } }), same, `$eq ${x}`);
      if (Number.isNaN(x)) continue;
      assert.equal(await reader.count({ where: { x: { $gte: x } } }), rows.filter((row) => row.x >= x).length, `$gte ${x}`);
    }
  });

  test('hash, metadata, keys and the numbers of rows', async () => {
    const text = fc.oneof(KINDS['text'] as fc.Arbitrary<string>, KINDS['text with lone surrogates'] as fc.Arbitrary<string>);
    const path = join(folder, 'größe \u{1f600}.parquet');
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.dictionary(text, text, { noNullPrototype: true, maxKeys: 5 }),
        fc.uniqueArray(text, { maxLength: 8 }),
        fc.oneof(fc.nat(30), fc.maxSafeInteger().map(Math.abs)),
        fc.oneof(fc.nat(30), fc.maxSafeInteger().map(Math.abs)),
        async (hash, metadata, keys, offset, limit) => {
          const rows = Array.from(
            { length: 20 },
            (_, i) => Object.fromEntries([['i', i], ...keys.map((key) => [key, `${i}`] as const)]) as Row,
          );
          await writeCheckpoint(path, rows, { hash, metadata, rowGroupRows: 7 });
          await using reader = await openCheckpoint(path);
          const { info } = reader;
          assertExact([info.hash, info.metadata], [hash, { ...metadata }]);
          const end = Math.min(rows.length, offset + limit);
          assertExact(await readCheckpoint(path, { offset, limit }), rows.slice(offset, end));
          assertExact(await readCheckpoint(path, { offset, limit, where: { i: { $gte: 0 } } }), rows.slice(offset, end));
        },
      ),
      { numRuns: 30 },
    );
  });

  test('limits up to the largest number', async () => {
    const path = join(folder, 'limits.parquet');
    await writeCheckpoint(path, [{ a: 1 }]);
    const most = Number.MAX_SAFE_INTEGER;
    const limits = {
      footerBytes: most,
      rowGroups: most,
      columns: most,
      depth: most,
      pageBytes: most,
      decodedBytes: most,
      ratio: most,
      stringBytes: most,
    };
    assertExact(await readCheckpoint(path, { limits }), [{ a: 1 }]);
  });
});
