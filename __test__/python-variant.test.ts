import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { byteArrays, i32, levels, oddParquet, type OddNode } from './support/odd-parquet.ts';
import { expectInPython } from './support/python-expected.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { SEED } from './support/seeded.ts';
import { tempFolder } from './support/temp-folder.ts';
import { dataFiles, dataPath, noTestData } from './support/test-data.ts';
import { primitive, variantBytes, type VariantBytes } from './support/variant-bytes.ts';
import { HOSTILE, REFUSED, SHREDDED, TYPES } from './support/variant-cases.ts';
import { variantColumn, variantParquet } from './support/variant-parquet.ts';

/** What DuckDB writes into VARIANTs: values of JSON, and of each type of SQL that it shreds by itself. */
const SQL = [
  "DATE '2024-02-29'",
  "TIME '01:02:03.4'",
  "TIMESTAMP '2024-01-01 00:00:00.123456'",
  '12345678901234567890123.456::DECIMAL(38,3)',
];
const SCALARS = [1, 2 ** 40, 'x', 'ü😀', null, true, 0.5, { d: 1 }];

/** Files by their names, for both packages. */
type Files = Record<string, Buffer>;

function wholeOnes(): Files {
  const values = fc.sample(fc.jsonValue({ maxDepth: 4 }), { numRuns: 500, seed: SEED });
  const [one, two] = [variantBytes({ a: 1, '10': 2, '9': 3 }), variantBytes(['x'])];
  const inList = variantColumn('element', [one, two]);
  for (const leaf of inList.children!) Object.assign(leaf, { page: Buffer.concat([levels([0, 1]), levels([1, 1]), leaf.page!]), count: 2 });
  const nested: OddNode[] = [
    { name: 'l', more: { 6: i32(3) }, children: [{ name: 'list', repetition: 'REPEATED', children: [inList] }] },
    { name: 's', children: [variantColumn('v', [one]), variantColumn('w', [two])] },
    { name: 'alone', children: [variantColumn('v', [one])] },
  ];
  const leaf = (name: string): OddNode => ({ name, type: 'BYTE_ARRAY', page: byteArrays('x') });
  return {
    types: variantParquet(TYPES.map(([, stored]) => variantBytes(stored))),
    wide: variantParquet(TYPES.map(([, stored]) => variantBytes(stored, { wide: true }))),
    json: variantParquet(values.map((value) => variantBytes(value))),
    nested: oddParquet(nested, 1),
    // No VARIANT, though it has the columns of one.
    struct: oddParquet([{ name: 'v', children: [leaf('metadata'), leaf('value')] }], 1),
    ...Object.fromEntries(SHREDDED.map(([name, column]) => [name, oddParquet([column], 1)])),
  };
}

function damagedOnes(): Files {
  // pyarrow does not tell it from a struct.
  const refused = REFUSED.filter(([name]) => name !== 'no metadata');
  const good = variantBytes({ a: [1, 'xyz', { b: null, c: 1.5 }], d: primitive(15, [2, 0, 0, 0, 7, 8]), e: 'ü'.repeat(50) });
  let state = 7;
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  const changed = (): VariantBytes => {
    const [metadata, value] = [Buffer.from(good.metadata), Buffer.from(good.value)];
    const target = random(3) === 0 ? metadata : value;
    for (let change = random(3); change >= 0; change--) target[random(target.length)] = random(256);
    return { metadata, value };
  };
  return {
    ...Object.fromEntries(refused.map(([name, column]) => [name, oddParquet([column], 1)])),
    ...Object.fromEntries(HOSTILE.map(([name, metadata, value]) => [name, variantParquet([{ metadata, value }])])),
    ...Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`changed ${at}`, variantParquet([changed()])])),
  };
}

function samples(): Files {
  const names = dataFiles(/^parquet-testing\/variant\/.*\.value$/, '').map((file) => /(.*)\.value$/.exec(file)![1]!);
  assert.equal(names.length, 29);
  const bytes = (file: string): Buffer => readFileSync(dataPath(file));
  return { samples: variantParquet(names.map((name) => ({ metadata: bytes(`${name}.metadata`), value: bytes(`${name}.value`) }))) };
}

describe('VARIANTs in the package for Python', { skip: noPython || noBinding }, () => {
  test('are what they are in Node, and damaged ones are errors with the same codes', async (t) => {
    const folder = tempFolder('python-variant');
    if (noTestData !== false) t.diagnostic(noTestData);
    const files = { ...wholeOnes(), ...damagedOnes(), ...(noTestData === false && samples()) };
    for (const [name, bytes] of Object.entries(files)) {
      const path = join(folder, `${name}.parquet`);
      writeFileSync(path, bytes);
      await expectInPython(path);
    }
    assert.equal(await runPython('check_folders.py', folder), `${Object.keys(files).length} equal\n`);
  });

  test('files and folders of DuckDB, however they are shredded', async () => {
    const folder = tempFolder('python-variant-duckdb');
    const some = Array.from({ length: 100 }, (_, at) => SCALARS[at % SCALARS.length]);
    const values = some.map((one, at) => [{ a: one, b: [some[at + 1]], c: { d: at / 4 } }, one, [{ a: one }], { z: one, a: at }][at % 4]);
    writeFileSync(join(folder, 'values.jsonl'), values.map((one) => JSON.stringify(one)).join('\n'));
    writeFileSync(join(folder, 'types.sql'), SQL.join('\n'));
    await runPython('variants.py', folder);
    const names = [...SQL.keys()].flatMap((at) => [`type-${at}`, `plain-${at}`]);
    for (const name of ['chosen', 'mixed', ...Array.from({ length: 5 }, (_, at) => `shredded-${at}`)]) names.push(name);
    for (const name of names) await expectInPython(join(folder, `${name}.parquet`));
    assert.equal(await runPython('check_folders.py', folder), `${names.length} equal\n`);
  });
});
