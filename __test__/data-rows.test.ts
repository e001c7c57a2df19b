import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { noBinding, READERS } from './support/readers.ts';
import { rowsFiles } from './support/rows-files.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';
import { noTestData } from './support/test-data.ts';

/** Files that are not JSON: Python's NaN, one that a failed save left half written, and one with a comma too many. */
const NOT_JSON = [
  'docetl/json-edges/edges/damaged_after_failed_save.json',
  'docetl/json-edges/edges/non_finite_numbers.json',
  'parquet-testing/variant/data_dictionary.json',
];
/** JSON about files beside it, without rows. */
const NO_ROWS = /(^|\/)(\.docetl_intermediate_config|analyze_sentiment_input_hashes|dataset_info|state|parquet-testing)\.json$/;
/** What there is to be found: a search that finds less must not pass for a test. */
const FILES_WITH_ROWS = 123;
const ROWS = 11_722;

suite('every JSON and JSONL file of the test data', noTestData, () => {
  const folder = tempFolder('data-rows');
  const path = join(folder, 'rows.parquet');
  const files = rowsFiles();
  const withRows = files.filter(({ sets }) => sets !== null && sets.length > 0);
  let saved = 0;

  test('is found', (t) => {
    const rows = withRows.flatMap(({ sets }) => sets!).reduce((total, set) => total + set.length, 0);
    t.diagnostic(`${withRows.length} files with ${rows} rows`);
    assert.equal(withRows.length, FILES_WITH_ROWS);
    assert.equal(rows, ROWS);
    assert.deepStrictEqual(
      files.filter(({ sets }) => sets === null).map(({ name }) => name),
      NOT_JSON,
    );
    for (const { name, sets } of files) if (sets?.length === 0) assert.match(name, NO_ROWS);
  });

  for (const { name, sets } of withRows) {
    test(`${name} comes back as it is`, async () => {
      for (const rows of sets!) {
        const text = JSON.stringify(rows);
        const same = (loaded: Row[]): void => {
          assert.deepStrictEqual(loaded, rows);
          assert.equal(JSON.stringify(loaded), text);
        };
        if (noBinding === false) {
          const info = await writeCheckpoint(path, rows);
          assert.deepStrictEqual([info.format, info.rows], ['parquet', rows.length]);
          for (const { read } of READERS) same(await read(path));
        }
        const json = join(folder, 'rows.json');
        const info = await writeCheckpoint(json, rows);
        assert.deepStrictEqual([info.format, info.rows], ['json', rows.length]);
        same(await readCheckpoint(json));
        saved += rows.length;
      }
    });
  }

  after(() => assert.equal(saved, ROWS, 'rows that were saved and loaded'));
});
