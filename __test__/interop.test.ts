import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { CheckpointManager, writeCheckpoint, type Codec, type Row } from 'arrow-ckpt';
import { ENGINES, notation, openFolder, visible, withoutNaN, type Engine, type OpenedFile } from './support/engines.ts';
import { BEYOND_JSON, NATIVE_COLUMNS, nativeRows, type NativeColumn } from './support/native-columns.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding, READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Each codec, and what PyArrow calls it. */
const CODECS: Record<Exclude<Codec, 'auto' | 'fast' | 'small'>, string> = {
  snappy: 'SNAPPY',
  gzip: 'GZIP',
  brotli: 'BROTLI',
  lz4: 'LZ4',
  zstd: 'ZSTD',
  none: 'UNCOMPRESSED',
};
const REGULAR = nativeRows(NATIVE_COLUMNS, 300);
const BEYOND = nativeRows(BEYOND_JSON, 100);
const MISSING: Row[] = [{ a: 1, b: null }, { b: 2 }, { b: 3, a: 4 }, {}, { a: null, m: { x: 1 } }, { m: { y: 'z' } }, { m: {} }];
const FEW_EXCEPTIONS: Row[] = Array.from({ length: 300 }, (_, i) => ({ n: i === 150 ? 'many' : i, t: i === 151 ? 1 : `t${i}` }));
const MIXED: Row[] = [1, 'one', true, null, [1, 'a', null], { k: { l: [] } }, 'ü"😀'].map((v) => ({ v }));
const NAMES = JSON.parse('[{"":1,"a.b":2,"a":3,"A":4,"__proto__":5,"select":6,"ü 漢":7,"x\\ty":8,"constructor":9}]') as Row[];

const missing = noBinding || noPython;

suite('files of arrow-ckpt in PyArrow, pandas, Polars and DuckDB', missing, () => {
  const folder = tempFolder('interop');
  let opened: Record<string, OpenedFile>;

  before(async () => {
    const save = (name: string, rows: Row[], options = {}) => writeCheckpoint(join(folder, `${name}.parquet`), rows, options);
    for (const compression of [...Object.keys(CODECS), 'auto']) await save(compression, REGULAR, { compression, rowGroupRows: 128 });
    await save('beyond', BEYOND);
    await save('missing', MISSING);
    await save('exceptions', FEW_EXCEPTIONS);
    await save('mixed', MIXED);
    await save('names', NAMES);
    await save('no-rows', []);
    await save('no-keys', [{}, {}, {}]);
    const checkpoints = new CheckpointManager(join(tempFolder('interop-maps'), 'checkpoints'), { logger: false });
    let index = 0;
    const { path } = await checkpoints.map('s', 'op', REGULAR, (row) => row, { key: () => index++ });
    copyFileSync(path!, join(folder, 'mapped.parquet'));
    opened = await openFolder(folder);
  });

  /** The rows that an engine finds, less the hidden columns; fails with what it said where it did not open the file. */
  const rowsIn = (file: string, engine: Engine): unknown => {
    const { rows, error } = opened[file]![engine];
    assert.equal(error, undefined);
    return visible(rows);
  };
  const equalRows = (file: string, engine: Engine, rows: Row[]): void => {
    const wanted = notation(rows);
    assert.deepStrictEqual(rowsIn(file, engine), engine === 'pandas' ? withoutNaN(wanted) : wanted);
  };
  const hasTypes = (file: string, engine: Engine, columns: Record<string, NativeColumn>): void => {
    const wanted = Object.entries(columns).map(([name, { types }]) => [name, types[engine]]);
    assert.deepStrictEqual(opened[file]![engine].types, Object.fromEntries(wanted));
  };

  for (const compression of [...Object.keys(CODECS), 'auto']) {
    for (const engine of ENGINES) {
      test(`${compression}, ${engine}: the types are the natural ones and the rows equal`, () => {
        hasTypes(compression, engine, NATIVE_COLUMNS);
        equalRows(compression, engine, REGULAR);
      });
    }
  }

  test('the codec of every column chunk is the one that was asked for', () => {
    for (const [codec, name] of Object.entries(CODECS)) assert.deepStrictEqual(opened[codec]!.codecs, [name]);
    for (const codec of opened.auto!.codecs) assert.ok(Object.values(CODECS).includes(codec), codec);
  });

  for (const engine of ENGINES) {
    test(`dates are timestamps and bytes are binary in ${engine}`, () => {
      hasTypes('beyond', engine, BEYOND_JSON);
      equalRows('beyond', engine, BEYOND);
    });

    test(`the record of rows that a map attaches is not seen by ${engine}`, () => {
      hasTypes('mapped', engine, NATIVE_COLUMNS);
      equalRows('mapped', engine, REGULAR);
    });

    test(`a missing key is a null in ${engine}`, () => {
      // A struct has all its fields, a row all columns.
      const full = MISSING.map(({ a = null, b = null, m = null }) => ({ a, b, m: m === null ? null : { x: null, y: null, ...m } }));
      equalRows('missing', engine, full);
    });

    test(`a column with few exceptions keeps its type in ${engine}`, () => {
      const { n, t } = opened.exceptions![engine].types!;
      assert.deepStrictEqual([n, t], [NATIVE_COLUMNS.int!.types[engine], NATIVE_COLUMNS.text!.types[engine]]);
      equalRows(
        'exceptions',
        engine,
        FEW_EXCEPTIONS.map(({ n, t }, i) => ({ n: i === 150 ? null : n, t: i === 151 ? null : t })),
      );
    });

    test(`a column of mixed types is JSON text in ${engine}`, () => {
      const rows = rowsIn('mixed', engine) as { v: string | null }[];
      assert.deepStrictEqual(
        rows.map(({ v }) => ({ v: v === null ? null : (JSON.parse(v) as unknown) })),
        MIXED,
      );
    });

    test(`keys that no engine takes have a name beside them in ${engine}, all others are their own`, () => {
      const [row] = rowsIn('names', engine) as [Row];
      assert.deepStrictEqual(Object.keys(row), ['_', 'a.b', 'a', 'A_2', '__proto__', 'select', 'ü 漢', 'x_y', 'constructor']);
      assert.deepStrictEqual(Object.values(row), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    test(`no rows, and rows without keys, in ${engine}`, () => {
      assert.deepStrictEqual(rowsIn('no-rows', engine), []);
      assert.deepStrictEqual(rowsIn('no-keys', engine), [{}, {}, {}]);
    });
  }
});

suite('files of arrow-ckpt, written anew by other programs', missing, () => {
  const folder = tempFolder('rewritten');
  const rows = REGULAR.slice(0, 20);

  before(async () => {
    await writeCheckpoint(join(folder, 'ours.parquet'), rows, { hash: 'h' });
    await runPython('rewrite.py', join(folder, 'ours.parquet'));
  });

  for (const reader of READERS) {
    for (const engine of ['polars', 'duckdb', 'pyarrow']) {
      test(`by ${engine}, ${reader.name} reader: the rows are the same`, async () => {
        assert.deepStrictEqual(await reader.read(join(folder, `${engine}.parquet`)), rows);
      });
    }

    // PyArrow keeps our key-values, the plan and the checksums among them, whatever it does to the columns.
    test(`by pyarrow with a column dropped, ${reader.name} reader: the columns as they are`, async () => {
      const dropped = Object.keys(rows[0] as Row)[0] as string;
      const expected = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => key !== dropped)));
      assert.deepStrictEqual(await reader.read(join(folder, 'pyarrow-dropped.parquet')), expected);
    });
  }
});
