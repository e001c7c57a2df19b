import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCheckpoint } from 'arrow-ckpt';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.js';
import { loadBinding } from '../lib/base/addon/binding.js';
import { parquetStore } from '../lib/formats/parquet/parquet-store.js';
import { jsonInfo } from '../lib/formats/text/json/read.js';
import { GOLDEN_V1 } from './fixtures/golden-rows.js';
import { assertExact } from './support/exact.js';
import { READERS } from './support/readers.js';

const FOLDER = join(import.meta.dirname, 'fixtures/golden/v1');

/** Files that format version 1 wrote: every later version must read them to the same rows. Never write them anew after a release. */
describe('golden files of format version 1', () => {
  test('are all known', () => {
    const names = Object.entries(GOLDEN_V1).map(([name, { extension = '.parquet' }]) => name + extension);
    assert.deepStrictEqual(readdirSync(FOLDER).sort(), names.sort());
  });

  for (const [name, { rows, options, extension = '.parquet' }] of Object.entries(GOLDEN_V1)) {
    const path = join(FOLDER, name + extension);
    const readers = extension === '.json' ? [{ name: 'JSON', read: readCheckpoint }] : READERS;
    for (const reader of readers) test(`${name}, ${reader.name} reader`, async () => assertExact(await reader.read(path), rows));

    test(`${name}: hash and metadata`, async () => {
      const infos = extension === '.json' ? [jsonInfo] : [fallbackStore.info, ...(loadBinding() === null ? [] : [parquetStore.info])];
      for (const info of infos) {
        const { hash, metadata, rows: count } = await info(path);
        assert.deepStrictEqual(
          { hash, metadata, count },
          { hash: options?.hash ?? null, metadata: options?.metadata ?? {}, count: rows.length },
        );
      }
    });
  }
});
