import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { isCheckpointError, openCheckpoint, readCheckpoint, verifyCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.ts';
import { assertExact } from './support/exact.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding, READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Rows of several shapes, with a column of JSON text and one with an exception. */
const ROWS: Row[] = [
  { id: 1, note: 'a', mixed: 1 },
  { id: 2, mixed: 'two' },
  { id: 3, note: null, mixed: [3] },
  { mixed: null, id: 4, note: 'd' },
  ...Array.from({ length: 30 }, (_, i) => ({ id: i + 5, note: i === 7 ? 7 : `n${i}`, mixed: { i } })),
];

/** The rows as their columns are, which is what another program sees. */
const STORED: Row[] = ROWS.map(({ id, note, mixed }, row) => ({
  id,
  note: typeof note === 'string' ? note : null,
  __ckpt_x_note: typeof note === 'number' ? JSON.stringify(note) : null,
  mixed: mixed === null || mixed === undefined ? null : JSON.stringify(mixed),
  __ckpt_shape: [null, 1, null, 2][row] ?? null,
}));

const added = STORED.map((row, extra) => ({ ...row, extra }));
const withoutNote = STORED.map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => key !== 'note')));
/** What each program's file holds; the order of keys aside. */
const EXPECTED: Record<string, Row[]> = {
  same: STORED,
  lz4: STORED,
  added,
  'added-first': STORED.map((row) => ({ extra: 'é', ...row })),
  filled: STORED.map((row) => ({ ...row, note: row['note'] ?? 'none' })),
  cast: STORED.map((row) => ({ ...row, id: String(row['id']) })),
  'cast-double': STORED,
  dropped: withoutNote,
  renamed: STORED.map(({ id, ...row }) => ({ key: id, ...row })),
  reordered: STORED,
  filtered: STORED.filter((row) => (row['id'] as number) > 2),
  sorted: STORED.toReversed(),
  twice: [...STORED, ...STORED],
  empty: [],
  'other-mixed': STORED.map((row) => ({ ...row, mixed: 'plain text' })),
  pandas: added,
  'pandas-kept': added,
  polars: added,
  duckdb: added,
  'duckdb-kept': STORED,
};

/** pandas makes doubles of shape numbers with nulls, and these are numbers all the same. */
suite("a checkpoint that another program wrote anew is that program's file", noPython || noBinding, () => {
  const folder = tempFolder('rewritten');
  const path = (name: string): string => join(folder, `${name}.parquet`);
  before(async () => {
    await writeCheckpoint(path('ours'), ROWS, { hash: 'h', metadata: { model: 'm' } });
    await runPython('rewrite_ways.py', path('ours'));
  });

  for (const [name, rows] of Object.entries(EXPECTED)) {
    for (const reader of READERS) {
      test(`${name}, ${reader.name} reader`, async () => assert.deepStrictEqual(await reader.read(path(name)), rows));
    }
    test(`${name}: columns, parts and what is told of it`, async () => {
      await using reader = await openCheckpoint(path(name));
      assert.equal(reader.info.rows, rows.length);
      const names = reader.info.columns.map((column) => column.name).sort();
      assert.deepStrictEqual(names, Object.keys(rows[0] ?? STORED[0]!).sort());
      assert.deepStrictEqual((await reader.columns()).columns.map((column) => column.name).sort(), names);
      assert.deepStrictEqual(await reader.read({ offset: 2, limit: 3 }), rows.slice(2, 5));
      assert.deepStrictEqual(await readCheckpoint(path(name), { verify: false }), rows);
      assert.equal((await verifyCheckpoint(path(name))).rows, rows.length);
    });
  }

  test('one that is not written anew is ours', async () => {
    for (const { read } of READERS) assertExact(await read(path('ours')), ROWS);
  });

  test('the hash that a program carried over is told', async () => {
    for (const [name, hash] of [
      ['added', 'h'],
      ['polars', null],
    ] as const) {
      await using reader = await openCheckpoint(path(name));
      assert.equal(reader.info.hash, hash);
      assert.equal((await fallbackStore.info(path(name))).hash, hash);
    }
  });
});

describe('a damaged checkpoint is never taken for the file of another program', { skip: noBinding }, () => {
  const folder = tempFolder('damaged');
  const file = join(folder, 'ours.parquet');
  const bad = join(folder, 'bad.parquet');

  /** Fails unless both readers refuse the file, or give its rows. */
  async function assertRefused(bytes: Buffer, what: string): Promise<void> {
    await writeFile(bad, bytes);
    for (const { name, read } of READERS) {
      const rows = await read(bad).catch((error: unknown) => {
        assert.ok(isCheckpointError(error) && error.code !== 'ERR_CKPT_INTERNAL', `${what}, ${name}: ${String(error)}`);
        return undefined;
      });
      assert.equal(rows, undefined, `${what} went unseen by the ${name} reader`);
    }
  }

  for (const length of [1, 4, 12, 24, 40]) {
    test(`runs of ${length} bytes of the footer`, async () => {
      await writeCheckpoint(file, ROWS.slice(0, 4), { hash: 'h' });
      const good = await readFile(file);
      const end = good.length - 8;
      const start = end - good.readUInt32LE(end);
      let seed = length;
      // The key-values and what follows them byte by byte, the rest here and there.
      const keys = good.lastIndexOf('arrow-ckpt.version');
      for (let at = start; at < end; at += at < keys ? 29 : Math.max(1, length >> 2)) {
        for (const fill of length > 4 ? [0x00, 0xff, -1] : [0x00, 0xff, 0x41, -1]) {
          const bytes = Buffer.from(good);
          for (let i = at; i < Math.min(end, at + length); i++) {
            seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
            bytes[i] = fill < 0 ? seed >>> 24 : fill;
          }
          if (!bytes.equals(good)) await assertRefused(bytes, `${length} bytes from ${at - start} of the footer, ${fill}`);
        }
      }
    });
  }

  test('each byte of the name of the program', async () => {
    await writeCheckpoint(file, ROWS.slice(0, 4), { hash: 'h' });
    const good = await readFile(file);
    const at = good.lastIndexOf('arrow-ckpt version ');
    for (let byte = 0; byte < 24; byte++) {
      for (const value of [0x20, 0x2e, 0x61, 0x00, 0xc3]) {
        const bytes = Buffer.from(good);
        bytes[at + byte] = value;
        if (!bytes.equals(good)) await assertRefused(bytes, `byte ${byte} of the name is ${value}`);
      }
    }
  });
});
