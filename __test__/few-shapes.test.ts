import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { tempFolder } from './support/temp-folder.ts';

// Objects of one to some shapes, where others come later: the generated code knows those that there were when it was made, and takes for
// present what none of them lacked.

const folder = tempFolder('few-shapes');
let files = 0;

async function comesBack(rows: Row[], rowGroupRows?: number): Promise<void> {
  const path = join(folder, `${files++}.parquet`);
  await writeCheckpoint(path, rows, rowGroupRows === undefined ? {} : { rowGroupRows });
  assertExact(await readCheckpoint(path), rows);
}

/** Objects of a place: the first shape from the start, each further one from a later row on. */
const SHAPES: ((index: number) => Row)[] = [
  (n) => ({ a: n, b: `b ${n}`, c: n % 3 === 0 ? null : n % 2 === 0, d: { e: n, f: [`${n}`, null] } }),
  (n) => ({ a: n, b: `b ${n}`, c: true, d: { e: n, f: [] }, g: n }),
  (n) => ({ b: `b ${n}`, a: -n, d: { f: ['x'], e: 0.5 } }),
  () => ({ a: null, c: null, d: null }),
  (n) => ({ a: n, d: { e: null } }),
  (n) => ({ b: null, g: `${n}` }),
  () => ({}),
];

/** The shape of a row, of those that have been seen `every` rows after each other. */
const shapeAt = (index: number, every: number): Row => {
  const known = Math.min(SHAPES.length, 1 + Math.floor(index / every));
  return (SHAPES[(index * 7) % known] as (index: number) => Row)(index);
};

describe('objects of few shapes, and of more later', () => {
  for (const every of [10, 300, 1100, 2500]) {
    for (const rowGroupRows of [undefined, 64]) {
      const count = Math.min(9000, every * (SHAPES.length + 1) + 200);
      const name = `another shape each ${every} rows, ${rowGroupRows === undefined ? 'chunks as they are' : 'small chunks'}`;

      test(`${name}: rows`, () =>
        comesBack(
          Array.from({ length: count }, (_, index) => shapeAt(index, every)),
          rowGroupRows,
        ));

      test(`${name}: a struct, null at times`, async () => {
        const rows = Array.from({ length: count }, (_, id) => ({ id, in: id % 11 === 3 ? null : shapeAt(id, every) }));
        await comesBack(rows, rowGroupRows);
      });

      test(`${name}: elements of lists`, async () => {
        const list = (id: number) => Array.from({ length: id % 4 }, (_, at) => (id % 13 === 5 ? null : shapeAt(id * 3 + at, every * 3)));
        await comesBack(
          Array.from({ length: count }, (_, id) => ({ list: list(id), id })),
          rowGroupRows,
        );
      });
    }
  }

  test('a struct that all had is lacking in chunks whose code was made before', async () => {
    const rows = Array.from({ length: 12_000 }, (_, id): Row => {
      const row: Row = { id, text: `${id}`, in: { x: id, y: `${id}`, z: [id] } };
      if (id > 3000 && id % 50 === 0) delete row['in'];
      if (id > 5000 && id % 60 === 0) delete row['text'];
      if (id > 7000 && id % 70 === 0) delete (row['in'] as Row | undefined)?.['y'];
      if (id > 9000 && id % 2 === 0) delete (row['in'] as Row | undefined)?.['z'];
      return row;
    });
    await comesBack(rows);
    await comesBack(rows, 64);
  });

  test('what is no plain object is refused, and what is one by any prototype is not', async () => {
    const plain = (index: number): Row => ({ a: index, b: `${index}` });
    class Point {
      a = 1;
      b = 'b';
    }
    for (const odd of [new Point(), Object.assign(Object.create({ inherited: 1 }), plain(1)) as Row]) {
      const nested = Array.from({ length: 3000 }, (_, index) => ({ in: index === 2500 ? odd : plain(index) }));
      await assert.rejects(writeCheckpoint(join(folder, 'odd.parquet'), nested), { code: 'ERR_CKPT_UNSUPPORTED_VALUE' });
      const rows = Array.from({ length: 3000 }, (_, index) => (index === 2500 ? odd : plain(index))) as Row[];
      await assert.rejects(writeCheckpoint(join(folder, 'odd.parquet'), rows), { code: 'ERR_CKPT_ROW_NOT_OBJECT' });
    }
    const bare = (index: number): Row => Object.assign(Object.create(null) as Row, plain(index));
    const rows = Array.from({ length: 3000 }, (_, index) => (index % 9 === 8 ? bare(index) : plain(index)));
    const path = join(folder, 'bare.parquet');
    const outer = rows.map((row, index) =>
      index % 7 === 6 ? Object.assign(bare(index), { in: row }) : Object.assign(plain(index), { in: row }),
    );
    await writeCheckpoint(path, outer);
    assert.equal(JSON.stringify(await readCheckpoint(path)), JSON.stringify(outer));
  });
});
