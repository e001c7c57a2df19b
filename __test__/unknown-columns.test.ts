import assert from 'node:assert/strict';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { before, describe, test } from 'node:test';
import { writeCheckpoint, type CheckpointReader, type ReadOptions, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { OPENERS } from './support/openers.ts';
import { tempFolder } from './support/temp-folder.ts';

const ROWS: Row[] = [
  { id: 1, a: { b: 1 } },
  { id: 2, a: { b: 2 } },
];

/** Every call that takes a condition, as the number of rows that it gives. */
const CALLS: Record<string, (reader: CheckpointReader, options: Pick<ReadOptions, 'where' | 'unknownColumns'>) => Promise<number>> = {
  read: async (reader, options) => (await reader.read(options)).length,
  'read of columns': async (reader, options) => (await reader.read({ ...options, columns: ['id'] })).length,
  rows: async (reader, options) => {
    let rows = 0;
    for await (const _ of reader.rows(options)) rows++;
    return rows;
  },
  count: (reader, options) => reader.count(options),
  sample: async (reader, options) => (await reader.sample(10, { ...options, columns: ['id'] })).length,
  columns: async (reader, options) => (await reader.columns(['id'], options)).rows,
  batches: async (reader, options) => {
    let rows = 0;
    for await (const batch of reader.scanColumns(options)) rows += batch.rows;
    return rows;
  },
};

for (const [index, { name, format, open }] of OPENERS.entries()) {
  describe(`a column that no row has, ${name}`, () => {
    const folder = tempFolder(`unknown-${index}`);
    const path = join(folder, `rows.${format}`);
    const empty = join(folder, `empty.${format}`);
    before(async () => {
      await writeCheckpoint(path, ROWS);
      await writeCheckpoint(empty, []);
    });

    for (const [call, run] of Object.entries(CALLS)) {
      test(`${call}: a condition on it is one on missing values`, async () => {
        await using reader = await open(path);
        for (const key of ['error', 'a.error', 'error.code']) {
          assert.equal(await run(reader, { where: { [key]: null } }), 2, key);
          assert.equal(await run(reader, { where: { [key]: { $exists: false } } }), 2, key);
          assert.equal(await run(reader, { where: { [key]: { $ne: 1 }, id: 1 } }), 1, key);
          assert.equal(await run(reader, { where: { [key]: 1 } }), 0, key);
          assert.equal(await run(reader, { where: { [key]: 1 }, unknownColumns: 'missing' }), 0, key);
        }
      });

      test(`${call}: a strict reading refuses it`, async () => {
        await using reader = await open(path);
        for (const column of ['error', 'a.error', 'error.code'])
          await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => run(reader, { where: { [column]: null, id: 1 }, unknownColumns: 'error' }), {
            column,
          });
        assert.equal(await run(reader, { where: { 'a.b': 2, id: 2 }, unknownColumns: 'error' }), 1);
      });

      test(`${call}: without rows there is none that is unknown`, async () => {
        await using reader = await open(empty);
        for (const unknownColumns of ['error', 'missing'] as const)
          assert.equal(await run(reader, { where: { id: 1, 'a.b': null }, unknownColumns }), 0);
        assert.equal(await run(reader, { where: { id: 1 } }), 0);
      });
    }

    test('columns: refused by default, but for a checkpoint without rows', async () => {
      await using reader = await open(path);
      await using none = await open(empty);
      for (const column of ['error', 'error.code']) {
        const columns = ['id', column];
        await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => reader.read({ columns }), { column });
        await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => reader.read({ columns, where: { id: 1 } }), { column });
        await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => reader.columns(columns), { column });
        const missing = { unknownColumns: 'missing' } as const;
        assert.deepStrictEqual(await reader.read({ columns, ...missing }), [{ id: 1 }, { id: 2 }]);
        const batch = await reader.columns(columns, missing);
        assert.deepStrictEqual(batch.column(column)?.toArray(), [undefined, undefined]);
        assert.equal(batch.column(column)?.kind, 'null');
        assert.deepStrictEqual(await none.read({ columns, unknownColumns: 'error' }), []);
        assert.deepStrictEqual(await none.read({ columns, where: { id: 1 } }), []);
        assert.equal((await none.columns(columns)).column(column)?.length, 0);
      }
    });

    test('a word that is none', async () => {
      await using reader = await open(path);
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => reader.read({ unknownColumns: 'ignore' as 'error' }), {
        message: /unknownColumns must be 'error' or 'missing'/,
      });
    });
  });
}

/** Rows in which `a.b` or `a.b.d` may be somewhere, and whether it is unknown; to all stores alike. */
const PLACES: [rows: Row[], one: boolean, two: boolean][] = [
  [[{ z: 1 }], true, true],
  [[{ a: null }], false, false],
  [[{ a: undefined }], false, false],
  [[{ a: 'text' }], false, false],
  [[{ a: ['x'] }], false, false],
  [[{ a: [{ b: 1 }] }], false, false],
  [[{ a: new Date(0) }], false, false],
  [[{ a: { c: 1 } }], true, true],
  [[{ a: null }, { a: { c: 1 } }], true, true],
  [[{ a: 'text' }, { a: { c: 1 } }], false, false],
  [[{ a: { b: null } }], false, false],
  [[{ a: { c: 1 } }, { a: { b: null } }], false, false],
  [[{ a: { b: null } }, { a: { b: { c: 1 } } }], false, true],
  [[{ a: { b: { d: undefined } } }], false, false],
  [[{ 'a.b': 1, a: { c: 1 } }], false, true],
];

for (const { name, format, open } of OPENERS) {
  describe(`a path that no row has, ${name}`, () => {
    const path = join(tempFolder(`paths-${name.replaceAll(' ', '-')}`), `rows.${format}`);
    for (const [rows, ...unknown] of PLACES) {
      test(inspect(rows, { depth: null, breakLength: Number.POSITIVE_INFINITY }), async () => {
        await writeCheckpoint(path, rows);
        await using reader = await open(path);
        for (const [index, column] of ['a.b', 'a.b.d'].entries()) {
          for (const options of [{ columns: [column] }, { where: { [column]: null }, unknownColumns: 'error' }] as ReadOptions[]) {
            for (const call of [() => reader.read(options), () => reader.sample(1, options), () => reader.sample(9, options)]) {
              if (unknown[index] === true) await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', call, { column });
              else await call();
            }
          }
        }
      });
    }
  });
}
