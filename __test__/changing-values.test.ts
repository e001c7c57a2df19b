import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isCheckpointError, type Row } from 'arrow-ckpt';
import { Columniser } from '../lib/columnar/write/columniser.js';
import { copyAsLoaded } from '../lib/base/value/copy.js';
import { STORE_MODES, type StoreMode } from './support/store-modes.js';
import { tempFolder } from './support/temp-folder.js';

/** Another kind at each asking. */
const KINDS: readonly (() => unknown)[] = [
  () => 1,
  () => 'text',
  () => true,
  () => [1, 2],
  () => ({ a: 1 }),
  () => new Date(5),
  () => Uint8Array.of(1),
  () => 7n,
  () => null,
  () => Float64Array.of(0.5),
  () => undefined,
  () => [{ b: 'x' }],
  () => ({ c: [1] }),
];

function turns(kinds: readonly (() => unknown)[] = KINDS): () => unknown {
  let asked = 0;
  return () => kinds[asked++ % kinds.length]!();
}

const turnsOf = (...keys: string[][]): (() => string[]) => turns(keys.map((each) => () => each)) as () => string[];

const getter = (key: string, get: () => unknown, more: object = {}): Row =>
  Object.defineProperty({ id: 1, ...more } as Row, key, { get, enumerable: true });

/** A key more, or another one, each time. */
function newKeys(): Row {
  let asked = 0;
  const target: Row = {};
  return new Proxy(target, {
    ownKeys: () => {
      asked++;
      return ['id', `k${asked}`];
    },
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: 1 }),
    get: (_, key) => (typeof key === 'string' ? 1 : undefined),
  });
}

function elements(get: (self: unknown[]) => unknown): unknown[] {
  const list: unknown[] = [1, 2, 3];
  return Object.defineProperty(list, 1, { get: () => get(list), enumerable: true, configurable: true });
}

/** A list whose length grows, shrinks, or is whatever it says. */
const lying = (length: () => unknown): unknown[] =>
  new Proxy([1, 2, 3], { get: (target, key) => (key === 'length' ? length() : (Reflect.get(target, key) as unknown)) });

const CHANGING: Record<string, () => Row> = {
  'a getter of a row': () => getter('x', turns()),
  'a getter of text and numbers': () => getter('x', turns(KINDS.slice(0, 2))),
  'a getter in a struct': () => ({ id: 1, x: getter('y', turns()) }),
  'a getter in a struct in a list': () => ({ id: 1, x: [{ y: 1 }, getter('y', turns()), { y: 2 }] }),
  'a getter in a map': () => ({ id: 1, x: Object.fromEntries([...Array(100).keys()].map((key) => [`k${key}`, getter('y', turns())])) }),
  'an element of a list': () => ({ id: 1, x: elements(turns()) }),
  'an element that makes its list longer': () => ({ id: 1, x: elements((list) => list.push(1)) }),
  'an element that empties its list': () => ({ id: 1, x: elements((list) => (list.length = 0)) }),
  'other keys each time': newKeys,
  'other keys each time in a struct': () => ({ id: 1, x: newKeys() }),
  'other keys each time in a list': () => ({ id: 1, x: [newKeys(), newKeys()] }),
  'other values from a proxy': () => new Proxy({ id: 1, x: 1 } as Row, { get: turns() }),
  'other things from a proxy of a list': () => ({ id: 1, x: new Proxy([1, 2], { get: turns() }) }),
  'lengths that go up': () => {
    let length = 3;
    return { id: 1, x: lying(() => length++) };
  },
  'a length beyond memory': () => ({ id: 1, x: lying(() => 1e12) }),
  'a length that is a text': () => ({ id: 1, x: lying(() => 'x') }),
  'a length that is no number': () => ({ id: 1, x: lying(() => Number.NaN) }),
  'a length between two': () => ({ id: 1, x: lying(() => 2.5) }),
  'a length below nothing': () => ({ id: 1, x: lying(() => -1) }),
  'a proxy that has everything': () => ({
    id: 1,
    x: new Proxy([1, undefined, 3], { has: () => true, ownKeys: turnsOf(['0', '1', '2', 'length'], ['0', '2', 'length']) }),
  }),
  toJSON: () => ({ id: 1, x: { toJSON: 'kept', y: 1 } }),
  'a getter called toJSON': () => ({ id: 1, x: getter('toJSON', turns([() => 'a', () => 1])) }),
  'a getter that changes its object': () => {
    const object: Row = { id: 1 };
    Object.defineProperty(object, 'x', { enumerable: true, get: () => ((object['late'] = 1), 'x') });
    return object;
  },
  'a getter that removes a key': () => {
    const object: Row = { id: 1 };
    Object.defineProperty(object, 'x', { enumerable: true, get: () => (delete object['y'], 'x') });
    object['y'] = { z: 1 };
    return object;
  },
};

const plain = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id, x: 'text', y: [1] }));
/** The changing row alone, in the first chunk, and long after it, where code is generated for the rows. */
const PLACES: Record<string, (row: () => Row) => Row[]> = {
  alone: (row) => [row()],
  'among others': (row) => [...plain(40), row(), ...plain(3)],
  'every row': (row) => Array.from({ length: 30 }, row),
  late: (row) => [...plain(300), row(), row()],
};

describe('values that change while a save reads them', () => {
  const folder = tempFolder('changing');
  for (const generated of ['generated code', 'closures']) {
    for (const [mode, store] of Object.entries(STORE_MODES)) {
      if (generated === 'closures' && !mode.startsWith('parquet')) continue;
      test(`${mode}, ${generated}: saved as read once, or refused`, async () => {
        process.env[generated === 'closures' ? 'ARROW_CKPT_NO_CODEGEN' : 'ARROW_CKPT_CODEGEN'] = generated === 'closures' ? '1' : 'always';
        try {
          for (const [what, make] of Object.entries(CHANGING))
            for (const [place, rows] of Object.entries(PLACES)) await check(store, join(folder, mode), rows(make), `${what}, ${place}`);
        } finally {
          delete process.env['ARROW_CKPT_NO_CODEGEN'];
          delete process.env['ARROW_CKPT_CODEGEN'];
        }
      });
    }
  }

  test('a chunk whose values never settle is filled from a copy of them', () => {
    const columniser = new Columniser();
    let asked = 0;
    const row = getter('x', () => ({ [`k${asked++}`]: 1 }));
    assert.ok(columniser.fill(Array.of(row), 0, 1, 0) > 0);
  });

  test('a copy that is refused for a value that is right again says so, with its row and path', () => {
    const row = { id: 1, x: { y: [1, getter('z', turns([() => () => {}, () => 1]))] } };
    assert.throws(
      () => copyAsLoaded(row, { row: 9, path: '' }),
      (error) =>
        isCheckpointError(error) && error.row === 9 && error.column === 'x.y[1].z' && /changed while it was saved/.test(error.message),
    );
  });
});

async function check(store: StoreMode, path: string, rows: Row[], what: string): Promise<void> {
  try {
    await store.save(path, rows, {});
  } catch (error) {
    assert.ok(isCheckpointError(error), `${what}: ${String((error as Error)?.stack ?? error)}`);
    assert.notEqual(error.code, 'ERR_CKPT_INTERNAL', `${what}: ${error.message}`);
    assert.equal(typeof error.row, 'number', `${what}: ${error.message}`);
    return;
  }
  const loaded = await store.load(path).catch((error: unknown) => {
    throw new Error(`${what} does not load`, { cause: error });
  });
  assert.equal(loaded.length, rows.length, what);
}
