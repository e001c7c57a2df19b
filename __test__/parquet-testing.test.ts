import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isCheckpointError, type CheckpointErrorCode, type Row } from 'arrow-ckpt';
import { expectedRows, type ExpectedFile } from './support/expected-rows.ts';
import { READERS, type Reader } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { dataFiles, dataPath, noTestData } from './support/test-data.ts';

/** How a reader refuses a file: the code, what the message says, and the column where there is one to name. */
type Refusal = [code: CheckpointErrorCode, message: RegExp, column?: string];

/** Every file that a reader refuses. All others are read: a change of either side shows here. */
const REFUSED: Record<string, Partial<Record<Reader['name'], Refusal>>> = {
  // Broken on purpose: each is refused by PyArrow as well.
  'bad_data/ARROW-GH-41317.parquet': {
    native: ['ERR_CKPT_CORRUPT', /not Parquet metadata/],
    fallback: ['ERR_CKPT_CORRUPT', /list has elements of another type/],
  },
  'bad_data/ARROW-GH-41321.parquet': {
    native: ['ERR_CKPT_CORRUPT', /bit width 254/, 'int64'],
    fallback: ['ERR_CKPT_CORRUPT', /bit-packed run ends early/, 'int64'],
  },
  'bad_data/ARROW-GH-45185.parquet': {
    native: ['ERR_CKPT_CORRUPT', /first repetition level/, 'x'],
    fallback: ['ERR_CKPT_CORRUPT', /begins in the middle of a list/, 'x'],
  },
  'bad_data/ARROW-GH-47662.parquet': {
    native: ['ERR_CKPT_CORRUPT', /expected 400 bytes/, 'flba_field'],
    fallback: ['ERR_CKPT_CORRUPT', /is damaged/, 'flba_field'],
  },
  'bad_data/ARROW-RS-GH-6229-DICTHEADER.parquet': {
    native: ['ERR_CKPT_TRUNCATED', /lies beyond the end/, 'name'],
    fallback: ['ERR_CKPT_TRUNCATED', /lies beyond its end/, 'name'],
  },
  'bad_data/ARROW-RS-GH-6229-LEVELS.parquet': {
    native: ['ERR_CKPT_CORRUPT', /Insufficient repetition levels/, 'outer'],
    fallback: ['ERR_CKPT_CORRUPT', /claims 21 values/, 'outer'],
  },
  'bad_data/PARQUET-1481.parquet': {
    native: ['ERR_CKPT_CORRUPT', /Unexpected Type -7/],
    fallback: ['ERR_CKPT_CORRUPT', /footer is damaged/],
  },
  // Valid, in 4 kB, and 2 GB when decompressed.
  'data/large_string_map.brotli.parquet': {
    native: ['ERR_CKPT_LIMIT', /3346 bytes would become 2147483749 bytes/, 'arr.key_value.key'],
    fallback: ['ERR_CKPT_LIMIT', /each byte is 641806, the limit is 10000/, 'arr.key_value.key'],
  },
  // Their page checksums are wrong.
  'data/datapage_v1-corrupt-checksum.parquet': {
    native: ['ERR_CKPT_CORRUPT', /page does not match its checksum/, 'a'],
    fallback: ['ERR_CKPT_CORRUPT', /page's checksum does not match/, 'a'],
  },
  'data/rle-dict-uncompressed-corrupt-checksum.parquet': {
    native: ['ERR_CKPT_CORRUPT', /page does not match its checksum/, 'long_field'],
    fallback: ['ERR_CKPT_CORRUPT', /page's checksum does not match/, 'long_field'],
  },
};
const FILES = 80;
const READ: Record<Reader['name'], number> = { native: 70, fallback: 70 };

suite('every file of parquet-testing', noTestData, () => {
  const { files } = JSON.parse(readFileSync(dataPath('expected/parquet-testing.json'), 'utf8')) as { files: Record<string, ExpectedFile> };

  test('is known', () => {
    const names = dataFiles(/\.parquet$/, 'parquet-testing').map((name) => name.replace('parquet-testing/', ''));
    assert.deepStrictEqual(names, Object.keys(files).sort());
    assert.equal(names.length, FILES);
    for (const { name } of READERS) assert.equal(FILES - Object.values(REFUSED).filter((refusal) => name in refusal).length, READ[name]);
  });

  for (const [file, { expected, readers, rows: count }] of Object.entries(files)) {
    const path = dataPath(`parquet-testing/${file}`);
    for (const { name, read } of READERS) {
      const refusal = REFUSED[file]?.[name];
      if (refusal !== undefined) {
        test(`${file} is refused by the ${name} reader with ${refusal[0]}`, () => assertRefused(read(path), refusal, path));
        continue;
      }
      test(`${file} is read by the ${name} reader`, async () => {
        const rows = await read(path);
        if (expected !== undefined) {
          const { total, wanted } = expectedRows(dataPath(`expected/${expected}`), file);
          assert.equal(rows.length, total);
          assert.deepStrictEqual(rows.slice(0, wanted.length), wanted);
        } else {
          // What all of PyArrow, DuckDB and Polars refuse must not come out as rows.
          const counts = Object.values(readers).flatMap((verdict) => /^reads (\d+) rows/.exec(verdict)?.[1] ?? []);
          assert.ok(counts.includes(String(rows.length)), `${rows.length} rows, other readers: ${counts.join(', ') || 'none'}`);
          if (typeof count === 'number') assert.equal(rows.length, count);
        }
      });
    }
    // The expectations are cut after some kilobytes; here the readers bear each other out on all rows. Without `verify` both read the same
    // files.
    if (READERS.length > 1 && REFUSED[file]?.native === undefined) {
      test(`${file} is the same to both readers`, async () => {
        const [native, fallback] = (await Promise.all(READERS.map(({ read }) => read(path, { verify: false })))) as [Row[], Row[]];
        assert.deepStrictEqual(fallback, native);
      });
    }
  }

  test('a map whose keys may be null, which PyArrow and Polars refuse, has the rows that DuckDB reads', async () => {
    for (const { read } of READERS) {
      const rows = await read(dataPath('parquet-testing/data/incorrect_map_schema.parquet'));
      assert.deepStrictEqual(rows, [{ my_map: { parent: 'another', name: 'report' } }]);
    }
  });
});

suite('every Parquet file of Kura and DocETL', noTestData, () => {
  const names = dataFiles(/^(docetl|kura)\/.*\.parquet$/);

  test('is found', () => assert.equal(names.length, 70));

  for (const name of names) {
    test(`${name} is read alike by both readers`, { skip: READERS.length === 1 ? 'no native binary' : false }, async () => {
      const [native, fallback] = (await Promise.all(READERS.map(({ read }) => read(dataPath(name))))) as [Row[], Row[]];
      assert.deepStrictEqual(fallback, native);
    });
  }
});

async function assertRefused(reading: Promise<Row[]>, [code, message, column]: Refusal, path: string): Promise<void> {
  await assert.rejects(reading, (error: unknown) => {
    assert.ok(isCheckpointError(error), String(error));
    assert.deepStrictEqual({ code: error.code, column: error.column, path: error.path }, { code, column, path });
    assert.match(error.message, message);
    return true;
  });
}
