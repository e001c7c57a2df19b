// Objects that have some of many keys, all in one order: one constructor makes them (lib/columnar/read/ordered-shapes.ts).
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import { orderOfShapes, presence } from '../lib/columnar/read/ordered-shapes.ts';
import type { StructRead } from '../lib/columnar/read/tree.ts';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { sealFooter } from './support/footer-seal.ts';
import { noBinding, READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** As many rows as are worth a compilation. */
const ROWS = 2200;

/** Values by the number of the key. */
function valueOf(row: number, key: number): unknown {
  if ((row * 7 + key) % 11 === 0) return null;
  return [
    row * 1.5,
    `text ${row}`,
    row % 2 === 0,
    [row, `${key}`],
    { a: row, ...(row % 3 === 0 ? { b: 'x' } : {}) },
    new Date(row),
    BigInt(row),
  ][key % 7];
}

/** An object with the keys whose bits are set, in the order of `keys`. */
function some(row: number, bits: number, keys: readonly string[]): Row {
  return Object.fromEntries(keys.flatMap((key, index) => ((bits >>> index) & 1 ? [[key, valueOf(row, index)]] : [])));
}

const keysOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `key ${index}`);
/** Bits that look random, most of them set. */
const bitsOf = (row: number): number => ((row * 2654435761) >>> 3) | ((row * 40503) >>> 1) | 1;
const rowsOf = (make: (row: number) => Row): Row[] => Array.from({ length: ROWS }, (_, row) => make(row));

const CASES: Record<string, () => Row[]> = {
  'ten keys, each there or not': () => rowsOf((row) => some(row, bitsOf(row), keysOf(10))),
  'thirty-one keys': () => rowsOf((row) => some(row, bitsOf(row), keysOf(31))),
  'first seen in another order than theirs': () => rowsOf((row) => some(row, row < 8 ? 1 << (7 - row) : bitsOf(row), keysOf(8))),
  'no order that all follow': () => rowsOf((row) => some(row, bitsOf(row), row % 100 === 99 ? keysOf(9).reverse() : keysOf(9))),
  'in a column, in a list, and inside of each other': () =>
    rowsOf((row) => ({
      object: { ...some(row, bitsOf(row), keysOf(9)), inner: some(row, bitsOf(row + 5), keysOf(8)) },
      list: Array.from({ length: row % 4 }, (_, at) => some(row + at, bitsOf(row * 3 + at), keysOf(8))),
      nothing: row % 2 === 0 ? null : some(row, bitsOf(row + 1), keysOf(7)),
    })),
  'values of other types than those of their column': () =>
    rowsOf((row) => ({
      ...some(row, bitsOf(row), keysOf(9)),
      mixed: row % 5 === 0 ? `${row}` : row,
      'key 0': row % 40 === 0 ? [row] : row,
    })),
  'rows without a key': () => rowsOf((row) => (row % 9 === 0 ? {} : some(row, bitsOf(row), keysOf(8)))),
  'undefined where others have nothing': () => rowsOf((row) => ({ ...some(row, bitsOf(row), keysOf(8)), last: row % 2 ? undefined : row })),
  ...Object.fromEntries(
    ['__proto__', 'constructor', 'toString', 'a "quoted" key', '\u2028', ''].map((name) => [
      `a key ${JSON.stringify(name)} among them`,
      () => rowsOf((row) => some(row, bitsOf(row), [...keysOf(8), name])),
    ]),
  ),
};

suite('objects that have some of many keys', noBinding, () => {
  const folder = tempFolder('ordered-shapes');
  for (const [name, make] of Object.entries(CASES)) {
    const path = join(folder, `${Object.keys(CASES).indexOf(name)}.parquet`);
    for (const reader of READERS) {
      test(`${name}, ${reader.name} reader`, async () => {
        const rows = make();
        await writeCheckpoint(path, rows);
        assertExact(await reader.read(path), rows);
        const columns = ['key 1', 'key 4', 'object'].filter((key) => rows.some((row) => Object.hasOwn(row, key)));
        const picked = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => columns.includes(key))));
        assertExact(await reader.read(path, { columns, offset: 700, limit: 1400 }), picked.slice(700, 2100));
      });
    }
  }

  for (const reader of READERS) {
    test(`a shape that the plan does not know, ${reader.name} reader`, async () => {
      const path = join(folder, 'unknown.parquet');
      await writeCheckpoint(
        path,
        rowsOf((row) => some(row, bitsOf(row), keysOf(10))),
      );
      const file = await readFile(path);
      const end = file.lastIndexOf(']]', file.lastIndexOf('"h":"__ckpt_shape"'));
      const start = file.lastIndexOf(',[', end);
      assert.ok(start > 0 && end - start < 40, 'the last shape is there');
      file.write(`]${' '.repeat(end + 1 - start)}`, start);
      await writeFile(path, sealFooter(file));
      await rejectsWith('ERR_CKPT_CORRUPT', () => reader.read(path), { path });
    });
  }
});

/** A struct whose objects have these fields. */
function struct(shapes: number[][], keys: string[]): StructRead {
  return { kind: 'struct', node: -1, keys, fields: keys.map((_, node) => ({ kind: 'number', node, json: false })), shapes };
}

test('objects are made together where there are many shapes, in one order, of few fields that they lack', () => {
  const shapes = (count: number, fields: number): number[][] =>
    Array.from({ length: count }, (_, bits) =>
      Array.from({ length: fields }, (__, field) => field).filter((field) => (bits >>> field) & 1),
    );
  assert.deepEqual(orderOfShapes(struct(shapes(64, 6), keysOf(6))), [0, 1, 2, 3, 4, 5]);
  assert.equal(orderOfShapes(struct(shapes(63, 6), keysOf(6))), undefined, 'few shapes');
  assert.equal(orderOfShapes(struct([...shapes(64, 6), [1, 0]], keysOf(6))), undefined, 'no order');
  assert.equal(orderOfShapes(struct(shapes(64, 6), [...keysOf(5), 'valueOf'])), undefined, 'an inherited key');
  assert.equal(orderOfShapes(struct(shapes(64, 20), keysOf(20))), undefined, 'most fields lacking');
  const reversed = shapes(64, 6).map((fields) => fields.toReversed());
  assert.deepEqual(orderOfShapes(struct(reversed, keysOf(6))), [5, 4, 3, 2, 1, 0]);
});

test('tables of which shapes have a field', () => {
  assert.deepEqual(presence([[0], [1, 0], []], [1, 0]), [Uint8Array.of(0, 1, 0), Uint8Array.of(1, 1, 0)]);
});
