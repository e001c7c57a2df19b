import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Row } from 'arrow-ckpt';
import { partsIn, sparkFolder } from './support/part-folders.ts';
import { expectInPython } from './support/python-expected.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Folders of ours: each is what `partsIn` takes. */
const OURS: Record<string, Record<string, readonly Row[]>> = {
  widths: {
    'part-2.parquet': [{ id: 2, n: 0.5, deep: { a: 1.5 } }],
    'part-10.parquet': [{ id: 10, n: 2 ** 60, deep: { b: [1, null] } }, {}],
    'part-1.parquet': [{ n: 1, id: 1, deep: { a: 1 }, more: 'x' }, { id: 3 }],
  },
  hive: {
    'year=2024/kind=a%20b%2Fc/part-0.parquet': [{ id: 1 }],
    'year=-7/kind=__HIVE_DEFAULT_PARTITION__/part-0.parquet': [{ id: 2 }, { id: 3 }],
    'year=0/kind=100%/part-0.parquet': [{ id: 4 }],
    'kind=7/year=8/part-0.parquet': [],
  },
  texts: { 'year=007/a.parquet': [{ id: 1 }], 'year=9007199254740993/a.parquet': [{ id: 2 }], '_key=1/a.parquet': [{ id: 3 }] },
  held: {
    'part-0.parquet': [{ id: 0, k: 'x' }],
    'k=2/part-0.parquet': [{ id: 1 }],
    'k=__HIVE_DEFAULT_PARTITION__/part-0.parquet': [{ id: 2 }],
  },
  numbers: { 'part-0.parquet': [{ k: 0.5 }], 'k=2/part-0.parquet': [{}] },
  json: {
    'part-0.parquet': [{ v: 1 }, { v: 'a' }, { v: { b: [1n, Number.NaN] } }],
    'part-1.parquet': Array.from({ length: 40 }, (_, id) => ({ v: id === 7 ? 'seven' : id })),
    'part-2.parquet': [{ v: null }],
    'v=4/part-0.parquet': [{ w: new Date(5) }],
  },
  'no rows': { 'part-0.parquet': [] },
};

describe('folders of parts in the package for Python', { skip: noPython || noBinding }, () => {
  const folder = tempFolder('python-folders');

  test('have the rows that they have in Node', async () => {
    for (const [name, parts] of Object.entries(OURS)) await expectInPython(await partsIn(join(folder, `${name}.parquet`), parts));
    await expectInPython(
      await sparkFolder(join(folder, 'spark'), { 'part-00001.parquet': [{ a: 1 }], 'part-00000.parquet': [{ b: 'x' }] }),
    );
    await runPython('part_folders.py', join(folder, 'written'));
    const written = readdirSync(join(folder, 'written'));
    for (const name of written) await expectInPython(join(folder, 'written', name));
    assert.equal(await runPython('check_folders.py', folder), `${Object.keys(OURS).length + 1 + written.length} equal\n`);
  });

  // DuckDB's and Polars' hold types that pyarrow does not read.
  test('as have files with all types of other programs', async () => {
    const types = tempFolder('python-types');
    let count = 0;
    for (const [script, names] of [
      ['pyarrow_types.py', ['default', 'gzip-no-schema', 'int96']],
      ['pandas_types.py', ['types-snappy', 'index-multi']],
    ] as const) {
      mkdirSync(join(types, script));
      await runPython(script, join(types, script));
      for (const name of names) await expectInPython(join(types, script, `${name}.parquet`));
      count += names.length;
    }
    assert.equal(await runPython('check_folders.py', types), `${count} equal\n`);
  });
});
