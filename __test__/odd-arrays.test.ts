import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, hashOperation, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { FORMATS, rejectsWith } from './support/codes.js';
import { tempFolder } from './support/temp-folder.js';

const ROWS: Row[] = Array.from({ length: 3000 }, (_, id) => ({ id, text: `row ${id}` }));
/** No loop comes to their end in the time of a test. */
const holes = (first?: unknown): never => Object.assign(new Array(1e9), first === undefined ? {} : { 0: first }) as never;
/** Proxies of arrays that answer nothing that an array would. */
const PROXIES: [string, (items: unknown[]) => never][] = [
  ['no answers', (items) => new Proxy(items, { get: () => undefined }) as never],
  ['a number for all', (items) => new Proxy(items, { get: () => 7 }) as never],
  [
    'no end',
    (items) => new Proxy(items, { get: (own, key) => (key === 'length' ? Number.POSITIVE_INFINITY : Reflect.get(own, key)) }) as never,
  ],
  [
    'a symbol as length',
    (items) => new Proxy(items, { get: (own, key) => (key === 'length' ? Symbol('s') : Reflect.get(own, key)) }) as never,
  ],
];
const folder = tempFolder('odd-arrays');
const old = join(folder, 'old.parquet');
const manager = new CheckpointManager(join(folder, 'm'), { logger: false });

describe('odd arrays', { timeout: 30_000 }, () => {
  const asked: [string, (list: never) => Promise<unknown>, unknown][] = [
    ['columns', (columns) => readCheckpoint(old, { columns }), 'id'],
    ['bloomFilter', (bloomFilter) => writeCheckpoint(join(folder, 'a.parquet'), ROWS, { bloomFilter }), 'id'],
    ['keepHashes', (keepHashes) => manager.sweep({ keepHashes }), 'hash'],
    ['keep', (keep) => manager.sweep({ keep }), ['s', 'o']],
    ['a pair of keep', (pair) => manager.sweep({ keep: [pair] }), 's'],
    [
      'columns of a schema',
      (columns) => writeCheckpoint(join(folder, 'a.parquet'), ROWS, { schema: { columns } }),
      { name: 'id', type: 'number' },
    ],
    [
      'values of a schema',
      (values) => writeCheckpoint(join(folder, 'a.parquet'), ROWS, { schema: { columns: [{ name: 'id', type: 'number', values }] } }),
      1,
    ],
    ['$and', ($and) => readCheckpoint(old, { where: { $and } }), { id: 1 }],
    ['$field', ($field) => readCheckpoint(old, { where: { $field, $eq: 1 } as never }), 'id'],
    ['code', (code) => hashOperation({ config: {}, code }), 'text'],
  ];
  test('holes are refused at the first one', async () => {
    await writeCheckpoint(old, ROWS);
    for (const [, call, first] of asked)
      for (const item of [undefined, first]) await rejectsWith('ERR_CKPT_INVALID_OPTION', () => call(holes(item)));
  });

  test('a proxy of an array that is none to any loop is refused', async () => {
    for (const [what, call, first] of asked) {
      for (const [, make] of PROXIES) {
        if (what === 'code') continue;
        await rejectsWith('ERR_CKPT_INVALID_OPTION', () => call(make([first])));
      }
    }
  });

  test('a proxy of an array counts as that array', async () => {
    assert.deepEqual(await readCheckpoint(old, { columns: new Proxy(['id'], {}), limit: 1 }), [{ id: 0 }]);
    assert.deepEqual(await readCheckpoint(old, { where: { id: { $in: new Proxy([7], {}) } } }), [ROWS[7]]);
  });

  for (const format of FORMATS) {
    test(`rows as a proxy, ${format}`, async () => {
      const path = join(folder, `rows.${format}`);
      await writeCheckpoint(path, new Proxy(ROWS, {}));
      assert.deepEqual(await readCheckpoint(path), ROWS);
      for (const [how, make] of PROXIES) {
        const code = how === 'a number for all' ? 'ERR_CKPT_ROW_NOT_OBJECT' : 'ERR_CKPT_ROWS_NOT_ITERABLE';
        await rejectsWith(code, () => writeCheckpoint(path, make([...ROWS])));
      }
      assert.deepEqual(await readCheckpoint(path), ROWS);
    });
  }
});
