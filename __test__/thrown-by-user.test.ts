import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import { failureOf, FORMATS } from './support/codes.js';
import { OldCheckpoint } from './support/old-checkpoint.js';
import { tempFolder } from './support/temp-folder.js';

/** What users throw. An error that looks like one of the system's must not be taken for one. */
const THROWN: [string, unknown][] = [
  ['an error', new Error('mine')],
  ['an error with the code of a system error', Object.assign(new Error('mine'), { code: 'ENOENT', errno: -2 })],
  ['a text', 'mine'],
  ['undefined', undefined],
];

const row = (id: number): Row => ({ id, text: `row ${id}`, tags: ['a', id] });

/** Rows whose source throws after `count` of them. */
const SOURCES: [string, (count: number, thrown: unknown) => Iterable<Row> | AsyncIterable<Row>][] = [
  [
    'a generator',
    function* (count, thrown) {
      for (let id = 0; id < count; id++) yield row(id);
      throw thrown;
    },
  ],
  [
    'an async generator',
    async function* (count, thrown) {
      for (let id = 0; id < count; id++) yield row(id);
      await Promise.resolve();
      throw thrown;
    },
  ],
  [
    'an iterator without return',
    (count, thrown) => {
      let id = 0;
      const next = () => {
        if (id === count) throw thrown;
        return { done: false as const, value: row(id++) };
      };
      return { [Symbol.iterator]: () => ({ next }) };
    },
  ],
  ['a getter of a row', (count, thrown) => rowsWith(count, (bad) => Object.defineProperty(bad, 'text', throwing(thrown)))],
  [
    'a getter in a nested object',
    (count, thrown) => rowsWith(count, (bad) => (bad['m'] = { deep: [Object.defineProperty({}, 'x', throwing(thrown))] })),
  ],
  [
    'a proxy',
    (count, thrown) =>
      rowsWith(count, (bad) => {
        const ownKeys = () => {
          throw thrown;
        };
        bad['m'] = new Proxy({}, { ownKeys });
      }),
  ],
];

function throwing(thrown: unknown): PropertyDescriptor {
  const get = () => {
    throw thrown;
  };
  return { get, enumerable: true, configurable: true };
}

function rowsWith(count: number, spoil: (row: Row) => unknown): Row[] {
  const rows = Array.from({ length: count + 1 }, (_, id) => row(id));
  spoil(rows[count]!);
  return rows;
}

for (const format of FORMATS) {
  describe(`what users throw during a save to ${format} reaches them as it is`, () => {
    const folder = tempFolder('thrown');
    for (const [source, make] of SOURCES) {
      for (const [what, thrown] of THROWN) {
        test(`${what}, thrown by ${source}`, async () => {
          const old = await OldCheckpoint.save(folder, `${source} ${what}`.replaceAll(' ', '-'), `a.${format}`);
          // At the first row, in the first chunk, in a later one.
          for (const count of [0, 5, 3000]) {
            assert.equal(await failureOf(() => writeCheckpoint(old.path, make(count, thrown))), thrown);
            await old.assertIntact();
          }
        });
      }
    }

    test('an iterator is closed when a row of it is refused', async () => {
      let closed = 0;
      function* sync(): Generator<Row> {
        try {
          for (let id = 0; ; id++) yield id === 1500 ? { bad: () => 1 } : row(id);
        } finally {
          closed++;
        }
      }
      async function* later(): AsyncGenerator<Row> {
        yield* sync();
      }
      const old = await OldCheckpoint.save(folder, 'closed', `a.${format}`);
      for (const rows of [sync(), later()]) await failureOf(() => writeCheckpoint(old.path, rows));
      assert.equal(closed, 2);
      await old.assertIntact();
    });
  });
}
