import assert from 'node:assert/strict';
import type { Row } from 'arrow-ckpt';

/** Rows of every kind that the contract names; each must come back as it went in. */
export const CASES: Record<string, Row[]> = {
  'no rows': [],
  'rows of {}': [{}, {}, {}],
  'one row': [{ a: 1, b: 'x', c: true, d: null }],
  'a column of nulls': [{ a: null }, { a: null }],
  'null, missing, undefined': [{ a: 1, b: null }, { a: 2 }, { a: undefined, b: 3 }, {}],
  'key order': [
    { a: 1, b: 2 },
    { b: 3, a: 4 },
    { a: 5, b: 6 },
  ],
  'integer-like keys': [
    { 1: 'a', 0: 'b', x: 'c' },
    { x: 'd', 1: 'e' },
  ],
  'odd keys': JSON.parse(
    '[{"__proto__":1,"constructor":{"prototype":2},"":3,"a.b":4,"a":{"b":5},"toString":null,"\\u0000":6,"\\ud800":7,"A":8}]',
  ) as Row[],
  'proto in structs': JSON.parse('[{"m":{"__proto__":{"x":1},"y":2}},{"m":{"__proto__":null,"y":3}}]') as Row[],
  'hidden names': [{ __ckpt_shape: 1, __ckpt_row: 'x' }, { __ckpt_row: 'y', __ckpt_x_a: 2, a: 3 }, { a: 'text' }],
  'case twins': [{ id: 1, ID: 'x', Id: true }],
  numbers: [0, 1, -1, 2 ** 53 - 1, -(2 ** 53) + 1].map((n) => ({ n })),
  'numbers beyond integers': [0, -0, 1.5, NaN, Infinity, -Infinity, 2 ** 53, 2 ** 53 + 2, 1e308, 5e-324, -1e-7].map((n) => ({ n })),
  'a lone -0': [{ n: 1 }, { n: -0 }, { n: 3 }],
  'mixed types': [1, '1', true, null, [], {}, [1], { a: 1 }, 'x', 2.5].map((v) => ({ v })),
  'one irregular value': Array.from({ length: 100 }, (_, i) => ({ v: i === 50 ? 'fifty' : i, w: i })),
  bigint: [1n, 2n ** 64n, -(2n ** 200n), 0n].map((v) => ({ v, w: 1 })),
  dates: [new Date(0), new Date('2024-05-06T07:08:09.123Z')].map((v) => ({ v, deep: { when: [v] } })),
  bytes: [new Uint8Array([1, 2, 3]), new Uint8Array(0)].map((v) => ({ v })),
  'float arrays': [{ v: new Float64Array([1, NaN, -0]) }, { v: new Float32Array([1.5, 2.5]) }],
  text: ['', 'a', 'é', 'Grüße', '漢字', '😀', '\uFEFFbom', 'nul\0nul', 'a\u2028b', '\\"', '{"$ckpt":1}'].map((v) => ({ v })),
  'lone surrogates': ['\ud800', 'x\udc00', 'ok 漢', '\ud83d', '\ude00', 'end'].map((v) => ({ v, list: [v, v], o: { v } })),
  lists: [[], [1, 2], null, [[]], [[1], [], null], [null]].map((v) => ({ v })),
  'lists of texts': [['a', 'b'], [], ['ü'], [null, 'c']].map((tags) => ({ tags })),
  'lists of numbers': [{ e: [1, 2.5, -0] }, { e: [] }, { e: [3] }],
  'undefined in a list': [{ v: [1, undefined, 3] }, { v: [undefined] }],
  structs: [{ m: { a: 1, b: 'x' } }, { m: { a: 2, b: 'y' } }, { m: null }, {}, { m: {} }, { m: { b: 'z', a: 3 } }, { m: { c: [1] } }],
  'lists of structs': [{ l: [{ a: 1 }, { a: 2, b: 'x' }, null, {}] }, { l: [] }, { l: [{ b: null }] }],
  'structs of structs': [{ a: { b: { c: { d: [{ e: 1 }] } } } }, { a: { b: { c: { d: [] } } } }, { a: { b: null } }],
  'types that come late': [
    { v: null, l: [] },
    { v: null, l: [] },
    { v: { x: [1] }, l: ['a'] },
  ],
  'the escape key': [{ v: { $ckpt: 'undefined' } }, { v: { $ckpt: 'object', v: [] } }, { v: 1 }],
  '2,000 keys': [Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, i])), { k1999: 'x', k0: 1 }],
  'a map-like object': Array.from({ length: 300 }, (_, i) => ({ m: { [`key${i}`]: i, [`other${i}`]: 'x' } })),
  'ragged rows': Array.from({ length: 500 }, (_, i) =>
    Object.fromEntries(Array.from({ length: i % 7 }, (_, k) => [`c${(k * 3 + i) % 11}`, k % 2 ? `t${k}` : k])),
  ),
  'more keys than columns': Array.from({ length: 5000 }, (_, i) => ({ [`key${i}`]: i })),
  'deep nesting': [
    { v: JSON.parse('['.repeat(250) + ']'.repeat(250)) as unknown },
    { v: JSON.parse('{"a":'.repeat(250) + '1' + '}'.repeat(250)) as unknown },
  ],
};

/** Types, shapes and rows that turn irregular long after the plan was made. */
export const LATE: Record<string, Row[]> = {
  'a fraction in the last row': many((i) => ({ n: i === 4999 ? 0.5 : i, m: { n: i === 4999 ? 0.5 : i } })),
  'a text among numbers in the last row': many((i) => ({ n: i === 4999 ? 'x' : i, l: i === 4999 ? ['x'] : [i] })),
  'a new key in the last row': many((i) => (i === 4999 ? { a: i, b: 1 } : { a: i })),
  'a new nested key in the last row': many((i) => ({ m: i === 4999 ? { a: i, b: [1] } : { a: i } })),
  'a type in the last row': many((i) => ({ a: i === 4999 ? { x: 1 } : null, b: i === 4999 ? ['x'] : [], c: i })),
  'another order every row': many((i) => (i % 2 ? { a: i, b: 'x' } : { b: 'y', a: i })),
  'unicode in the last row': many((i) => ({ t: i === 4999 ? 'é漢' : `t${i}`, u: i === 4998 ? '\ud800' : 'x' })),
};

function many(make: (index: number) => Row): Row[] {
  return Array.from({ length: 5000 }, (_, index) => make(index));
}

/** Equal values and equal order of keys. */
export function assertSame(actual: Row[], expected: Row[]): void {
  assert.equal(actual.length, expected.length);
  assert.deepStrictEqual(actual, expected);
  // deepStrictEqual does not look at the order of keys.
  assert.deepStrictEqual(actual.map(keysOf), expected.map(keysOf));
}

function keysOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysOf);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Date) return null;
  return Object.entries(value).map(([key, member]) => [key, keysOf(member)]);
}
