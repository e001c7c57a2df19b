import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { tempFolder } from './support/temp-folder.ts';

// Rows and objects of many shapes: the generated code walks their keys, and finds fields and shapes by the order that they mostly have.

const folder = tempFolder('ragged-rows');
let files = 0;

/** The same numbers on every machine: mulberry32. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.map(() => left.splice(this.below(left.length), 1)[0] as T);
  }
}

type Make = (dice: Dice, index: number) => unknown;

const LEAVES: Make[] = [
  (dice) => dice.below(1000),
  (dice) => dice.next(),
  (dice) => `text ${dice.below(1000)}`,
  (dice) => ['red', 'green', 'blue'][dice.below(3)],
  (dice) => dice.below(2) === 0,
  (dice) => (dice.below(3) === 0 ? null : `é ${dice.below(9)}`),
  (dice) => new Date(dice.below(1e9)),
  (dice) => BigInt(dice.below(1e6)),
  (dice) => new Uint8Array(dice.below(5)).fill(dice.below(256)),
  (dice) => new Float64Array(dice.below(4)).fill(dice.next()),
  (dice) => Array.from({ length: dice.below(4) }, () => dice.below(10)),
  (dice) => Array.from({ length: dice.below(3) }, () => Array.from({ length: dice.below(3) }, () => `${dice.below(10)}`)),
];

/** Objects that have each key or not; `order`: in which order those are. */
function objects(keys: number, share: number, order: 'same' | 'two' | 'any', depth = 0): Make {
  return (dice) => {
    let names = Array.from({ length: keys }, (_, key) => `key ${key}`);
    if (order === 'any') names = dice.shuffled(names);
    else if (order === 'two' && dice.below(2) === 0) names.reverse();
    const object: Row = {};
    for (const name of names) {
      if (dice.next() >= share) continue;
      const key = Number(name.slice(4));
      const below = objects(4, 0.6, order, depth - 1);
      if (depth > 0 && key % 5 === 3) object[name] = below(dice, key);
      else if (depth > 0 && key % 5 === 4) object[name] = Array.from({ length: dice.below(4) }, () => below(dice, key));
      else object[name] = LEAVES[key % LEAVES.length]?.(dice, key);
    }
    return object;
  };
}

async function isKept(rows: Row[]): Promise<void> {
  const path = join(folder, `${files++}.parquet`);
  await writeCheckpoint(path, rows);
  assertExact(await readCheckpoint(path), rows);
}

function rowsOf(seed: number, make: Make, count = 4000): Row[] {
  const dice = new Dice(seed);
  return Array.from({ length: count }, (_, index) => ({ id: index, ...(make(dice, index) as Row) }));
}

/** An object, or nothing. */
function maybe(dice: Dice, object: Row): Row | false {
  return dice.below(2) === 0 && object;
}

function suite(): void {
  for (const keys of [3, 10, 29, 30, 31, 59, 60, 61, 100]) {
    for (const order of ['same', 'two', 'any'] as const)
      test(`${keys} keys, each there or not, ${order} order`, () => isKept(rowsOf(keys, objects(keys, keys > 40 ? 0.9 : 0.6, order))));
  }

  for (const order of ['same', 'two', 'any'] as const) {
    test(`nested objects and lists of them, ${order} order`, () => isKept(rowsOf(1, objects(10, 0.6, order, 2))));
    test(`the same as values, ${order} order`, () => isKept(rowsOf(2, (dice) => ({ value: objects(10, 0.6, order, 2)(dice, 0) }))));
    test(`the same in lists, ${order} order`, () =>
      isKept(rowsOf(3, (dice) => ({ list: Array.from({ length: dice.below(4) }, () => objects(6, 0.6, order, 1)(dice, 0)) }))));
  }

  test('a key that all had is missing, at each place of a chunk', async () => {
    for (const at of [255, 256, 257, 1279, 1280, 1281, 2000, 3999]) {
      await isKept(
        rowsOf(at, (dice, index) => {
          const others = { b: [1, 2], c: { d: 'x', e: index }, ...maybe(dice, { f: 1 }) };
          return index === at ? others : { a: dice.below(9), ...others };
        }),
      );
    }
  });

  test('fields of objects in lists come to be missing later', () =>
    isKept(
      rowsOf(5, (dice, index) => ({
        list: Array.from({ length: 3 }, () => ({
          a: 1,
          ...((index < 2000 || dice.below(2) === 0) && { b: 'x' }),
          ...((index < 3000 || dice.below(2) === 0) && { c: [index] }),
          ...maybe(dice, { d: 2 }),
        })),
      })),
    ));

  test('lists that are there now and then', () =>
    isKept(
      rowsOf(6, (dice, index) => ({
        ...(index % 700 === 0 && { rare: [index, index + 1] }),
        ...maybe(dice, { often: [[index], []] }),
        ...maybe(dice, { inner: { ...maybe(dice, { list: ['a', 'b'] }), ...maybe(dice, { floats: [0.5] }) } }),
      })),
    ));

  test('values that do not fit, beside keys that are missing', () =>
    isKept(
      rowsOf(7, (dice, index) => ({
        ...maybe(dice, { a: index % 500 === 7 ? 'text' : index }),
        ...maybe(dice, { b: index % 600 === 7 ? [1, 'x'] : [index, index] }),
        ...maybe(dice, { c: index % 700 === 7 ? { d: 'odd' } : { d: [index], ...maybe(dice, { e: { f: [1] } }) } }),
        ...maybe(dice, { g: undefined }),
        ...(index % 900 === 7 && { h: NaN, i: -0 }),
      })),
    ));

  test('keys of digits, and `__proto__`', () =>
    isKept(
      rowsOf(8, (dice) => {
        const row: Row = {};
        for (const key of ['10', '2', 'x', '__proto__', '']) {
          if (dice.below(2) === 0)
            Object.defineProperty(row, key, { value: dice.below(9), enumerable: true, writable: true, configurable: true });
        }
        return { row };
      }),
    ));

  test('maps of few of many keys are JSON text, and come back as they were', () =>
    isKept(rowsOf(9, (dice) => ({ metadata: objects(25, 0.16, 'any', 1)(dice, 0) }))));

  test('objects without a prototype', () =>
    isKept(
      rowsOf(10, (dice) => ({ a: 1, b: objects(4, 0.6, 'any')(dice, 0) })).map((row, index) =>
        index % 2 === 0 ? row : (Object.assign(Object.create(null) as Row, row) as Row),
      ),
    ));
}

describe('with generated code', suite);

describe('by closures', () => {
  test('which are asked for', () => {
    process.env['ARROW_CKPT_NO_CODEGEN'] = '1';
  });
  suite();
  test('and are no longer', () => {
    delete process.env['ARROW_CKPT_NO_CODEGEN'];
  });
});

describe('keys that others added to Object.prototype', () => {
  for (const added of ['title', 'other']) {
    test(`${added}: no key of rows`, async () => {
      const rows = rowsOf(11, (dice) => ({
        ...maybe(dice, { title: `t ${dice.below(9)}` }),
        inner: { ...maybe(dice, { title: 1 }), a: 2 },
        list: [{ a: 1 }, { a: 2, title: 3 }],
        map: objects(25, 0.16, 'any')(dice, 0),
      }));
      const wanted = structuredClone(rows);
      // oxlint-disable-next-line no-extend-native -- what is tested
      Object.defineProperty(Object.prototype, added, { value: 'inherited', enumerable: true, configurable: true, writable: true });
      const path = join(folder, `${added}.parquet`);
      try {
        await writeCheckpoint(path, rows);
      } finally {
        delete (Object.prototype as unknown as Row)[added];
      }
      assertExact(await readCheckpoint(path), wanted);
    });
  }
});

test('an accessor gives what it gave last', async () => {
  let reads = 0;
  const rows = rowsOf(12, (dice) => (dice.below(2) === 0 ? { a: 1 } : { b: 2, a: 1 }));
  rows[3000] = Object.defineProperty({ id: 3000 } as Row, 'a', { enumerable: true, get: () => ++reads });
  const path = join(folder, 'accessor.parquet');
  await writeCheckpoint(path, rows);
  const loaded = await readCheckpoint(path);
  assert.deepStrictEqual(loaded[3000], { id: 3000, a: reads });
});
