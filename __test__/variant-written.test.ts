import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { readCheckpoint, type Row } from 'arrow-ckpt';
import { noPython, runPython } from './support/python.ts';
import { noBinding, READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** How the column is shredded in the files of variants.py. */
const SHREDDED = 5;

/** SQL and what its VARIANT becomes. */
const TYPES: [sql: string, value: unknown][] = [
  ['42::TINYINT', 42],
  ['-30000::SMALLINT', -30_000],
  ['9007199254740993::BIGINT', 9_007_199_254_740_993n],
  ['1.5::FLOAT', 1.5],
  ["'-Infinity'::DOUBLE", -Infinity],
  ['true', true],
  ['NULL::INTEGER', null],
  ['1.10::DECIMAL(5,2)', '1.10'],
  ['-1.10::DECIMAL(18,2)', '-1.10'],
  ['12345678901234567890123.456::DECIMAL(38,3)', '12345678901234567890123.456'],
  ["DATE '2024-02-29'", new Date('2024-02-29')],
  ["TIME '01:02:03.4'", '01:02:03.400000'],
  ["TIMESTAMP '2024-01-01 00:00:00.123456'", '2024-01-01T00:00:00.123456Z'],
  ["TIMESTAMPTZ '2024-01-01 01:00:00+01'", new Date('2024-01-01')],
  ["TIMESTAMP_NS '2024-01-01 00:00:00.123456789'", '2024-01-01T00:00:00.123456789Z'],
  ["'a8f5f167-f44f-4964-b2c2-1f1f1f1f1f1f'::UUID", 'a8f5f167-f44f-4964-b2c2-1f1f1f1f1f1f'],
  ["'\\x00\\xFF'::BLOB", Uint8Array.of(0, 255)],
  [`'${'ü😀'.repeat(30)}'`, 'ü😀'.repeat(30)],
  ["{'q': 1, 'n': NULL, 'l': [{'x': 'y'}, NULL]}", { l: [{ x: 'y' }, null], n: null, q: 1 }],
  ["MAP {'k': 1.50::DECIMAL(3,2)}", [{ key: 'k', value: '1.50' }]],
];

/** JSON in which the parts that are shredded are common, and are often of another type. */
const value = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ a: scalar(), b: fc.array(scalar(), { maxLength: 3 }), c: inner(), z: scalar() }, { requiredKeys: [] }),
  },
  { weight: 1, arbitrary: scalar() },
  { weight: 1, arbitrary: fc.array(fc.record({ a: scalar() }, { requiredKeys: [] }), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(scalar(), { maxLength: 3 }) },
);

function scalar(): fc.Arbitrary<unknown> {
  return fc.oneof(fc.integer(), fc.string({ unit: 'grapheme' }), fc.constant(null), fc.boolean(), fc.constant(0.5), fc.constant({ d: 1 }));
}

function inner(): fc.Arbitrary<unknown> {
  return fc.oneof(fc.record({ d: fc.constantFrom(0.25, 'x', null), e: scalar() }, { requiredKeys: [] }), scalar());
}

suite('VARIANTs that DuckDB wrote', noBinding || noPython, () => {
  const folder = tempFolder('variant-written');
  const values = JSON.parse(JSON.stringify(fc.sample(value, { numRuns: 400, seed: 4 }))) as unknown[];

  before(async () => {
    await writeFile(join(folder, 'values.jsonl'), values.map((one) => JSON.stringify(one)).join('\n'));
    await writeFile(join(folder, 'types.sql'), TYPES.map(([sql]) => sql).join('\n'));
    await runPython('variants.py', folder);
  });

  for (const { name, read } of READERS) {
    test(`any JSON comes back, however it is shredded, ${name} reader`, async () => {
      let first: Row[] | undefined;
      for (const file of ['chosen', ...Array.from({ length: SHREDDED }, (_, at) => `shredded-${at}`)]) {
        const rows = await read(join(folder, `${file}.parquet`));
        assert.deepStrictEqual(
          rows,
          values.map((v, id) => ({ id, v })),
          file,
        );
        // Keys have one order, whatever of them is shredded.
        assert.equal(JSON.stringify(rows), JSON.stringify((first ??= rows)), file);
      }
    });

    for (const [at, [sql, wanted]] of TYPES.entries()) {
      test(`${sql.slice(0, 60)}, ${name} reader`, async () => {
        for (const file of ['type', 'plain'])
          assert.deepStrictEqual(await read(join(folder, `${file}-${at}.parquet`)), [{ v: wanted }], file);
      });
    }
  }

  test('parts that are shredded in different ways are one checkpoint', async () => {
    const rows = await readCheckpoint(join(folder, 'mixed.parquet'));
    const byPart = values.map((v, id) => ({ id, v })).sort((a, b) => (a.id % SHREDDED) - (b.id % SHREDDED) || a.id - b.id);
    assert.deepStrictEqual(rows, byPart);
  });
});
