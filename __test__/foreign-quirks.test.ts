import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { READERS } from './support/readers.ts';

for (const { name, read } of READERS) {
  // DuckDB 2.0.1: COPY (FROM (VALUES ([0.5, 1.5]::FLOAT[2]), (NULL), ([2.5, NULL]), ([3.5, 4])) t(a)) TO '...'. The null stands in the file
  // as two.
  test(`a null among DuckDB's arrays of fixed size is one null, ${name} reader`, async () => {
    const rows = await read(join(import.meta.dirname, 'fixtures/duckdb-null-arrays.parquet'));
    assert.deepStrictEqual(rows, [{ a: [0.5, 1.5] }, { a: null }, { a: [2.5, null] }, { a: [3.5, 4] }]);
  });
}
