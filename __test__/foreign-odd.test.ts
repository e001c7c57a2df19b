import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isCheckpointError, openCheckpoint, readCheckpoint, type CheckpointErrorCode, type ReadOptions, type Row } from 'arrow-ckpt';
import { byteArrays, i32, int32s, int64s, levels, oddParquet, sameLevels, struct, type OddNode } from './support/odd-parquet.ts';
import { noBinding, READERS } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const CONVERTED = 6;
const SCALE = 7;
const PRECISION = 8;
const LOGICAL = 10;
const DECIMAL = { [CONVERTED]: i32(5) };
const MAP = { [CONVERTED]: i32(1) };
const UTF8 = { [CONVERTED]: i32(0) };

/** The logical type of a timestamp: 1, 2, 3 for milliseconds, microseconds, nanoseconds. */
function timestamp(unit: number): OddNode['more'] {
  const utc = { kind: 1, bytes: Buffer.alloc(0) };
  return { [LOGICAL]: struct({ 8: struct({ 1: utc, 2: struct({ [unit]: struct({}) }) }) }) };
}

const ENDS = [
  2n ** 63n - 1n,
  -(2n ** 63n),
  0n,
  -1n,
  8_640_000_000_000_000n,
  -8_640_000_000_000_000n,
  8_640_000_000_000_001n,
  -8_640_000_000_000_001n,
  2n ** 53n + 1n,
];

function int96(day: number, nanos: bigint): Buffer {
  return Buffer.concat([int64s(nanos), int32s(day)]);
}

interface Case {
  name: string;
  columns: OddNode[];
  rows: Row[];
  options?: ReadOptions;
  emptyKind?: number;
}

const CASES: Case[] = [
  {
    name: 'timestamps in milliseconds at the ends',
    columns: [{ name: 't', type: 'INT64', more: timestamp(1) ?? {}, page: int64s(...ENDS) }],
    rows: [
      '+292278994-08-17T07:12:55.807Z',
      '-292275055-05-16T16:47:04.192Z',
      new Date(0),
      new Date(-1),
      new Date(8.64e15),
      new Date(-8.64e15),
      '+275760-09-13T00:00:00.001Z',
      '-271821-04-19T23:59:59.999Z',
      '+287396-10-12T08:59:00.993Z',
    ].map((t) => ({ t })),
  },
  {
    name: 'timestamps in microseconds at the ends',
    columns: [{ name: 't', type: 'INT64', more: timestamp(2) ?? {}, page: int64s(...ENDS.slice(0, 4)) }],
    rows: ['+294247-01-10T04:00:54.775807Z', '-290308-12-21T19:59:05.224192Z', new Date(0), '1969-12-31T23:59:59.999999Z'].map((t) => ({
      t,
    })),
  },
  {
    name: 'timestamps in nanoseconds at the ends',
    columns: [{ name: 't', type: 'INT64', more: timestamp(3) ?? {}, page: int64s(...ENDS.slice(0, 4)) }],
    rows: ['2262-04-11T23:47:16.854775807Z', '1677-09-21T00:12:43.145224192Z', new Date(0), '1969-12-31T23:59:59.999999999Z'].map((t) => ({
      t,
    })),
  },
  {
    name: 'times at the ends',
    columns: [
      { name: 'us', type: 'INT64', more: { [CONVERTED]: i32(8) }, page: int64s(2n ** 63n - 1n, -(2n ** 63n), -1n) },
      { name: 'ms', type: 'INT32', more: { [CONVERTED]: i32(7) }, page: int32s(2 ** 31 - 1, -(2 ** 31), -1) },
    ],
    rows: [
      { us: '2562047788:00:54.775807', ms: '596:31:23.647' },
      { us: '-2562047788:00:54.775808', ms: '-596:31:23.648' },
      { us: '-00:00:00.000001', ms: '-00:00:00.001' },
    ],
  },
  {
    name: 'INT96 with all digits',
    columns: [
      {
        name: 't',
        type: 'INT96',
        page: Buffer.concat([
          int96(2_440_588, 123_456_789n),
          int96(2_440_587, 86_399_999_999_999n),
          int96(2_440_588, 5_000_000n),
          int96(2_440_588 + 4_000_000, 1n),
          int96(-100_000_000, 0n),
        ]),
      },
    ],
    rows: [
      '1970-01-01T00:00:00.123456789Z',
      '1969-12-31T23:59:59.999999999Z',
      new Date(5),
      '+012921-08-18T00:00:00.000000001Z',
      '-278503-03-13T00:00:00.000Z',
    ].map((t) => ({ t })),
  },
  {
    name: 'the converted type 24 of old C++ writers',
    columns: [
      { name: 'n', type: 'INT32', repetition: 'OPTIONAL', more: { [CONVERTED]: i32(24) }, page: sameLevels(2, 0) },
      { name: 'i', type: 'INT32', page: int32s(1, 2) },
    ],
    rows: [
      { n: null, i: 1 },
      { n: null, i: 2 },
    ],
  },
  {
    name: 'decimals without a scale, stored in every way',
    columns: [
      { name: 'a', type: 'INT32', more: { ...DECIMAL, [PRECISION]: i32(9) }, page: int32s(-12, 7) },
      { name: 'b', type: 'INT64', more: { ...DECIMAL, [PRECISION]: i32(18) }, page: int64s(-(10n ** 17n), 0n) },
      {
        name: 'c',
        type: 'BYTE_ARRAY',
        more: { ...DECIMAL, [PRECISION]: i32(20) },
        page: byteArrays(Buffer.from([0xff]), Buffer.from([1, 0])),
      },
      {
        name: 'd',
        type: 'FIXED_LEN_BYTE_ARRAY',
        more: { 2: i32(3), ...DECIMAL, [PRECISION]: i32(6) },
        page: Buffer.from([0x80, 0, 0, 0, 0, 9]),
      },
    ],
    rows: [
      { a: '-12', b: `-1${'0'.repeat(17)}`, c: '-1', d: '-8388608' },
      { a: '7', b: '0', c: '256', d: '9' },
    ],
  },
  {
    name: 'decimals of more than 76 digits',
    columns: [
      {
        name: 'd',
        type: 'FIXED_LEN_BYTE_ARRAY',
        more: { 2: i32(40), ...DECIMAL, [SCALE]: i32(80), [PRECISION]: i32(95) },
        page: Buffer.concat([Buffer.from((10n ** 90n + 5n).toString(16).padStart(80, '0'), 'hex'), Buffer.alloc(40, 0xff)]),
      },
      {
        name: 'b',
        type: 'BYTE_ARRAY',
        more: { ...DECIMAL, [SCALE]: i32(1), [PRECISION]: i32(100) },
        page: byteArrays(Buffer.alloc(0), Buffer.from([0x80, ...Array<number>(40).fill(0)])),
      },
    ],
    rows: [
      { d: `10000000000.${'0'.repeat(79)}5`, b: '0.0' },
      { d: `-0.${'0'.repeat(79)}1`, b: `-${String(2n ** 327n).slice(0, -1)}.${String(2n ** 327n).slice(-1)}` },
    ],
  },
  {
    name: 'maps that repeat, each with entries of its own',
    columns: [
      {
        name: 'm',
        repetition: 'REPEATED',
        more: MAP,
        children: [
          {
            name: 'map',
            repetition: 'REPEATED',
            more: { [CONVERTED]: i32(2) },
            children: [
              {
                name: 'key',
                type: 'BYTE_ARRAY',
                more: UTF8,
                count: 4,
                page: Buffer.concat([levels([0, 2, 1, 0]), levels([2, 2, 1, 0]), byteArrays('a', 'b')]),
              },
              { name: 'value', type: 'INT32', count: 4, page: Buffer.concat([levels([0, 2, 1, 0]), levels([2, 2, 1, 0]), int32s(1, 2)]) },
            ],
          },
        ],
      },
    ],
    rows: [{ m: [{ a: 1, b: 2 }, {}] }, { m: [] }],
  },
  {
    name: 'a map whose entries repeat by themselves',
    columns: [
      {
        name: 'm',
        repetition: 'REPEATED',
        more: MAP,
        children: [
          {
            name: 'key',
            type: 'BYTE_ARRAY',
            more: UTF8,
            count: 3,
            page: Buffer.concat([levels([0, 1, 0]), levels([1, 1, 0]), byteArrays('a', 'b')]),
          },
          { name: 'value', type: 'INT32', count: 3, page: Buffer.concat([levels([0, 1, 0]), levels([1, 1, 0]), int32s(1, 2)]) },
        ],
      },
    ],
    rows: [
      {
        m: [
          { key: 'a', value: 1 },
          { key: 'b', value: 2 },
        ],
      },
      { m: [] },
    ],
  },
  { name: 'no rows, and empty lists of bytes', columns: [{ name: 'a', type: 'INT32' }], rows: [], emptyKind: 3 },
  { name: 'empty lists of nothing', columns: [{ name: 'a', type: 'INT32', page: int32s(5) }], rows: [{ a: 5 }], emptyKind: 0 },
  {
    name: 'a checksum of a page that is wrong, without verify',
    columns: [{ name: 'a', type: 'INT32', page: int32s(5, 6), wrongCrc: true }],
    rows: [{ a: 5 }, { a: 6 }],
    options: { verify: false },
  },
  {
    name: 'text that is not UTF-8, lossy',
    columns: [{ name: 'a', type: 'BYTE_ARRAY', more: UTF8, page: byteArrays('ü', Buffer.from([0x61, 0xff, 0x62])) }],
    rows: [{ a: 'ü' }, { a: 'a\ufffdb' }],
    options: { text: 'lossy' },
  },
  {
    name: 'text that is not UTF-8, as bytes',
    columns: [{ name: 'a', type: 'BYTE_ARRAY', more: UTF8, page: byteArrays('ü', Buffer.from([0x61, 0xff, 0x62])) }],
    rows: [{ a: Uint8Array.of(0xc3, 0xbc) }, { a: Uint8Array.of(0x61, 0xff, 0x62) }],
    options: { text: 'bytes' },
  },
  {
    name: 'columns of one name, renamed',
    columns: [
      { name: 'a', type: 'INT32', page: int32s(1) },
      { name: 'a', type: 'INT32', page: int32s(2) },
      { name: 'a_1', type: 'INT32', page: int32s(3) },
      { name: 'a', type: 'INT32', page: int32s(4) },
      {
        name: 's',
        children: [
          { name: 'x', type: 'INT32', page: int32s(5) },
          { name: 'x', type: 'INT32', page: int32s(6) },
        ],
      },
    ],
    rows: [{ a: 1, a_2: 2, a_1: 3, a_3: 4, s: { x: 5, x_1: 6 } }],
    options: { duplicateColumns: 'rename' },
  },
  {
    name: 'a column beside a VARIANT',
    columns: [variant(), { name: 'id', type: 'INT32', page: int32s(1) }],
    rows: [{ id: 1 }],
    options: { columns: ['id'] },
  },
];

function variant(): OddNode {
  return {
    name: 'v',
    repetition: 'OPTIONAL',
    more: { [LOGICAL]: struct({ 16: struct({ 1: { kind: 3, bytes: Buffer.from([1]) } }) }) },
    children: [
      { name: 'metadata', type: 'BYTE_ARRAY', page: Buffer.concat([sameLevels(1, 1), byteArrays(Buffer.from([1, 0, 0]))]) },
      { name: 'value', type: 'BYTE_ARRAY', page: Buffer.concat([sameLevels(1, 1), byteArrays(Buffer.from([0]))]) },
    ],
  };
}

const REFUSED: { name: string; columns: OddNode[]; code: CheckpointErrorCode; column: string; says: RegExp }[] = [
  {
    name: 'text that is not UTF-8',
    columns: [{ name: 'a', type: 'BYTE_ARRAY', more: UTF8, page: byteArrays(Buffer.from([0xff])) }],
    code: 'ERR_CKPT_UNSUPPORTED_FILE',
    column: 'a',
    says: /text: 'lossy'/,
  },
  {
    name: 'columns of one name',
    columns: [
      { name: 'a', type: 'INT32', page: int32s(1) },
      { name: 'a', type: 'INT32', page: int32s(2) },
    ],
    code: 'ERR_CKPT_UNSUPPORTED_FILE',
    column: 'a',
    says: /duplicateColumns: 'rename'/,
  },
  {
    name: 'a wrong checksum of a page',
    columns: [{ name: 'a', type: 'INT32', page: int32s(5), wrongCrc: true }],
    code: 'ERR_CKPT_CORRUPT',
    column: 'a',
    says: /checksum/,
  },
];

describe('files of odd writers', () => {
  const folder = tempFolder('odd');

  for (const { name, columns, rows, options = {}, emptyKind } of CASES) {
    for (const reader of READERS) {
      test(`${name}, ${reader.name} reader`, async () => {
        const path = join(folder, `${name}-${reader.name}.parquet`);
        await writeFile(path, oddParquet(columns, rows.length, emptyKind));
        assert.deepStrictEqual(await reader.read(path, options), rows);
      });
    }
    test(`${name}, in parts and as columns`, { skip: noBinding }, async () => {
      const path = join(folder, `${name}-parts.parquet`);
      await writeFile(path, oddParquet(columns, rows.length, emptyKind));
      const { columns: wanted, ...opened } = options;
      await using file = await openCheckpoint(path, opened);
      assert.deepStrictEqual(await file.read({ offset: 1, ...(wanted && { columns: wanted }) }), rows.slice(1));
      const all = await file.columns(wanted);
      assert.deepStrictEqual(
        all.columns.map((column) => column.toArray()),
        all.columns.map(({ name: key }) => rows.map((row) => row[key])),
      );
      assert.deepStrictEqual(await readCheckpoint(path, { ...options, limit: 1 }), rows.slice(0, 1));
    });
  }

  for (const { name, columns, code, column, says } of REFUSED) {
    for (const { name: who, read } of READERS) {
      test(`${name} is refused by the ${who} reader`, async () => {
        const path = join(folder, 'refused.parquet');
        await writeFile(path, oddParquet(columns, 1));
        await assert.rejects(read(path), (error: unknown) => {
          assert.ok(isCheckpointError(error), String(error));
          assert.deepStrictEqual({ code: error.code, column: error.column, path: error.path }, { code, column, path });
          assert.match(error.message, says);
          return true;
        });
      });
    }
  }

  test('the options take known words only', async () => {
    for (const options of [{ text: 'latin1' }, { duplicateColumns: true }]) {
      await assert.rejects(readCheckpoint('x.parquet', options as never), { code: 'ERR_CKPT_INVALID_OPTION' });
    }
  });
});
