// Rows in another order than in the file that they refer to: that its pages are inflated more often than once must be worth it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { readCheckpoint, verifyCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { fallbackStore } from '../build/lib/formats/parquet/fallback/fallback-store.js';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

let state = 7;
const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
/** 4 to 5 pages of 1 MiB. */
const ROWS: Row[] = Array.from({ length: 4096 }, (_, id) => ({
  id,
  text: Array.from({ length: 110 }, () => Math.floor(random() * 1e9).toString(36)).join(' '),
}));
const shuffled = (rows: readonly Row[]): Row[] =>
  rows
    .map((row) => ({ row, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ row }) => row);

describe('rows in another order', { skip: noBinding }, () => {
  const folder = tempFolder('deltas-scattered');
  const base = join(folder, 'base.parquet');
  before(() => writeCheckpoint(base, ROWS, { base: 'auto' }));

  /** How many texts are in the base. */
  async function shared(rows: Row[], group: number): Promise<number> {
    const path = join(folder, 'thin.parquet');
    const { delta } = await writeCheckpoint(path, rows, { base, rowGroupRows: group });
    assertExact(await readCheckpoint(path), rows);
    assertExact(await readCheckpoint(path, { offset: 100, limit: 1000 }), rows.slice(100, 1100));
    assertExact(await fallbackStore.read(path, {}), rows);
    await verifyCheckpoint(path);
    const { text } = delta?.columns ?? {};
    assert.ok(text === undefined || text.shared + text.own === rows.length);
    return text?.shared ?? 0;
  }

  test('a short row group has the pages that the one before it has', async () => {
    assert.equal(await shared(shuffled(ROWS).slice(0, 2048), 1536), 2048);
  });

  test('each two row groups have the same pages; the rest at the end has too few rows', async () => {
    const found = await shared(shuffled(ROWS), 700);
    assert.ok(found > 3000 && found < 4096, String(found));
  });

  test('few rows of a file are not worth the pages', async () => {
    assert.equal(await shared(shuffled(ROWS).slice(0, 600), 2048), 0);
  });

  test('nor are those of a row group whose neighbours are in order, which stay as they are', async () => {
    const some = shuffled(ROWS).slice(0, 600);
    assert.equal(await shared([...ROWS.slice(0, 2048), ...some], 2048), 2048);
  });

  test('nor row groups that have a small part of all pages each', async () => {
    assert.equal(await shared(shuffled(ROWS), 256), 0);
  });
});
