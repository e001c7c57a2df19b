import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { readCheckpoint, writeCheckpoint, type CheckpointInfo, type Row, type WriteOptions } from 'arrow-ckpt';
import { FORMATS, rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Objects and arrays in turn, `levels` deep. */
function nested(levels: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { v: value };
  return value;
}

for (const format of FORMATS) {
  describe(`rows at the edges of what rows can be, in ${format}`, () => {
    const folder = tempFolder(`extremes-${format}`);
    const path = join(folder, `a.${format}`);

    async function comesBack(rows: Row[], expected: Row[] = rows, options: WriteOptions = {}): Promise<CheckpointInfo> {
      const info = await writeCheckpoint(path, rows, options);
      assertExact(await readCheckpoint(path), expected);
      return info;
    }

    test('256 levels are kept, 257 and 5,000 are refused', async () => {
      await comesBack([{ a: nested(255) }, { a: nested(3) }]);
      await comesBack([{ a: nested(256) }]);
      for (const levels of [257, 5000]) {
        await rejectsWith('ERR_CKPT_TOO_DEEP', () => writeCheckpoint(path, [{ a: 1 }, { a: nested(levels) }]), { row: 1 });
      }
      assertExact(await readCheckpoint(path), [{ a: nested(256) }]);
    });

    test('proxies of rows and values are what they show', async () => {
      const through = <T extends object>(target: T): T => new Proxy(target, {});
      const rows = Array.from({ length: 600 }, (_, id) => ({ id, tags: ['a', `${id}`], meta: { x: id / 2 } }));
      const proxies = rows.map((row) => through({ ...row, tags: through(row.tags), meta: through(row.meta) }));
      await comesBack(proxies, rows);
    });

    test('a getter that gives another value each time is stored as one of them', async () => {
      let calls = 0;
      const rows = Array.from({ length: 600 }, (_, id) => ({
        id,
        get v() {
          return ++calls % 3 === 0 ? 'text' : calls;
        },
      }));
      await writeCheckpoint(path, rows);
      for (const { v } of await readCheckpoint(path)) assert.ok(v === 'text' || (Number.isInteger(v) && (v as number) <= calls), String(v));
    });

    test('frozen, sealed, null-prototype and foreign-realm objects come back as ordinary ones', async () => {
      const foreign = runInNewContext('({ a: 1, b: [1, { c: new Date(5) }], d: new Uint8Array([1]), e: new Float64Array([0.5]) })') as Row;
      const bare = Object.assign(Object.create(null) as Row, { a: 2, b: [] });
      const rows = [Object.freeze({ a: 1 }), Object.seal({ a: 2 }), bare, foreign];
      await comesBack(rows, [
        { a: 1 },
        { a: 2 },
        { a: 2, b: [] },
        { a: 1, b: [1, { c: new Date(5) }], d: Uint8Array.of(1), e: Float64Array.of(0.5) },
      ]);
    });

    test('a subclass of Array is refused wherever it stands', async () => {
      class Special extends Array<number> {}
      for (const row of [0, 700]) {
        const rows = Array.from({ length: 701 }, (_, id) => ({ v: id === row ? Special.of(1) : [1] }));
        await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => writeCheckpoint(path, rows), { row, column: 'v' });
      }
    });

    test('2,000 columns, in 300 rows', async () => {
      const row = (id: number): Row => Object.fromEntries(Array.from({ length: 2000 }, (_, key) => [`key ${key}`, id * key]));
      await comesBack(Array.from({ length: 300 }, (_, id) => row(id)));
    });

    test('100,000 keys over all rows become neither as many columns nor as large a file', async () => {
      const rows: Row[] = Array.from({ length: 50_000 }, (_, id) => ({ [`key ${id}`]: id, [`other ${id}`]: `${id}` }));
      const { bytes, columns } = await comesBack(rows);
      assert.ok(columns.length <= 600, `${columns.length} columns`);
      assert.ok(bytes < 2 * JSON.stringify(rows).length, `${bytes} bytes`);
      const map = [{ map: Object.assign({}, ...rows.slice(0, 5000)) as Row }, { map: { a: 1 } }];
      assert.ok((await comesBack(map)).columns.length <= 1);
    });

    test('50 shapes, and keys missing in 30% of the rows', async () => {
      const shapes = Array.from({ length: 50 }, (_, shape) => Array.from({ length: 9 }, (__, key) => (shape * 7 + key * (shape + 1)) % 40));
      await comesBack(
        Array.from({ length: 5000 }, (_, id) =>
          Object.fromEntries((shapes[(id * 31) % 50] as number[]).map((key) => [`k${key}`, key % 2 === 0 ? id : `t${id}`])),
        ),
      );
      const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
      const holds = (id: number, index: number) => (id * 2654435761 + index * 40503) % 10 >= 3;
      await comesBack(
        Array.from({ length: 5000 }, (_, id) =>
          Object.fromEntries(keys.filter((__, index) => holds(id, index)).map((key, index) => [key, index % 2 === 0 ? id : [`${id}`]])),
        ),
      );
    });

    test('rows that change while they are saved: each is stored as it was when its turn came', async () => {
      const rows = Array.from({ length: 100_000 }, (_, id) => ({ id, v: 0 }));
      const saving = writeCheckpoint(path, rows);
      await new Promise((resolve) => setImmediate(resolve));
      for (const row of rows) row.v = 1;
      await saving;
      const loaded = await readCheckpoint<{ id: number; v: number }>(path);
      assert.equal(loaded.length, rows.length);
      // Old values first, then new ones: a row is never half of each.
      const turn = loaded.findIndex(({ v }) => v === 1);
      loaded.forEach(({ id, v }, index) => assert.deepStrictEqual({ id, v }, { id: index, v: turn >= 0 && index >= turn ? 1 : 0 }));
    });
  });
}
