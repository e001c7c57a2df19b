import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { CheckpointErrorCode, Row } from 'arrow-ckpt';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.ts';
import { rejectsWith } from './support/codes.ts';
import { READERS } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';
import { int32s, int64s, plainPage, texts, thrift, tinyParquet, TYPE, type ThriftFields, type TinyFile } from './support/tiny-parquet.ts';

const folder = tempFolder('fallback-hostile');
let files = 0;

function save(bytes: Buffer): string {
  const path = join(folder, `${files++}.parquet`);
  writeFileSync(path, bytes);
  return path;
}

const INT32: ThriftFields = { 1: { i32: TYPE.INT32 } };
const page = plainPage(int32s(1, 2, 3), 3);
const good: TinyFile = { column: INT32, pages: [page], rows: 3 };
const RUBBISH = { i32: 99 };
const EMPTY = { struct: {} };

function withHeader(changes: ThriftFields): TinyFile {
  return { ...good, pages: [{ ...page, header: { ...page.header, ...changes } }] };
}

function withInner(changes: ThriftFields): TinyFile {
  return withHeader({ 5: { struct: { 1: { i32: 3 }, 2: { i32: 0 }, 3: { i32: 3 }, 4: { i32: 3 }, ...changes } } });
}

test('a file made byte by byte is read', async () => {
  for (const { read } of READERS) assert.deepStrictEqual(await read(save(tinyParquet(good))), [{ c: 1 }, { c: 2 }, { c: 3 }]);
});

describe('a page header', () => {
  const damaged: Record<string, ThriftFields> = {
    'without its compressed size': { 3: undefined },
    'without its size': { 2: undefined },
    'without its type': { 1: undefined },
    'of a type that there is not': { 1: RUBBISH },
    'with a negative compressed size': { 3: { i32: -1 } },
    'with a negative size': { 2: { i32: -1 } },
    'with a compressed size beyond its column': { 3: { i32: 1 << 20 } },
    'with a compressed size of 64 bits': { 3: { i64: 12 } },
    'with a compressed size of too many digits': { 3: { kind: 5, raw: [...Array<number>(11).fill(0xff), 1] } },
    'with a text for its size': { 2: { binary: 'much' } },
    'without what is said of its values': { 5: undefined },
    'with a list of what is said of its values': { 5: { list: [EMPTY] } },
    'of version 2 without what is said of its values': { 1: { i32: 3 } },
    'of a dictionary without what is said of its values': { 1: { i32: 2 } },
    'nested without an end': { 9: { kind: 12, raw: Array<number>(20_000).fill(0x1c) } },
  };
  for (const [what, changes] of Object.entries(damaged)) {
    test(`${what} is ERR_CKPT_CORRUPT`, { timeout: 20_000 }, () => refused(withHeader(changes), 'ERR_CKPT_CORRUPT'));
  }
  const inner: Record<string, ThriftFields> = {
    'no number of values': { 1: undefined },
    'a negative number of values': { 1: { i32: -3 } },
    'more values than the column': { 1: { i32: 4 } },
    'an encoding that there is not': { 2: RUBBISH },
    'levels in an encoding that there is not': { 3: RUBBISH },
    'a text for an encoding': { 2: { binary: '' } },
    'fewer values than the column': { 1: { i32: 2 } },
  };
  for (const [what, changes] of Object.entries(inner)) {
    test(`with ${what} is ERR_CKPT_CORRUPT`, { timeout: 20_000 }, () => refused(withInner(changes), 'ERR_CKPT_CORRUPT', what));
  }
  test('with more bytes than the limit is ERR_CKPT_LIMIT', () => refused(withHeader({ 2: { i32: 0x7fff_ffff } }), 'ERR_CKPT_LIMIT'));
  test('with more values than the limit is ERR_CKPT_LIMIT', () => refused(withInner({ 1: { i32: 0x7fff_ffff } }), 'ERR_CKPT_LIMIT'));
});

describe('a footer', () => {
  const column: Record<string, [ThriftFields, CheckpointErrorCode]> = {
    'a codec that there is not': [{ 4: RUBBISH }, 'ERR_CKPT_CORRUPT'],
    'no codec': [{ 4: undefined }, 'ERR_CKPT_CORRUPT'],
    'a physical type that there is not': [{ 1: RUBBISH }, 'ERR_CKPT_CORRUPT'],
    'an encoding that there is not': [{ 2: { list: [RUBBISH] } }, 'ERR_CKPT_CORRUPT'],
    'LZO, which nobody reads': [{ 4: { i32: 3 } }, 'ERR_CKPT_UNSUPPORTED_FILE'],
    'a negative number of values': [{ 5: { i64: -1 } }, 'ERR_CKPT_CORRUPT'],
    'a negative size': [{ 6: { i64: -1 } }, 'ERR_CKPT_CORRUPT'],
    'a negative length': [{ 7: { i64: -1 } }, 'ERR_CKPT_CORRUPT'],
    'a negative place': [{ 9: { i64: -1 } }, 'ERR_CKPT_CORRUPT'],
    'a length beyond the file': [{ 7: { i64: 1 << 20 } }, 'ERR_CKPT_TRUNCATED'],
    'a place beyond the file': [{ 9: { i64: 2n ** 62n } }, 'ERR_CKPT_TRUNCATED'],
    'a size beyond the limits': [{ 6: { i64: 2n ** 62n } }, 'ERR_CKPT_LIMIT'],
    'more values than it has': [{ 5: { i64: 4 } }, 'ERR_CKPT_CORRUPT'],
  };
  for (const [what, [changes, code]] of Object.entries(column)) {
    test(`whose column has ${what} is ${code}`, { timeout: 20_000 }, () => refused({ ...good, columnChanges: changes }, code, what));
  }
  const others: Record<string, [Partial<TinyFile>, CheckpointErrorCode]> = {
    'with an encrypted column behind it': [{ chunkChanges: { 8: { struct: { 1: EMPTY } } } }, 'ERR_CKPT_UNSUPPORTED_FILE'],
    'with a column whose metadata are encrypted': [{ chunkChanges: { 9: { binary: 'secret' } } }, 'ERR_CKPT_UNSUPPORTED_FILE'],
    'that names an encryption': [{ footerChanges: { 8: { struct: { 1: EMPTY } } } }, 'ERR_CKPT_UNSUPPORTED_FILE'],
    'with a column in another file': [{ chunkChanges: { 1: { binary: 'other.parquet' } } }, 'ERR_CKPT_UNSUPPORTED_FILE'],
    'without metadata of a column': [{ chunkChanges: { 3: undefined } }, 'ERR_CKPT_CORRUPT'],
    'with other rows than its row groups': [{ footerChanges: { 3: { i64: 7 } } }, 'ERR_CKPT_CORRUPT'],
    'with a negative number of rows': [{ groupChanges: { 3: { i64: -3 } } }, 'ERR_CKPT_CORRUPT'],
    'without columns in its row group': [{ groupChanges: { 1: { list: [] } } }, 'ERR_CKPT_CORRUPT'],
    'without a schema': [{ footerChanges: { 2: undefined } }, 'ERR_CKPT_CORRUPT'],
    'without row groups': [{ footerChanges: { 4: undefined } }, 'ERR_CKPT_CORRUPT'],
    'with a text for its row groups': [{ footerChanges: { 4: { binary: '' } } }, 'ERR_CKPT_CORRUPT'],
    'with row groups that are numbers': [{ footerChanges: { 4: { list: [{ i32: 1 }] } } }, 'ERR_CKPT_CORRUPT'],
    'with more row groups than bytes': [
      { footerChanges: { 4: { kind: 9, raw: [0xfc, 0xff, 0xff, 0xff, 0xff, 0x07] } } },
      'ERR_CKPT_CORRUPT',
    ],
    'with a name that is not UTF-8': [{ column: { ...INT32, 4: { binary: Uint8Array.of(0xff) } } }, 'ERR_CKPT_CORRUPT'],
    'with fewer than no children': [{ column: { ...INT32, 5: { i32: -1 } } }, 'ERR_CKPT_CORRUPT'],
    'with more children than columns': [{ column: { ...INT32, 5: { i32: 9 } } }, 'ERR_CKPT_CORRUPT'],
    'with texts stored as integers': [{ column: { ...INT32, 6: { i32: 0 } } }, 'ERR_CKPT_CORRUPT'],
    'with timestamps stored as integers of 32 bits': [{ column: { ...INT32, 6: { i32: 9 } } }, 'ERR_CKPT_CORRUPT'],
    'with a decimal without digits': [{ column: { ...INT32, 6: { i32: 5 } } }, 'ERR_CKPT_CORRUPT'],
    'with values of a negative length': [{ column: { 1: { i32: TYPE.FIXED }, 2: { i32: -1 } } }, 'ERR_CKPT_CORRUPT'],
  };
  for (const [what, [changes, code]] of Object.entries(others)) {
    test(`${what} is ${code}`, { timeout: 20_000 }, () => refused({ ...good, ...changes }, code));
  }
});

/** Values that are only claimed: parquet-rs stops at the last row. */
const CLAIMED = new Set(['more values than the column', 'more values than it has']);

/** Both readers refuse it with this code, whatever is asked of the file. */
async function refused(file: TinyFile, code: CheckpointErrorCode, what = ''): Promise<void> {
  const path = save(tinyParquet(file));
  for (const { name, read } of READERS) if (name === 'fallback' || !CLAIMED.has(what)) await rejectsWith(code, () => read(path));
  await rejectsWith(code, () => fallbackStore.read(path, { verify: false, limit: 1 }));
  // What only the pages tell, the footer does not.
  await fallbackStore.info(path).catch((error: unknown) => assert.equal((error as { code?: string }).code, code));
}

describe('values of other writers, to both readers', () => {
  const cases: Record<string, [ThriftFields, Uint8Array, unknown[]]> = {
    'uint8 whose bits above are set': [{ ...INT32, 6: { i32: 11 } }, int32s(-1, -128, 300), [255, 128, 44]],
    'uint16 whose bits above are set': [{ ...INT32, 6: { i32: 12 } }, int32s(-1, 65_537, 5), [65_535, 1, 5]],
    uint32: [{ ...INT32, 6: { i32: 13 } }, int32s(-1, -2_147_483_648, 5), [4_294_967_295, 2_147_483_648, 5]],
    'int8 beyond its range': [{ ...INT32, 6: { i32: 15 } }, int32s(255, 128, -1), [-1, -128, -1]],
    'int16 beyond its range': [{ ...INT32, 6: { i32: 16 } }, int32s(65_535, 32_768, 7), [-1, -32_768, 7]],
    'uint8 by its logical type': [
      { ...INT32, 10: { struct: { 10: { struct: { 1: { i8: 8 }, 2: { bool: false } } } } } },
      int32s(-1, 0, 256),
      [255, 0, 0],
    ],
    'date that no Date holds': [
      { ...INT32, 6: { i32: 6 } },
      int32s(100_000_000, 100_000_001, -100_000_001),
      [new Date(8.64e15), '+275760-09-14T00:00:00.000Z', '-271821-04-19T00:00:00.000Z'],
    ],
    uint64: [{ 1: { i32: TYPE.INT64 }, 6: { i32: 14 } }, int64s(-1n, 1n, 2n), [18_446_744_073_709_551_615n, 1, 2]],
  };
  for (const [what, [column, bytes, expected]] of Object.entries(cases)) {
    test(what, async () => {
      const path = save(tinyParquet({ column, pages: [plainPage(bytes, expected.length)], rows: expected.length }));
      for (const { read } of READERS)
        assert.deepStrictEqual(
          await read(path),
          expected.map((c) => ({ c })),
        );
    });
  }

  for (const [what, codec] of Object.entries({ LZ4: 5, LZ4_RAW: 7 })) {
    test(`a page of ${what} that ends early is no page of zeros`, async () => {
      const bytes = Uint8Array.of(0x40, 1, 0, 0, 0);
      const pages = [{ ...plainPage(bytes, 3), header: plainPage(bytes, 3, { 2: { i32: 12 } }).header }];
      const path = save(tinyParquet({ ...good, pages, columnChanges: { 4: { i32: codec } } }));
      for (const { read } of READERS) await rejectsWith('ERR_CKPT_CORRUPT', () => read(path));
    });
  }

  test('a text that goes beyond its page is no text of the next', async () => {
    const first = plainPage(texts('a').fill(9, 0, 1), 1);
    const path = save(tinyParquet({ column: { 1: { i32: TYPE.BYTE_ARRAY } }, pages: [first, plainPage(texts('bcdefgh'), 1)], rows: 2 }));
    await rejectsWith('ERR_CKPT_CORRUPT', () => fallbackStore.read(path, {}));
  });
});

describe('a map', () => {
  const KEYS: Record<string, [ThriftFields, Uint8Array, unknown]> = {
    text: [{ 1: { i32: TYPE.BYTE_ARRAY }, 6: { i32: 0 } }, texts('a', 'b'), { a: null, b: null }],
    decimal: [{ ...INT32, 6: { i32: 5 }, 7: { i32: 2 }, 8: { i32: 5 } }, int32s(110, 5), { '1.10': null, '0.05': null }],
    time: [{ ...INT32, 6: { i32: 7 } }, int32s(1, 2), { '00:00:00.001': null, '00:00:00.002': null }],
    date: [
      { ...INT32, 6: { i32: 6 } },
      int32s(0, 1),
      [
        [new Date(0), null],
        [new Date(86_400_000), null],
      ],
    ],
    integer: [
      INT32,
      int32s(7, 8),
      [
        [7, null],
        [8, null],
      ],
    ],
  };
  for (const [what, [key, bytes, expected]] of Object.entries(KEYS)) {
    test(`with keys of ${what} is ${Array.isArray(expected) ? 'an array of pairs' : 'an object'} to both readers`, async () => {
      const path = save(mapFile(key, bytes));
      for (const { name, read } of READERS) assert.deepStrictEqual(await read(path), [{ m: expected }] as Row[], name);
    });
  }
});

/** One row with a map of two keys, whose values are null. */
function mapFile(key: ThriftFields, keys: Uint8Array): Buffer {
  const levels = (...runs: number[]): Buffer => Buffer.concat([int32s(runs.length), Buffer.from(runs)]);
  const chunk = (body: Buffer): number[] => [...thrift(plainPage(body, 2).header), ...body];
  // Runs of one level: how many times two, then the level. Repetitions are 0, 1.
  const repetitions = levels(2, 0, 2, 1);
  const first = chunk(Buffer.concat([repetitions, levels(4, 1), keys]));
  const second = chunk(Buffer.concat([repetitions, levels(4, 1)]));
  const metadata = (type: number, bytes: number[], start: number): ThriftFields => ({
    2: { i64: start },
    3: {
      struct: {
        1: { i32: type },
        2: { list: [{ i32: 0 }] },
        3: { list: [{ binary: 'm' }] },
        4: { i32: 0 },
        5: { i64: 2 },
        6: { i64: bytes.length },
        7: { i64: bytes.length },
        9: { i64: start },
      },
    },
  });
  const schema: ThriftFields[] = [
    { 4: { binary: 'root' }, 5: { i32: 1 } },
    { 3: { i32: 0 }, 4: { binary: 'm' }, 5: { i32: 1 }, 6: { i32: 1 } },
    { 3: { i32: 2 }, 4: { binary: 'key_value' }, 5: { i32: 2 } },
    { ...key, 3: { i32: 0 }, 4: { binary: 'key' } },
    { 1: { i32: TYPE.INT32 }, 3: { i32: 1 }, 4: { binary: 'value' } },
  ].map((fields) => Object.fromEntries(Object.entries(fields).sort(([a], [b]) => Number(a) - Number(b))));
  const type = (key[1] as { i32: number }).i32;
  const columns = [metadata(type, first, 4), metadata(TYPE.INT32, second, 4 + first.length)];
  const group = { 1: { list: columns.map((struct) => ({ struct })) }, 2: { i64: first.length + second.length }, 3: { i64: 1 } };
  const footer = thrift({
    1: { i32: 1 },
    2: { list: schema.map((struct) => ({ struct })) },
    3: { i64: 1 },
    4: { list: [{ struct: group }] },
  });
  return Buffer.concat([Buffer.from('PAR1'), Buffer.from([...first, ...second, ...footer]), int32s(footer.length), Buffer.from('PAR1')]);
}
