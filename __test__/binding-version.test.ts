import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

interface Saved {
  format: string;
  warnings: { code: string; detail: string }[];
}

suite('a binary of another version than the package', noBinding, () => {
  const folder = tempFolder('binding-version');

  test('is not used: the save goes to JSON, and the warning says why', async () => {
    const env = { NAPI_RS_NATIVE_LIBRARY_PATH: join(import.meta.dirname, 'programs/other-version.cjs') };
    const { format, warnings } = await resultOf<Saved>('save-one.mjs', { args: [join(folder, 'a.parquet')], env });
    assert.equal(format, 'json');
    assert.equal(warnings.length, 1);
    assert.equal(warnings[0]?.code, 'ARROW_CKPT_NO_BINARY');
    assert.match(warnings[0]?.detail ?? '', /the binary is of version 0\.0\.1-other, the package of \d/);
  });

  test('and the same program without it saves Parquet without a word', async () => {
    const { format, warnings } = await resultOf<Saved>('save-one.mjs', { args: [join(folder, 'b.parquet')] });
    assert.deepStrictEqual({ format, warnings }, { format: 'parquet', warnings: [] });
  });
});
