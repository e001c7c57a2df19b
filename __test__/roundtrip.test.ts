import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { SUITES } from '../bench/suites/index.js';
import { assertSame, CASES, LATE } from './support/row-cases.js';

const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-roundtrip-'));
after(() => rmSync(folder, { recursive: true }));

for (const [title, extension, options] of [
  ['Parquet', 'parquet', {}],
  ['Parquet in row groups of 7 rows', 'parquet', { rowGroupRows: 7 }],
  ['JSON', 'json', {}],
] as const) {
  describe(`${title}: rows come back as they went in`, () => {
    for (const [name, rows] of Object.entries({ ...CASES, ...LATE })) {
      test(name, async () => {
        const path = join(folder, `case.${extension}`);
        const info = await writeCheckpoint(path, rows, options);
        assert.equal(info.rows, rows.length);
        assertSame(await readCheckpoint(path), rows);
      });
    }
  });
}

/** So many rows that both ways go through generated code: see FIRST_CHUNK_ROWS and MIN_GENERATED_ROWS. */
const GENERATED_ROWS = 2_500;

describe('Parquet, each case repeated to 2,500 rows: rows come back as they went in', () => {
  for (const [name, rows] of Object.entries(CASES)) {
    if (rows.length === 0 || Object.keys(rows[0] as Row).length > 100) continue;
    test(name, async () => {
      const many = Array.from({ length: GENERATED_ROWS }, (_, index) => rows[index % rows.length] as Row);
      const path = join(folder, 'repeated.parquet');
      await writeCheckpoint(path, many);
      assertSame(await readCheckpoint(path), many);
    });
  }
});

test('an invalid Date', async () => {
  // Not among the cases: Node 20's deepStrictEqual holds two invalid dates for different.
  for (const extension of ['parquet', 'json']) {
    const path = join(folder, `invalid-date.${extension}`);
    await writeCheckpoint(path, [{ when: new Date(NaN) }]);
    const [row] = await readCheckpoint<{ when: Date }>(path);
    assert.ok(row?.when instanceof Date && Number.isNaN(row.when.getTime()));
  }
});

describe('the shapes of the bench', () => {
  for (const { name, quickRows, rows: make } of SUITES) {
    test(name, async () => {
      const rows = make(Math.min(quickRows, 20_000));
      const path = join(folder, `${name}.parquet`);
      await writeCheckpoint(path, rows);
      const loaded = await readCheckpoint(path);
      assertSame(loaded, rows);
      assert.equal(JSON.stringify(loaded), JSON.stringify(rows));
    });
  }
});

test('iterables and async iterables are saved as arrays are', async () => {
  const rows = Array.from({ length: 3000 }, (_, id) => ({ id, text: `row ${id}` }));
  const path = join(folder, 'iterable.parquet');
  await writeCheckpoint(path, new Set(rows));
  assertSame(await readCheckpoint(path), rows);
  const later = async function* () {
    for (const row of rows) yield await Promise.resolve(row);
  };
  await writeCheckpoint(path, later());
  assertSame(await readCheckpoint(path), rows);
});
