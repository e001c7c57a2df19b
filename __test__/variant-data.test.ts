import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';
import { dataFiles, dataPath, noTestData } from './support/test-data.ts';
import { variantParquet } from './support/variant-parquet.ts';

/** What data_dictionary.json says in other words than a load: it has decimals as numbers, and times as Python's texts. */
const OTHERS: Record<string, unknown> = {
  // Not in it.
  long_string:
    'This string is for sure and certainly longer than 64 bytes and it also includes several non ascii characters such as 🐢, 💖, ♥️, 🎣 and 🤦!!',
  primitive_binary: Uint8Array.from(Buffer.from('AxM33q2+78r+', 'base64')),
  primitive_date: new Date('2025-04-16'),
  primitive_decimal16: '12345678912345678.90',
  primitive_decimal4: '12.34',
  primitive_decimal8: '12345678.90',
  primitive_float: Math.fround(1_234_567_940),
  primitive_int64: 1_234_567_890_123_456_789n,
  primitive_time: '12:33:54.123456',
  primitive_timestamp: new Date('2025-04-16T12:34:56.78-04:00'),
  primitive_timestampntz: new Date('2025-04-16T12:34:56.78Z'),
  primitive_timestamp_nanos: '2024-11-07T12:33:54.123456789Z',
  primitive_timestampntz_nanos: '2024-11-07T12:33:54.123456789Z',
};
/** Spark's `parse_json` makes decimals of fractions. */
const DOUBLE_FIELD = '1.23456789';
const VALUES = 29;

suite('the VARIANTs of apache/parquet-testing', noTestData, () => {
  const path = join(tempFolder('variant-data'), 'v.parquet');
  for (const { name, read } of READERS) {
    test(`become the values that its dictionary says, ${name} reader`, async () => {
      const names = dataFiles(/^parquet-testing\/variant\/.*\.value$/, '').map((file) => /([^/]*)\.value$/.exec(file)![1]!);
      assert.equal(names.length, VALUES);
      const bytes = (file: string): Buffer => readFileSync(dataPath(`parquet-testing/variant/${file}`));
      await writeFile(path, variantParquet(names.map((file) => ({ metadata: bytes(`${file}.metadata`), value: bytes(`${file}.value`) }))));
      // It has a comma too many.
      const text = bytes('data_dictionary.json')
        .toString()
        .replace(/,\s*\}\s*$/, '}');
      const told = { ...(JSON.parse(text) as Record<string, unknown>), ...OTHERS };
      told.object_primitive = { ...(told.object_primitive as object), double_field: DOUBLE_FIELD };
      for (const [at, { v }] of (await read(path)).entries()) assert.deepStrictEqual(v, told[names[at]!], names[at]);
    });
  }
});
