import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isCheckpointError } from '../lib/base/errors.ts';
import { readFacts } from '../lib/formats/parquet/fallback/facts-of.ts';
import { readParquetRows } from '../lib/formats/parquet/fallback/read-rows.ts';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.ts';
import { suite } from './support/suite.ts';
import { dataPath, noTestData } from './support/test-data.ts';

function hasCode(...codes: string[]): (error: unknown) => boolean {
  return (error) => isCheckpointError(error) && codes.includes(error.code);
}

suite('the fallback reader on files of parquet-testing', noTestData, () => {
  it('reads only the columns that are asked for, and knows those that are not there', async () => {
    const path = dataPath('parquet-testing/data/alltypes_plain.parquet');
    const { rows } = await readParquetRows(path, { columns: ['bool_col', 'id'] });
    assert.deepStrictEqual(Object.keys(rows[0]!), ['id', 'bool_col']);
    await assert.rejects(readParquetRows(path, { columns: ['ID'] }), hasCode('ERR_CKPT_UNKNOWN_COLUMN'));
  });

  it('informs from the footer', async () => {
    const info = (await readFacts(dataPath('parquet-testing/data/nested_maps.snappy.parquet'))).info();
    const { rows, format, hash, metadata, columns } = info;
    assert.deepStrictEqual({ rows, format, hash, metadata }, { rows: 6, format: 'parquet', hash: null, metadata: {} });
    assert.deepStrictEqual(
      columns.map(({ name, type, codec }) => [name, type, codec]),
      [
        ['a', 'map<string, map<int32, bool>>', 'snappy'],
        ['b', 'int32', 'snappy'],
        ['c', 'double', 'snappy'],
      ],
    );
  });

  it('meets a flipped bit or a cut end with rows or an error with a code, nothing else', async () => {
    const bytes = readFileSync(dataPath('parquet-testing/data/datapage_v1-snappy-compressed-checksum.parquet'));
    const folder = await mkdtemp(join(tmpdir(), 'arrow-ckpt-fallback-'));
    const path = join(folder, 'f.parquet');
    try {
      for (let i = 0; i < 200; i++) {
        const copy = Buffer.from(i % 2 === 0 ? bytes : bytes.subarray(0, Math.floor((bytes.length * i) / 200)));
        const at = (i * 7919) % copy.length || 0;
        if (i % 2 === 0) copy[at] = copy[at]! ^ (1 << (i % 8));
        await writeFile(path, copy);
        await readParquetRows(path).catch((error: unknown) =>
          assert.ok(isCheckpointError(error) && error.code !== 'ERR_CKPT_INTERNAL', String(error)),
        );
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the fallback reader on what is no Parquet', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arrow-ckpt-fallback-'));
  });
  after(() => rm(folder, { recursive: true }));

  for (const [what, bytes, code] of [
    ['an empty file', '', 'ERR_CKPT_NOT_A_CHECKPOINT'],
    ['JSON', '[{"a": 1}]', 'ERR_CKPT_NOT_A_CHECKPOINT'],
    ['four bytes', 'PAR1', 'ERR_CKPT_NOT_A_CHECKPOINT'],
    ['a start without a footer', `PAR1${'x'.repeat(100)}`, 'ERR_CKPT_TRUNCATED'],
    ['a footer longer than the file', 'PAR1\xff\xff\xff\x7fPAR1', 'ERR_CKPT_CORRUPT'],
    ['a footer of rubbish', 'PAR1\x01\x02\x03\x04\x04\0\0\0PAR1', 'ERR_CKPT_CORRUPT'],
    ['an encrypted file', 'PARE\0\0\0\0\0\0\0\0PARE', 'ERR_CKPT_UNSUPPORTED_FILE'],
  ] as const) {
    it(`refuses ${what} with ${code}`, async () => {
      const path = join(folder, 'f');
      await writeFile(path, Buffer.from(bytes, 'latin1'));
      await assert.rejects(readParquetRows(path), hasCode(code));
      await assert.rejects(readFacts(path), hasCode(code));
    });
  }

  it('refuses a missing file, a folder, and to write', async () => {
    await assert.rejects(readParquetRows(join(folder, 'missing')), hasCode('ERR_CKPT_NOT_FOUND'));
    await assert.rejects(readParquetRows(folder), hasCode('ERR_CKPT_NOT_A_FILE'));
    await assert.rejects(fallbackStore.write(join(folder, 'w'), [], {}), hasCode('ERR_CKPT_INTERNAL'));
  });
});
