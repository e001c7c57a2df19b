import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { parquetMetadata } from 'hyparquet';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Where arrow-ckpt 0.1.0 is installed, with its binary: the folder of the package. */
const OLD = process.env['ARROW_CKPT_OLD'];
const ROWS: Row[] = Array.from({ length: 600 }, (_, id) => ({ id, text: `document ${id} `.repeat(80) }));

/** The key-values of a file, and who wrote it, as a program sees them that knows nothing of this version. */
function footerOf(path: string): { version: string | undefined; by: string | undefined } {
  const bytes = readFileSync(path);
  const { key_value_metadata: pairs = [], created_by: by } = parquetMetadata(new Uint8Array(bytes).buffer);
  return { version: pairs.find(({ key }) => key === 'arrow-ckpt.version')?.value, by };
}

suite('an earlier version of the package', noBinding, () => {
  process.env['ARROW_CKPT_SHARE_ANY'] = '1';
  const folder = tempFolder('deltas-earlier');

  async function made(name: string): Promise<{ directory: string; base: string; thin: string; rows: Row[] }> {
    const directory = join(folder, name);
    const [base, thin] = ['load/base', 'process/thin'].map((each) => join(directory, `${each}.parquet`)) as [string, string];
    const rows = ROWS.map((row) => ({ ...row, added: (row['id'] as number) % 7 }));
    await writeCheckpoint(base, ROWS, { base: 'auto', pool: directory });
    assert.ok((await writeCheckpoint(thin, rows, { base, pool: directory })).delta);
    return { directory, base, thin, rows };
  }

  test('finds a later format version in a thin file where it looks, and its own in all others', async () => {
    const { directory, base, thin } = await made('versions');
    const plain = join(directory, 'plain.parquet');
    await writeCheckpoint(plain, ROWS);
    for (const path of [base, plain]) assert.equal(footerOf(path).version, '1');
    const { version, by } = footerOf(thin);
    // 0.1.0 reads versions up to 1, of files that are arrow-ckpt's by this name.
    assert.equal(version, '2');
    assert.match(by ?? '', /^arrow-ckpt version /);
  });

  for (const [reader, env] of Object.entries({ native: {}, 'without the binary': { ARROW_CKPT_FORCE_JSON: '1' } })) {
    const skip = OLD === undefined ? 'no 0.1.0: ARROW_CKPT_OLD names the folder of one' : reader !== 'native' && noBinding;
    test(`0.1.0, ${reader}: refuses a thin file in every call, names both versions, and harms nothing`, { skip }, async (t) => {
      const { directory, thin, rows } = await made(reader);
      const told = await resultOf<{ refused: Record<string, { code: string; message?: string }>; whole: number }>('old-reader.mjs', {
        args: [OLD!, directory, 'process/thin'],
        env,
      });
      assert.equal(told.whole, ROWS.length);
      assert.ok(Object.keys(told.refused).length >= 8);
      for (const [call, { code, message = '' }] of Object.entries(told.refused)) {
        assert.equal(code, 'ERR_CKPT_FORMAT_VERSION', `${call}: ${message}`);
        assert.match(message, /format version 2.* up to (?:version )?1\b/, call);
      }
      t.diagnostic(told.refused['readCheckpoint']!.message!.replace(directory, ''));
      // The base's name is gone; the pool has it.
      assertExact(await readCheckpoint(thin), rows);
    });
  }
});
