import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import type { Row } from 'arrow-ckpt';
import { noPython, runPython } from './support/python.ts';
import { READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const FILES = [
  'duckdb-V1',
  'duckdb-V2',
  'polars',
  'pyarrow-checksums',
  'pyarrow-full-dictionaries',
  'pyarrow-no-dictionaries',
  'pyarrow-pages',
  'pyarrow-pages-v2',
];
const START = Date.UTC(2024, 0, 1);

/** The row that many_rows.py makes of `i`. */
function row(i: number): Row {
  return {
    id: i,
    text: i % 11 === 0 ? null : i % 5 === 0 ? `row ${i} ü€😀` : `row ${i}`,
    kind: ['error', 'warning', null, 'info'][Math.floor(i / 700) % 4],
    score: i % 13 === 0 ? null : i / 8,
    flag: [true, false, null][Math.floor(i / 100) % 3],
    when: new Date(START + i * 60_000),
    raw: new Uint8Array(i % 40).fill(i % 256),
    tags: i % 17 === 0 ? null : Array.from({ length: i % 4 }, (_, k) => `t${(i + k) % 50}`),
    grid: Array.from({ length: i % 3 }, (_, k) => (k % 2 ? [k, null] : [])),
    spans: Array.from({ length: Math.floor((i % 300) / 290) * 200 }, (_, k) => ({ at: i + k, words: Array<string>(i % 3).fill(`w${k}`) })),
  };
}

suite('files of other writers in many pages and row groups', noPython, () => {
  const folder = tempFolder('pages');
  const rows = Array.from({ length: 20_000 }, (_, i) => row(i));
  before(() => runPython('many_rows.py', folder));

  test('are all written', () => {
    assert.deepStrictEqual(readdirSync(folder).sort(), FILES.map((file) => `${file}.parquet`).sort());
  });

  for (const { name, read } of READERS) {
    for (const file of FILES) {
      test(`${file}, ${name} reader`, async () => assert.deepStrictEqual(await read(join(folder, `${file}.parquet`)), rows));
    }

    test(`some columns, ${name} reader`, async () => {
      const some = await read(join(folder, 'pyarrow-full-dictionaries.parquet'), { columns: ['spans', 'kind'] });
      assert.deepStrictEqual(
        some,
        rows.map(({ kind, spans }) => ({ kind, spans })),
      );
    });
  }
});
