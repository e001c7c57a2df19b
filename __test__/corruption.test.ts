import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isCheckpointError, readCheckpoint, writeCheckpoint, type Row, type WriteOptions } from 'arrow-ckpt';
import { assertSame } from './support/row-cases.js';
import { tempFolder } from './support/temp-folder.js';

const TEXTS = ['', 'plain', 'Grüße', '漢字 😀', '{"$ckpt":1}'];

/** Small files that differ in what they are made of. The longer ones are tried at fewer places. */
const FILES: Record<string, { rows: Row[]; options?: WriteOptions; pageRows?: number }> = {
  'a few scalars': {
    rows: [
      { id: 1, text: 'one', ok: true },
      { id: 2, text: 'two', ok: null },
    ],
  },
  'no rows': { rows: [] },
  'nested values with a hash and metadata': {
    rows: TEXTS.map((text, i) => ({ m: { text, list: [i, { deep: [text] }] }, tags: [text, 'x'] })),
    options: { hash: 'abc', metadata: { model: 'm' }, compression: 'none' },
  },
  'irregular rows': {
    rows: [{ v: 1 }, { v: 'x', w: new Uint8Array([1, 2]) }, { v: [new Date(5)] }, {}, { w: 2n ** 70n, v: undefined }],
    options: { compression: 'zstd' },
  },
  'row groups': {
    rows: Array.from({ length: 200 }, (_, id) => ({ id, text: TEXTS[id % 5], score: id / 7 })),
    options: { rowGroupRows: 50, compression: 'gzip' },
  },
  'pages and bloom filters': {
    rows: Array.from({ length: 200 }, (_, id) => ({ id, text: `${TEXTS[id % 5]} ${id}`, list: [id % 3] })),
    options: { rowGroupRows: 100, bloomFilter: true },
    pageRows: 25,
  },
};

const folder = tempFolder('corruption');

/** The damaged file gives the rows that were saved, or a coded error; `true` for an error. */
async function isRefused(bytes: Uint8Array, rows: Row[], what: string): Promise<boolean> {
  const path = join(folder, 'damaged');
  writeFileSync(path, bytes);
  let loaded: Row[];
  try {
    loaded = await readCheckpoint(path);
  } catch (error) {
    assert.ok(isCheckpointError(error), `${what}: ${String(error)}`);
    assert.notEqual(error.code, 'ERR_CKPT_INTERNAL', `${what}: ${error.message}`);
    assert.equal(error.path, path, `${what}: ${error.message}`);
    return true;
  }
  try {
    assertSame(loaded, rows);
  } catch (cause) {
    throw new Error(`${what}: wrong rows came back`, { cause });
  }
  return false;
}

for (const [name, { rows, options, pageRows = '' }] of Object.entries(FILES)) {
  describe(`Parquet file of ${name}`, () => {
    const path = join(folder, 'whole.parquet');
    const whole = async (): Promise<Buffer> => {
      process.env['ARROW_CKPT_PAGE_ROWS'] = String(pageRows);
      await writeCheckpoint(path, rows, options);
      return readFileSync(path);
    };

    test('a changed byte anywhere gives an error, never wrong rows', async (t) => {
      const bytes = await whole();
      // Every byte of the ends, where the footer is; in the middle as many as there is time for.
      const step = Math.max(1, Math.ceil(bytes.length / 600));
      let tried = 0;
      let refused = 0;
      for (let at = 0; at < bytes.length; at += at > bytes.length - 100 ? 1 : step) {
        // One bit, another in turn.
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= 1 << (at % 8);
        tried++;
        if (await isRefused(damaged, rows, `byte ${at} of ${bytes.length}`)) refused++;
      }
      t.diagnostic(`${refused} of ${tried} flips were refused, in ${bytes.length} bytes`);
      // The checksums cover every byte of a file of ours.
      assert.equal(refused, tried);
    });

    test('a file that is cut off anywhere gives an error', async () => {
      const bytes = await whole();
      const step = Math.max(1, Math.ceil(bytes.length / 150));
      for (let length = 0; length < bytes.length; length += length > bytes.length - 20 ? 1 : step) {
        assert.ok(await isRefused(bytes.subarray(0, length), rows, `cut to ${length} of ${bytes.length}`));
      }
      assert.ok(await isRefused(Buffer.concat([bytes, Buffer.from('x')]), rows, 'one byte more'));
      assert.ok(await isRefused(bytes.subarray(1), rows, 'one byte less in front'));
      assert.equal(await isRefused(bytes, rows, 'the whole file'), false);
    });

    test('without verification damage is an error or other rows, but no crash and no hang', async () => {
      const bytes = await whole();
      const step = Math.max(1, Math.ceil(bytes.length / 200));
      const damagedPath = join(folder, 'unverified');
      for (let at = 0; at < bytes.length; at += step) {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= 0xff;
        writeFileSync(damagedPath, damaged);
        await readCheckpoint(damagedPath, { verify: false }).catch((error: unknown) => {
          assert.ok(isCheckpointError(error), `byte ${at}: ${String(error)}`);
        });
      }
    });
  });
}
