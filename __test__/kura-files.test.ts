import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonlCheckpointManager, ParquetCheckpointManager, readCheckpoint, type Row } from 'arrow-ckpt';
import { parseLenient } from '../lib/base/value/lenient-json.ts';
import { readFileSync } from 'node:fs';
import { assertExact } from './support/exact.ts';
import { expectedCheckpoints } from './support/expected-checkpoints.ts';
import { READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { dataFiles, dataPath, noTestData } from './support/test-data.ts';

/** The rows of a JSONL file, by other means than the store's. */
function lines(name: string): Row[] {
  const text = readFileSync(dataPath(name), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseLenient(line) as Row);
}

/** The rows of Kura's JSONL as they come out of its Parquet, which keeps no count, and null for `[]` in two columns. */
function throughParquet(rows: Row[]): Row[] {
  return rows.map((row) => {
    const { count: _, ...kept } = row;
    for (const key of ['languages', 'assistant_errors']) if (Array.isArray(kept[key]) && kept[key].length === 0) kept[key] = null;
    return kept;
  });
}

suite('every checkpoint that Kura wrote', noTestData, () => {
  test('JSONL', async () => {
    const names = dataFiles(/\.jsonl$/, 'kura');
    assert.ok(names.length >= 10);
    for (const name of names) {
      const loaded = await readCheckpoint(dataPath(name));
      assertExact(loaded, lines(name));
      assert.ok(loaded.length > 0);
    }
  });

  /** Which JSONL file has the rows of a Parquet file. */
  const PARQUET: [parquet: string, jsonl: string, times: number][] = [
    ...['conversations', 'summaries', 'clusters', 'meta_clusters', 'dimensionality'].map((name): [string, string, number] => {
      return [`kura/parquet/${name}`, `kura/jsonl/${name}`, 1];
    }),
    ...['snappy', 'gzip', 'brotli', 'lz4', 'zstd'].map((codec): [string, string, number] => {
      return [`kura/parquet-codecs/clusters-${codec}`, 'kura/jsonl/clusters', 1];
    }),
    ['kura/original-100/parquet_summaries', 'kura/original-100/jsonl_summaries', 1],
    ['kura/original-10000/parquet_summaries', 'kura/jsonl/summaries', 10],
  ];

  for (const { name: reader, read } of READERS) {
    test(`Parquet, ${reader} reader`, async () => {
      for (const [parquet, jsonl, times] of PARQUET) {
        const once = throughParquet(lines(`${jsonl}.jsonl`));
        const expected = Array.from({ length: times }, () => once).flat();
        assertExact(await read(dataPath(`${parquet}.parquet`), { compat: 'kura' }), expected);
      }
    });

    for (const [name, rows] of expectedCheckpoints('kura-parquet-synthetic')) {
      test(`what no real row has: ${name}, ${reader} reader`, async () => {
        const path = dataPath(`kura/parquet-synthetic/${name}.parquet`);
        assertExact(await read(path, { compat: 'kura' }), rows);
        const columns = Object.keys(rows![0] as Row).filter((_, index) => index % 2 === 1);
        const picked = rows!.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])));
        assertExact(await read(path, { compat: 'kura', columns }), picked);
      });
    }
  }

  test('without compat the cells are as they stand in the file', async () => {
    const [row] = await readCheckpoint(dataPath('kura/parquet-synthetic/conversations.parquet'), { limit: 1 });
    assert.equal((row as Row)['created_at'], '2024-01-02 03:04:05.123457');
    assert.equal(typeof (row as Row)['messages'], 'string');
  });

  test('through the managers', async () => {
    const jsonl = new JsonlCheckpointManager(dataPath('kura/jsonl'), { logger: false });
    const parquet = new ParquetCheckpointManager(dataPath('kura/parquet'), { logger: false });
    const names = ['clusters', 'conversations', 'dimensionality', 'meta_clusters', 'summaries'];
    for (const manager of [jsonl, parquet]) assert.deepStrictEqual(await manager.listCheckpoints(), names);
    for (const name of names) {
      const rows = (await jsonl.loadCheckpoint(`${name}.parquet`)) as Row[];
      assertExact(rows, lines(`kura/jsonl/${name}.jsonl`));
      assertExact(await parquet.loadCheckpoint(`${name}.jsonl`), throughParquet(rows));
    }
    // One that only looks like Kura's is left alone: the types of its columns are others.
    const loaded = await parquet.loadCheckpoint('clusters', undefined, {
      where: { parent_id: null },
      limit: 2,
      columns: ['slug', 'chat_ids'],
    });
    assert.deepStrictEqual(Object.keys(loaded![0] as Row), ['slug', 'chat_ids']);
    assert.ok(Array.isArray(loaded![0]!['chat_ids']));
  });
});
