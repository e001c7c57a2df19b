import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isCheckpointError, writeCheckpoint, type ReadOptions, type Row } from 'arrow-ckpt';
import { noPython, runPython } from './support/python.ts';
import { noBinding, READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';
import { int64s, plainPage, tinyParquet, TYPE } from './support/tiny-parquet.ts';

const STEP = 97;

suite('a file that lacks bytes', noBinding, () => {
  const folder = tempFolder('truncation');
  const path = join(folder, 'damaged.parquet');
  const rows: Row[] = Array.from({ length: 400 }, (_, id) => ({
    id,
    text: `text ${id % 7}`,
    list: [id, id / 3],
    more: id % 3 ? null : {},
  }));

  /** What each reader makes of the bytes: a code, or the rows. */
  async function outcomes(bytes: Uint8Array, options: ReadOptions): Promise<unknown[]> {
    writeFileSync(path, bytes);
    return Promise.all(
      READERS.map(async ({ read }) => {
        try {
          return await read(path, options);
        } catch (error) {
          assert.ok(isCheckpointError(error), String(error));
          return error.code;
        }
      }),
    );
  }

  /** The file without the bytes from each place on, and with its footer behind such a gap. */
  async function compare(file: string, options: ReadOptions): Promise<Set<unknown>> {
    const whole = readFileSync(file);
    const footer = whole.length - 8 - whole.readUInt32LE(whole.length - 8);
    const codes = new Set<unknown>();
    for (let at = 12; at < whole.length; at += STEP) {
      const [native, fallback] = await outcomes(whole.subarray(0, at), options);
      assert.deepStrictEqual([native, fallback], ['ERR_CKPT_TRUNCATED', 'ERR_CKPT_TRUNCATED'], `cut at ${at}`);
      if (at >= footer) continue;
      const [one, other] = await outcomes(Buffer.concat([whole.subarray(0, at), whole.subarray(footer)]), options);
      assert.deepStrictEqual(one, other, `without the bytes from ${at} to its footer at ${footer}`);
      if (typeof one === 'string') codes.add(one);
    }
    return codes;
  }

  for (const compression of ['none', 'zstd', 'snappy'] as const) {
    for (const verify of [true, false]) {
      test(`of ours, ${compression}, ${verify ? '' : 'not '}verified: both readers say the same`, async () => {
        const file = join(folder, `${compression}.parquet`);
        await writeCheckpoint(file, rows, { compression, rowGroupRows: 100 });
        assert.deepStrictEqual([...(await compare(file, { verify }))], ['ERR_CKPT_TRUNCATED']);
      });
    }
  }

  test('a column whose bytes end within its page: both readers say the same, and never that the file is cut short', async () => {
    const seen = new Set<string>();
    for (const codec of [0, 1]) {
      const page = plainPage(int64s(1n, 2n, 3n), 3);
      const whole = tinyParquet({ column: { 1: { i32: TYPE.INT64 } }, pages: [page], rows: 3 });
      const all = whole.length - 12 - whole.readUInt32LE(whole.length - 8);
      for (let length = 0; length < all; length++) {
        const columnChanges = { 4: { i32: codec }, 7: { i64: length } };
        const bytes = tinyParquet({ column: { 1: { i32: TYPE.INT64 } }, pages: [page], rows: 3, columnChanges });
        for (const verify of [true, false]) {
          const [native, fallback] = await outcomes(bytes, { verify });
          assert.deepStrictEqual(native, fallback, `${length} of ${all} bytes`);
          seen.add(typeof native === 'string' ? native : 'rows');
        }
      }
    }
    assert.deepStrictEqual(seen, new Set(['ERR_CKPT_CORRUPT', 'rows']));
  });

  test('a page that ends before its last value is damaged, to both readers', async () => {
    for (const [type, encoding, wide] of [
      [TYPE.INT64, 0, 24],
      [TYPE.INT64, 5, 24],
      [TYPE.INT32, 0, 12],
      [TYPE.INT32, 5, 12],
    ] as const) {
      for (let length = 0; length < wide; length++) {
        const body = Uint8Array.from([128, 1, 4, 3, 2, 2, 8, 8, 8, 8, ...Array<number>(wide).fill(1)]).subarray(encoding === 0 ? 10 : 0);
        const bytes = encoding === 0 ? body.subarray(0, length) : body.subarray(0, Math.min(length, 11));
        const inner = { struct: { 1: { i32: 3 }, 2: { i32: encoding }, 3: { i32: 3 }, 4: { i32: 3 } } };
        const file = tinyParquet({ column: { 1: { i32: type } }, pages: [plainPage(bytes, 3, { 5: inner })], rows: 3 });
        const expected = ['ERR_CKPT_CORRUPT', 'ERR_CKPT_CORRUPT'];
        assert.deepStrictEqual(await outcomes(file, {}), expected, `${length} bytes of type ${type}, encoding ${encoding}`);
      }
    }
  });

  test('of PyArrow: both readers say the same', { skip: noPython }, async () => {
    await runPython('truncated.py', folder);
    for (const name of ['none', 'snappy', 'pages'])
      assert.deepStrictEqual([...(await compare(join(folder, `py-${name}.parquet`), {}))], ['ERR_CKPT_TRUNCATED'], name);
  });
});
