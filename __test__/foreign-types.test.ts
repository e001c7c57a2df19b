import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import type { Row } from 'arrow-ckpt';
import { DUCKDB, PANDAS, POLARS, PYARROW, type ForeignTypes } from './support/foreign-types.ts';
import { noPython, runPython } from './support/python.ts';
import { READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

interface Writer {
  name: string;
  script: string;
  types: ForeignTypes;
  /** The files with a column of each type, in the ways that the writer knows. */
  files: string[];
  /** Files of which each is compared by its own test, or that hold some of the columns. */
  others?: string[];
}

const DUCKDB_CODECS = ['snappy', 'zstd', 'gzip', 'brotli', 'lz4_raw', 'uncompressed'];
const WRITERS: Writer[] = [
  {
    name: 'PyArrow',
    script: 'pyarrow_types.py',
    types: PYARROW,
    files: ['default', 'plain', 'page-v2', 'delta', 'gzip-no-schema', 'brotli-old-lists', 'none-row-groups'],
    others: ['version-1.0', 'int96'],
  },
  {
    name: 'pandas',
    script: 'pandas_types.py',
    types: PANDAS,
    files: ['snappy', 'zstd', 'gzip', 'brotli', 'lz4', 'None'].map((codec) => `types-${codec}`),
    others: ['range', 'range-named', 'filtered', 'named', 'times', 'multi', 'left-out'].map((index) => `index-${index}`),
  },
  {
    name: 'Polars',
    script: 'polars_types.py',
    types: POLARS,
    files: ['zstd', 'snappy', 'lz4', 'gzip', 'brotli', 'uncompressed'],
  },
  {
    name: 'DuckDB',
    script: 'duckdb_types.py',
    types: DUCKDB,
    files: ['V1', 'V2'].flatMap((version) => DUCKDB_CODECS.map((codec) => `${version}-${codec}`)),
    others: ['wide'],
  },
];

/** The three rows of a writer's table; `keep` chooses the columns. */
function rowsOf(types: ForeignTypes, keep: (column: string) => boolean = () => true): Row[] {
  const columns = Object.entries(types).filter(([column]) => keep(column));
  return [0, 1, 2].map((row) => Object.fromEntries(columns.map(([column, [first, last]]) => [column, [first, null, last][row]])));
}

for (const { name, script, types, files, others = [] } of WRITERS) {
  suite(`the types of ${name}`, noPython, () => {
    const folder = tempFolder(script);
    const path = (file: string): string => join(folder, `${file}.parquet`);
    before(() => runPython(script, folder));

    test('are all written', () => {
      const written = readdirSync(folder).map((file) => file.replace('.parquet', ''));
      assert.deepStrictEqual(written.sort(), [...files, ...others].sort());
    });

    for (const reader of READERS) {
      for (const file of files) {
        test(`${file}, ${reader.name} reader`, async () => {
          const rows = await reader.read(path(file));
          assert.deepStrictEqual(Object.keys(rows[0]!).sort(), Object.keys(types).sort());
          assert.deepStrictEqual(rows, rowsOf(types));
        });
      }
      if (name === 'PyArrow') testOldFormats(reader, path);
      if (name === 'pandas') testIndexes(reader, path);
      if (name === 'DuckDB') testWideIntegers(reader, path);
    }
  });
}

type Path = (file: string) => string;

function testOldFormats({ name, read }: (typeof READERS)[number], path: Path): void {
  test(`version 1.0, ${name} reader`, async () => {
    assert.deepStrictEqual(
      await read(path('version-1.0')),
      rowsOf(PYARROW, (column) => !column.includes('[ns')),
    );
  });

  test(`INT96, ${name} reader: timestamps with all digits`, async () => {
    const rows = rowsOf(PYARROW, (column) => column.startsWith('timestamp['));
    assert.deepStrictEqual(await read(path('int96')), rows);
  });
}

/** pandas keeps an index as columns behind the others, unless it just counts the rows. */
function testIndexes({ name, read }: (typeof READERS)[number], path: Path): void {
  const days = ['2024-02-29', '2024-03-01', '2024-03-02'].map((day) => new Date(day));
  const indexes: Record<string, Record<string, unknown[]>> = {
    range: {},
    'range-named': {},
    'left-out': {},
    filtered: { __index_level_0__: [0, 2, 5] },
    named: { key: ['x', 'y', 'z'] },
    times: { day: days },
    multi: { group: ['x', 'x', 'y'], __index_level_1__: [1, 2, 1] },
  };
  for (const [index, columns] of Object.entries(indexes)) {
    test(`index ${index}, ${name} reader`, async () => {
      const all = Object.entries({ a: [1, 2, 3], ...columns });
      const wanted = [0, 1, 2].map((row) => Object.fromEntries(all.map(([column, values]) => [column, values[row]])));
      assert.deepStrictEqual(await read(path(`index-${index}`)), wanted);
    });
  }
}

/** A file that breaks Parquet's rules, from a current writer: PyArrow and parquet-rs refuse it, Polars and the fallback read it. */
function testWideIntegers({ name, read }: (typeof READERS)[number], path: Path): void {
  test(`INTEGERs further than 32 bits apart in version 2, ${name} reader`, async () => {
    if (name === 'native') {
      await assert.rejects(read(path('wide')), { name: 'CheckpointError', code: 'ERR_CKPT_CORRUPT', column: 'n' });
    } else {
      assert.deepStrictEqual(await read(path('wide')), [{ n: -2147483647 }, { n: 2147483647 }, { n: -1 }]);
    }
  });
}
