import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fc } from './support/seeded.ts';
import { isCheckpointError } from '../lib/base/errors.ts';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.ts';
import { loadBinding } from '../lib/base/addon/binding.ts';
import type { Row } from '../lib/base/rows.ts';
import { parquetStore } from '../lib/formats/parquet/parquet-store.ts';

const CODECS = ['auto', 'snappy', 'gzip', 'brotli', 'lz4', 'zstd', 'none'] as const;

const SETS: Record<string, Row[]> = {
  flat: Array.from({ length: 3000 }, (_, i) => ({
    id: i,
    title: `row ${i}`,
    kind: ['a', 'b', 'c'][i % 3],
    score: i / 7,
    ok: i % 2 === 0,
    note: i % 3 ? null : 'ü€😀',
  })),
  nested: Array.from({ length: 500 }, (_, i) => ({
    tags: ['x', 'y'].slice(0, i % 3),
    meta: i % 5 ? { n: i, deep: { l: [[i], []] } } : null,
    points: [{ x: 1, y: i }],
  })),
  ragged: [{ a: 1 }, { b: 'x', a: null }, {}, { a: 2, b: null }, { c: { d: 1 } }, { c: { e: [], d: 2 } }, { c: {} }],
  mixed: [{ v: 1 }, { v: '1' }, { v: true }, { v: null }, { v: undefined }, { v: [1, 'a', null] }, { v: { k: 1 } }],
  beyond: [
    { n: -0, big: 2n ** 70n, at: new Date(5), bytes: Uint8Array.of(1, 2), s: '\ud800' },
    { n: NaN, big: 1n, at: new Date(0), bytes: new Uint8Array(), s: '\ufeff' },
  ],
  keys: [JSON.parse('{"__proto__": {"__proto__": 1}, "": 2, "a.b": 3, "constructor": 4, "A": 5, "a": 6}') as Row],
  empty: [{}, {}, {}],
  none: [],
};

describe('the fallback reader on files of the native core', { skip: loadBinding() === null ? 'no native binary' : false }, () => {
  let folder: string;
  let path: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arrow-ckpt-ours-'));
    path = join(folder, 'c.parquet');
  });
  after(() => rm(folder, { recursive: true }));

  for (const [name, rows] of Object.entries(SETS)) {
    it(`gives back ${name} rows`, async () => {
      await parquetStore.write(path, rows, {});
      assert.deepStrictEqual(await fallbackStore.read(path, {}), rows);
    });
  }

  for (const compression of CODECS) {
    it(`reads ${compression}`, async () => {
      await parquetStore.write(path, SETS.flat!, { compression, rowGroupRows: 1024 });
      assert.deepStrictEqual(await fallbackStore.read(path, {}), SETS.flat);
    });
  }

  it('gives back any rows of JSON values', async () => {
    const value = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom<unknown>(null, 1, 2.5, 'a', true, [], {}) },
      fc.jsonValue({ maxDepth: 3 }),
    );
    const row = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', '', 'A'), value, { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        await parquetStore.write(path, rows, {});
        assert.equal(JSON.stringify(await fallbackStore.read(path, {})), JSON.stringify(rows.map((given) => ({ ...given }))));
      }),
      { numRuns: 100 },
    );
  });

  it('reads the keys that are asked for, by the names they have in the rows', async () => {
    await parquetStore.write(path, SETS.ragged!, {});
    assert.deepStrictEqual(await fallbackStore.read(path, { columns: ['a'] }), [{ a: 1 }, { a: null }, {}, { a: 2 }, {}, {}, {}]);
    const unknown = (error: unknown): boolean => isCheckpointError(error) && error.code === 'ERR_CKPT_UNKNOWN_COLUMN';
    await assert.rejects(fallbackStore.read(path, { columns: ['z'] }), unknown);
  });

  it('informs of rows, hash and metadata', async () => {
    const saved = await parquetStore.write(path, SETS.flat!, { hash: 'h"', metadata: { model: 'm' } });
    const { rows, bytes, hash, metadata, columns } = await fallbackStore.info(path);
    assert.deepStrictEqual({ rows, bytes, hash, metadata }, { rows: 3000, bytes: saved.bytes, hash: 'h"', metadata: { model: 'm' } });
    assert.deepStrictEqual(
      columns.map((column) => column.name),
      Object.keys(SETS.flat![0]!),
    );
  });

  it('refuses a later format version', async () => {
    await parquetStore.write(path, SETS.flat!, {});
    const bytes = await readFile(path);
    const at = bytes.lastIndexOf('arrow-ckpt.version') + 'arrow-ckpt.version'.length + 2;
    assert.equal(String.fromCharCode(bytes[at]!), '1');
    bytes[at] = '9'.charCodeAt(0);
    await writeFile(path, bytes);
    const tooNew = (error: unknown): boolean =>
      isCheckpointError(error) && ['ERR_CKPT_FORMAT_VERSION', 'ERR_CKPT_CORRUPT'].includes(error.code);
    await assert.rejects(fallbackStore.read(path, {}), tooNew);
    await assert.rejects(fallbackStore.info(path), tooNew);
  });

  it('never gives other rows for a file with a flipped bit, wherever it is', async () => {
    await parquetStore.write(path, SETS.nested!, { compression: 'none' });
    const bytes = await readFile(path);
    let noticed = 0;
    for (let i = 0; i < 300; i++) {
      const copy = Buffer.from(bytes);
      const at = (i * 7919) % bytes.length;
      copy[at] = copy[at]! ^ (1 << (i % 8));
      await writeFile(path, copy);
      try {
        // Page indexes lie between the chunks and the footer, and are not read.
        assert.deepStrictEqual(await fallbackStore.read(path, {}), SETS.nested);
      } catch (error) {
        assert.ok(isCheckpointError(error) && error.code !== 'ERR_CKPT_INTERNAL', `bit ${i % 8} of byte ${at}: ${String(error)}`);
        noticed++;
      }
    }
    assert.ok(noticed > 200);
  });
});
