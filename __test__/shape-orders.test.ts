import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { tempFolder } from './support/temp-folder.ts';

// Objects of many shapes, each with its keys in an order of its own: the generated code walks the trie of shapes. Where most shapes follow
// one order, it searches the keys of that order.

const folder = tempFolder('shape-orders');
const COUNT = 4000;
const SHAPES = 40;
const KEYS = 24;
let files = 0;

/** Key and value of a shape's member at a place. The step is prime to the number of keys: no two places of a shape have the same key. */
const keyAt = (shape: number, place: number): number => (shape * 7 + place * (shape % 2 === 0 ? 5 : 11)) % KEYS;
const valueAt = (key: number, index: number): unknown =>
  [index % 97, `text ${index % 13}`, index % 5 === 0 ? null : index / 8, index % 2 === 0, [index % 3, 1], { in: index, of: `${index}` }][
    key % 6
  ];

/** An object of one of the shapes; `ordered`: the keys of all are in one order. */
function objectAt(index: number, ordered: boolean): Row {
  const shape = (index * 17) % SHAPES;
  const keys = Array.from({ length: 3 + (shape % 7) }, (_, place) => keyAt(shape, place));
  if (ordered) keys.sort((a, b) => a - b);
  return Object.fromEntries(keys.map((key) => [`key ${key}`, valueAt(key, index)]));
}

/** Saves rows; gives the texts of the functions that were generated for it. */
async function isKept(rows: Row[]): Promise<string[]> {
  const path = join(folder, `${files++}.parquet`);
  const texts: string[] = [];
  const original = globalThis.Function;
  globalThis.Function = new Proxy(original, {
    construct(target, given: string[]) {
      texts.push(given.at(-1) as string);
      return Reflect.construct(target, given) as object;
    },
  });
  try {
    await writeCheckpoint(path, rows);
  } finally {
    globalThis.Function = original;
  }
  assertExact(await readCheckpoint(path), rows);
  return texts;
}

const rowsOf = (make: (index: number) => Row): Row[] => Array.from({ length: COUNT }, (_, index) => make(index));
const walksTrie = (text: string): boolean => /switch \(n\d+\.field\)/.test(text);

describe('shapes with orders of their own', () => {
  const original = globalThis.Function;
  afterEach(() => assert.equal(globalThis.Function, original));

  test('rows: the trie is walked', async () => {
    assert.ok((await isKept(rowsOf((index) => objectAt(index, false)))).some(walksTrie));
  });

  test('rows whose keys are in one order: it is not', async () => {
    assert.ok(!(await isKept(rowsOf((index) => objectAt(index, true)))).some(walksTrie));
  });

  test('objects in rows, null at times', async () => {
    const texts = await isKept(rowsOf((id) => ({ id, in: id % 11 === 3 ? null : objectAt(id, false) })));
    assert.ok(texts.some(walksTrie));
  });

  test('elements of lists', async () => {
    const list = (id: number) => Array.from({ length: id % 4 }, (_, at) => (id % 13 === 5 ? null : objectAt(id * 3 + at, false)));
    assert.ok((await isKept(rowsOf((id) => ({ id, list: list(id) })))).some(walksTrie));
  });

  for (const at of [255, 256, 257, 1280, 2999]) {
    test(`another shape, another key, a row without keys, and one that is no struct's, from row ${at} on`, async () => {
      await isKept(
        rowsOf((index) => {
          const row = objectAt(index, false);
          if (index < at) return row;
          const kind = index % 50;
          if (kind === 0) return Object.fromEntries(Object.entries(row).reverse());
          if (kind === 1) return { ...row, more: index };
          if (kind === 2) return {};
          if (kind === 3) return { ...row, 'key 0': [{ odd: 1 }, 'x'], 'key 1': undefined };
          return row;
        }),
      );
    });
  }

  test('objects without a prototype', async () => {
    const bare = (row: Row): Row => Object.assign(Object.create(null) as Row, row);
    const path = join(folder, `${files++}.parquet`);
    const plain = rowsOf((index) => objectAt(index, false));
    await writeCheckpoint(
      path,
      plain.map((row, index) => (index % 3 === 0 ? bare(row) : row)),
    );
    assertExact(await readCheckpoint(path), plain);
  });
});

describe('texts that few rows have', () => {
  test('repeat, or do not', async () => {
    for (const every of [2, 5, 20, 300]) {
      const rows = rowsOf((id) => ({
        id,
        same: id % every === 0 ? 'same' : null,
        few: id % every === 0 ? `one of nine, ${id % 9}` : null,
        other: id % every === 0 ? `number ${id}` : null,
        empty: id % every === 0 ? '' : null,
        later: id < 2000 || id % every !== 0 ? null : `later ${id % 3}`,
      }));
      await isKept(rows);
    }
  });
});
