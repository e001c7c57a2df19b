import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { tempFolder } from './support/temp-folder.ts';

// Where many rows are known to come, their first chunk shows the shapes of objects and which texts repeat, and goes through generated code
// at once. What is not as it shows goes through closures first.

const folder = tempFolder('first-chunk');
let files = 0;

/** Enough rows for code from the first one on. */
const MANY = 3000;
/** Rows that the plan is made from. */
const FIRST = 256;

const rowsOf = (make: (index: number) => Row): Row[] => Array.from({ length: MANY }, (_, index) => make(index));

async function save(rows: Iterable<Row>): Promise<string> {
  const path = join(folder, `${files++}.parquet`);
  await writeCheckpoint(path, rows);
  return path;
}

async function comesBack(rows: Row[]): Promise<void> {
  assertExact(await readCheckpoint(await save(rows)), rows);
}

/** Objects with any of the keys a to `keys`. */
const some = (bits: number, keys: number): Row => {
  const row: Row = {};
  for (let key = 0; key < keys; key++) if ((bits >> key) & 1) row[`k${key}`] = key % 2 === 0 ? bits : `${bits}`;
  return row;
};

describe('the first chunk of many rows', () => {
  for (const shapes of [1, 2, 3, 40]) {
    test(`values of rows of ${shapes} shapes are read twice: for the plan, and to be kept`, async () => {
      let reads = 0;
      const rows = rowsOf((index) => {
        const row: Row = {
          id: index,
          in: { a: index % shapes > 0 ? 1 : null },
          list: [some(index % shapes, 6)],
          ...some(index % shapes, 6),
        };
        if (index === 100) Object.defineProperty(row, 'id', { enumerable: true, get: () => (reads++, index) });
        return row;
      });
      const path = await save(rows);
      assert.equal(reads, 2);
      assertExact(await readCheckpoint(path), rows);
    });
  }

  test('objects of more shapes than a struct may have', async () => {
    await comesBack(rowsOf((index) => ({ list: Array.from({ length: 30 }, (_, at) => some((index * 30 + at) % 8192, 13)) })));
  });

  test('keys that look like several, joined', async () => {
    const shapes: Row[] = [{ 'a\0b': 1 }, { a: 1, b: 2 }, { a: 1, 'b\0c': 2 }, { 'a\0b': 1, c: 2 }, { '': 1 }, {}];
    await comesBack(rowsOf((index) => ({ id: index, in: shapes[index % 6], ...shapes[index % 5] })));
  });

  test('texts that repeat, and that stop to', async () => {
    await comesBack(
      rowsOf((index) => ({
        few: `kind ${index % 5}`,
        late: index < 2 * FIRST ? 'one' : `text ${index}`,
        absent: index % 4 === 0 ? null : 'x',
        tags: ['a', 'b', '', null].slice(index % 4),
        deep: [{ role: index % 2 === 0 ? 'user' : 'tool', content: index % 3 === 0 ? null : `c ${index}` }],
      })),
    );
  });

  for (const [name, odd] of Object.entries<unknown>({
    'another kind': 'text',
    undefined,
    NaN: Number.NaN,
    'a list': [1],
    'an object': { a: 1 },
  })) {
    for (const at of [0, 1, 77, FIRST - 1, FIRST, 2000]) {
      test(`${name} among numbers, in row ${at}`, () =>
        comesBack(rowsOf((index) => ({ id: index, value: index === at ? odd : index / 2 }))));
    }
  }

  for (const at of [0, 1, 77, FIRST - 1]) {
    test(`an array with a key of its own, in row ${at}`, async () => {
      const rows = rowsOf(() => ({ list: [1, 2] }));
      (rows[at] as { list: unknown }).list = Object.assign([1, 2], { more: 3 });
      await assert.rejects(save(rows), { code: 'ERR_CKPT_UNSUPPORTED_VALUE', row: at });
    });

    test(`the same further in, in row ${at}`, async () => {
      const rows = rowsOf(() => ({ in: { lists: [[1], [2, 3]] } }));
      (rows[at] as { in: { lists: unknown[] } }).in.lists[1] = Object.assign([2, 3], { more: 3 });
      await assert.rejects(save(rows), { code: 'ERR_CKPT_UNSUPPORTED_VALUE', row: at });
    });

    test(`what is no row, as row ${at}`, async () => {
      const rows = rowsOf((index) => ({ index }));
      rows[at] = new Date() as unknown as Row;
      await assert.rejects(save(rows), { code: 'ERR_CKPT_ROW_NOT_OBJECT', row: at });
    });
  }

  test('very sparse rows', () => comesBack(rowsOf((index) => ({ [`key ${index}`]: index, [`other ${index}`]: `${index}` }))));

  test('of rows that come one by one, the number is not known', async () => {
    const rows = rowsOf((index) => ({ id: index, ...some(index % 7, 3) }));
    assertExact(await readCheckpoint(await save(rows[Symbol.iterator]())), rows);
  });
});
