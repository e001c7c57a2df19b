import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCheckpoint } from 'arrow-ckpt';
import { expectedCheckpoints } from './support/expected-checkpoints.ts';
import { noBinding, READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { dataPath, noTestData } from './support/test-data.ts';

suite('checkpoints that DocETL wrote', noTestData, () => {
  for (const [name, rows] of expectedCheckpoints('docetl-arrow-381')) {
    const path = dataPath(`docetl/arrow-381/${name}.parquet`);
    if (!existsSync(path)) continue; // batches, which stayed JSON
    for (const { name: reader, read } of READERS) {
      test(`pull request 381, ${name}: ${reader}`, async () => {
        const loaded = await read(path, { compat: 'docetl' });
        assert.deepStrictEqual(loaded, rows);
        // The members of its dicts are in alphabetical order in the file: so the pull request saved them.
        if (name !== 'data_processing/get_fruits') assert.equal(JSON.stringify(loaded, bigints), JSON.stringify(rows, bigints));
      });
    }
  }

  for (const member of ['mixed', 'arrow-380']) {
    for (const [name, rows] of expectedCheckpoints('docetl-mixed-and-380', member)) {
      const path = [join(`${name}.parquet`), join(`${name}.json`)]
        .map((file) => dataPath(`docetl/${member}/${file}`))
        .find(existsSync) as string;
      for (const { name: reader, read } of path.endsWith('.json')
        ? [{ name: 'json', read: readCheckpoint as (typeof READERS)[number]['read'] }]
        : READERS) {
        test(`${member}, ${name}: ${reader}`, async () => assert.deepStrictEqual(await read(path, { compat: 'docetl' }), rows));
      }
    }
  }

  for (const [name, rows] of expectedCheckpoints('docetl-json-edges')) {
    test(`JSON, ${name}`, async () => {
      const load = readCheckpoint(dataPath(`docetl/json-edges/${name}.json`));
      if (rows === null) await assert.rejects(load, { code: 'ERR_CKPT_TRUNCATED' });
      else assert.deepStrictEqual(await load, rows);
    });
  }

  test('without compat the cells are as they stand in the file', { skip: noBinding }, async () => {
    const path = dataPath('docetl/arrow-381/sentinels/null_in_strings.parquet');
    assert.deepStrictEqual(await readCheckpoint(path), [{ s: '__null__' }, { s: 'x' }, { s: '' }]);
  });
});

function bigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
