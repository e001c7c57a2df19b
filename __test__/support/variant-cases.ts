import type { CheckpointErrorCode } from 'arrow-ckpt';
import { byteArrays, i32, int64s, levels, type OddNode } from './odd-parquet.ts';
import { fixed, metadataOf, primitive, uint, variantBytes } from './variant-bytes.ts';
import { optionalBytes, VARIANT } from './variant-parquet.ts';

const UUID = 'f24f9b64-81fa-49d1-b74e-8c09a6e31c56';
const micros = (value: bigint) => (bytes: Buffer) => bytes.writeBigInt64LE(value);
const decimal = (type: number, scale: number, bytes: number[]) => primitive(type, [scale, ...bytes]);
const sized = (type: number, bytes: Buffer) => primitive(type, Buffer.concat([uint(bytes.length, 4), bytes]));

/** What each type of a VARIANT becomes: what the same type becomes as a column. */
export const TYPES: [name: string, stored: unknown, value: unknown][] = [
  ['null', primitive(0), null],
  ['true', primitive(1), true],
  ['false', primitive(2), false],
  ['int8', fixed(3, 1, (b) => b.writeInt8(-128)), -128],
  ['int16', fixed(4, 2, (b) => b.writeInt16LE(-32768)), -32768],
  ['int32', fixed(5, 4, (b) => b.writeInt32LE(-1)), -1],
  ['int64', fixed(6, 8, (b) => b.writeBigInt64LE(2n ** 53n - 1n)), 2 ** 53 - 1],
  ['a large int64', fixed(6, 8, (b) => b.writeBigInt64LE(2n ** 53n)), 2n ** 53n],
  ['the least int64', fixed(6, 8, (b) => b.writeBigInt64LE(-(2n ** 63n))), -(2n ** 63n)],
  ['double', fixed(7, 8, (b) => b.writeDoubleLE(-0)), -0],
  ['NaN', fixed(7, 8, (b) => b.writeDoubleLE(NaN)), NaN],
  ['float', fixed(14, 4, (b) => b.writeFloatLE(1.5)), 1.5],
  ['decimal4', decimal(8, 2, [0x6e, 0, 0, 0]), '1.10'],
  ['decimal4, negative', decimal(8, 9, [0xff, 0xff, 0xff, 0xff]), '-0.000000001'],
  ['decimal8', decimal(9, 0, [0, 0, 0, 0, 0, 0, 0, 0x80]), '-9223372036854775808'],
  ['decimal16', decimal(10, 38, [1, ...Array<number>(15).fill(0)]), `0.${'0'.repeat(37)}1`],
  ['date', fixed(11, 4, (b) => b.writeInt32LE(20_194)), new Date('2025-04-16')],
  ['timestamp', fixed(12, 8, micros(1_713_270_896_780_000n)), new Date(1_713_270_896_780)],
  ['timestamp without a zone', fixed(13, 8, micros(-1n)), '1969-12-31T23:59:59.999999Z'],
  ['binary', sized(15, Buffer.from([3, 0, 255])), Uint8Array.of(3, 0, 255)],
  ['long string', sized(16, Buffer.from('ü'.repeat(40))), 'ü'.repeat(40)],
  ['empty long string', sized(16, Buffer.alloc(0)), ''],
  ['short string', '\ufeffa\ufffd', '\ufeffa\ufffd'],
  ['time', fixed(17, 8, micros(45_234_123_456n)), '12:33:54.123456'],
  ['timestamp in ns', fixed(18, 8, micros(1_730_982_834_123_456_789n)), '2024-11-07T12:33:54.123456789Z'],
  ['timestamp in ns without a zone', fixed(19, 8, micros(1_000_000n)), new Date(1)],
  ['uuid', primitive(20, Buffer.from(UUID.replaceAll('-', ''), 'hex')), UUID],
  ['object', { b: [1, {}], a: null, 'a.b': { c: 'x' } }, { a: null, 'a.b': { c: 'x' }, b: [1, {}] }],
  ['__proto__', JSON.parse('{"__proto__":{"x":1},"constructor":2}'), JSON.parse('{"__proto__":{"x":1},"constructor":2}')],
  ['names beyond UTF-16', { '\uffff': 1, '😀': 2 }, { '\uffff': 1, '😀': 2 }],
  ['array of 300', Array<number>(300).fill(7), Array<number>(300).fill(7)],
  ['nested 200 deep', JSON.parse('['.repeat(200) + ']'.repeat(200)), JSON.parse('['.repeat(200) + ']'.repeat(200))],
];

/** One VARIANT in shredded parts; `fields` of an object, each with its `value` and its int64 `typed_value`. */
function shredded(
  value: Buffer | null,
  fields: Record<string, { value?: Buffer | null; typed?: bigint | null }> | null,
  names: string[],
): OddNode {
  const level = fields === null ? 0 : 1;
  const shown = Object.entries(fields ?? { a: {} });
  const children = shown.map(([name, field]) => {
    const typed = field.typed ?? null;
    const page = Buffer.concat([levels([typed === null ? level : 2]), ...(typed === null ? [] : [int64s(typed)])]);
    const leaf: OddNode = { name: 'typed_value', type: 'INT64', repetition: 'OPTIONAL', page };
    return { name, children: [optionalBytes('value', [field.value ?? null], level), leaf] };
  });
  return {
    name: 'v',
    more: VARIANT ?? {},
    children: [
      { name: 'typed_value', repetition: 'OPTIONAL', children },
      { name: 'metadata', type: 'BYTE_ARRAY', page: byteArrays(metadataOf(names)) },
      optionalBytes('value', [value]),
    ],
  };
}

const NULL = Buffer.from([0]);
const bytesOf = (value: unknown): Buffer => variantBytes(value).value;

/** Columns `v` of a row, and what it is. */
export const SHREDDED: [name: string, column: OddNode, value: unknown][] = [
  ['an object', shredded(null, { b: { typed: 1n }, a: { value: bytesOf('x') } }, ['a', 'b']), { a: 'x', b: 1 }],
  ['an object with other fields', shredded(bytesOf({ c: 2 }), { d: { typed: 1n }, b: { value: NULL } }, ['c']), { b: null, c: 2, d: 1 }],
  ['fields that are missing', shredded(null, { a: {}, b: {} }, ['a', 'b']), {}],
  ['an integer beyond 2^53', shredded(null, { a: { typed: 2n ** 53n } }, ['a']), { a: 2n ** 53n }],
  ['no object', shredded(bytesOf([1]), null, ['a']), [1]],
  ['nothing', shredded(null, null, ['a']), null],
  ['an object in its value alone', shredded(bytesOf({ z: 1 }), null, ['z']), { z: 1 }],
];

/** Columns `v` that are not as the specification says. */
export const REFUSED: [name: string, column: OddNode, code: CheckpointErrorCode, says: RegExp][] = [
  ['a field twice', shredded(bytesOf({ a: 1 }), { a: { typed: 1n } }, ['a']), 'ERR_CKPT_CORRUPT', /"a" is shredded/],
  ['a field twice, missing', shredded(bytesOf({ a: 1 }), { a: {} }, ['a']), 'ERR_CKPT_CORRUPT', /"a" is shredded/],
  ['a value twice', shredded(null, { a: { typed: 1n, value: NULL } }, ['a']), 'ERR_CKPT_CORRUPT', /shredded as well/],
  ['a rest that is no object', shredded(NULL, { a: { typed: 1n } }, ['a']), 'ERR_CKPT_CORRUPT', /no object/],
  ['an unknown part', with_(shredded(null, { a: {} }, []), 'other'), 'ERR_CKPT_UNSUPPORTED_FILE', /'other'.*cast/],
  [
    'no metadata',
    { ...shredded(null, { a: {} }, []), children: [optionalBytes('value', [NULL])] },
    'ERR_CKPT_UNSUPPORTED_FILE',
    /metadata/,
  ],
  ['a map in it', withTyped({ 6: i32(1) }), 'ERR_CKPT_UNSUPPORTED_FILE', /kind map/],
];

function with_(column: OddNode, name: string): OddNode {
  return { ...column, children: [...column.children!, optionalBytes(name, [null])] };
}

function withTyped(more: NonNullable<OddNode['more']>): OddNode {
  const leaf = (name: string): OddNode => ({ name, type: 'BYTE_ARRAY', page: Buffer.concat([levels([0]), levels([0])]) });
  const typed: OddNode = {
    name: 'typed_value',
    repetition: 'OPTIONAL',
    more,
    children: [{ name: 'key_value', repetition: 'REPEATED', children: [leaf('key'), leaf('value')] }],
  };
  return { ...shredded(null, { a: {} }, []), children: [...shredded(null, { a: {} }, []).children!.slice(1), typed] };
}

const object = (...parts: (number[] | Buffer)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const A = metadataOf(['a']);
/** An array of two values that are one and the same array, and so on: 2^40 values in few bytes. */
const DOUBLING = Array.from({ length: 40 }).reduce<Buffer>((inner) => object([3, 2, 0, 0, inner.length], inner), Buffer.from([3, 0, 0]));

/** Damaged ones. */
export const HOSTILE: [name: string, metadata: Buffer, value: Buffer, code: CheckpointErrorCode, says: RegExp][] = [
  ['no metadata', Buffer.alloc(0), NULL, 'ERR_CKPT_CORRUPT', /empty/],
  ['metadata of another version', Buffer.from([2, 0, 0]), NULL, 'ERR_CKPT_UNSUPPORTED_FILE', /version 2/],
  ['metadata of a header', Buffer.from([0xc1, 1]), NULL, 'ERR_CKPT_CORRUPT', /end early/],
  ['2^32 names', Buffer.from([0xc1, 255, 255, 255, 255]), NULL, 'ERR_CKPT_CORRUPT', /before 4294967295 names/],
  ['a name beyond the metadata', Buffer.from([1, 1, 0, 9, 97]), object([2, 1, 0, 0, 1, 0]), 'ERR_CKPT_CORRUPT', /name 0/],
  ['a name that ends before it begins', Buffer.from([1, 2, 0, 1, 0, 97]), object([2, 1, 1, 0, 1, 0]), 'ERR_CKPT_CORRUPT', /name 1/],
  ['a name that is not UTF-8', Buffer.from([1, 1, 0, 1, 255]), object([2, 1, 0, 0, 1, 0]), 'ERR_CKPT_UNSUPPORTED_FILE', /UTF-8/],
  ['a name that there is not', A, object([2, 1, 7, 0, 1, 0]), 'ERR_CKPT_CORRUPT', /name 7/],
  ['a name twice', A, object([2, 2, 0, 0, 0, 1, 2, 0, 0]), 'ERR_CKPT_CORRUPT', /"a" twice/],
  ['no value', A, Buffer.alloc(0), 'ERR_CKPT_CORRUPT', /ends early/],
  ['half an integer', A, Buffer.from([6 << 2, 1, 2]), 'ERR_CKPT_CORRUPT', /ends early/],
  ['a text of 4 GB', A, Buffer.from([16 << 2, 255, 255, 255, 255, 97]), 'ERR_CKPT_CORRUPT', /4294967295 bytes/],
  ['a binary of 4 GB', A, Buffer.from([15 << 2, 255, 255, 255, 255, 97]), 'ERR_CKPT_CORRUPT', /4294967295 bytes/],
  ['an array of 2^32 values', A, Buffer.from([(4 << 2) | 3, 255, 255, 255, 255, 0]), 'ERR_CKPT_CORRUPT', /4294967295 values/],
  ['an object of 2^32 values', A, Buffer.from([(16 << 2) | 2, 255, 255, 255, 255, 0]), 'ERR_CKPT_CORRUPT', /4294967295 values/],
  ['a value outside of its array', A, object([3, 1, 9, 1, 0]), 'ERR_CKPT_CORRUPT', /value at 9/],
  ['values in one place', A, DOUBLING, 'ERR_CKPT_CORRUPT', /overlap/],
  ['a decimal of scale 39', A, Buffer.from([8 << 2, 39, 0, 0, 0, 0]), 'ERR_CKPT_CORRUPT', /scale 39/],
  ['a type of later versions', A, Buffer.from([21 << 2]), 'ERR_CKPT_UNSUPPORTED_FILE', /type 21/],
  ['300 arrays in one another', A, deep(300), 'ERR_CKPT_LIMIT', /256/],
];

function deep(levels: number): Buffer {
  let inner = NULL;
  for (let level = 0; level < levels; level++) inner = object([(1 << 2) | 3, 1], uint(0, 2), uint(inner.length, 2), inner);
  return inner;
}
