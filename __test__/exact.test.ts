import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import { fc } from './support/seeded.ts';
import { anyValue } from './support/arbitrary-values.ts';
import { assertExact, differenceOf } from './support/exact.ts';

class Rows extends Array<unknown> {}

const DIFFERENT: [string, unknown, unknown][] = [
  ['zero and -0', 0, -0],
  ['-0 deep inside', [{ a: [-0] }], [{ a: [0] }]],
  ['null and undefined', null, undefined],
  ['undefined and missing', { a: undefined }, {}],
  ['missing and undefined', {}, { a: undefined }],
  ['a number and its text', 1, '1'],
  ['a number and a bigint', 1, 1n],
  ['[] and {}', [], {}],
  ['{} and []', {}, []],
  ['other order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }],
  ['an own __proto__ and none', JSON.parse('{"__proto__":1}'), {}],
  ['a prototype of its own', Object.create({ a: 1 }), {}],
  ['no prototype', Object.create(null), {}],
  ['a property that is hidden', Object.defineProperty({}, 'a', { value: 1 }), {}],
  ['a property that is read only', Object.defineProperty({}, 'a', { value: 1, enumerable: true }), { a: 1 }],
  ['an accessor', { get a() { return 1; } }, { a: 1 }], // prettier-ignore
  ['a hole', Array(1), [undefined]],
  ['an array with a key of its own', Object.assign([1], { x: 1 }), [1]],
  ['a subclass of Array', Rows.of(1), [1]],
  ['dates', new Date(1), new Date(2)],
  ['an invalid date and a valid one', new Date(NaN), new Date(0)],
  ['a date and its text', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['a Buffer where bytes belong', Buffer.from('a'), new Uint8Array([97])],
  ['other bytes', new Uint8Array([1]), new Uint8Array([2])],
  ['other classes of the same bytes', new Float32Array(2), new Float64Array(1)],
  ['-0 in a typed array', new Float64Array([0]), new Float64Array([-0])],
  ['a lone surrogate replaced', '\ufffd', '\ud800'],
];

for (const [what, actual, expected] of DIFFERENT) {
  test(`the comparer tells ${what}`, () => assert.notEqual(differenceOf(actual, expected), undefined));
}

test('the comparer takes a Uint8Array for a Buffer, and invalid dates for the same', () => {
  assertExact(new Uint8Array([97]), Buffer.from('a'));
  assertExact([new Date(NaN), NaN], [new Date(NaN), NaN]);
});

test('the oracle, a structured clone, holds all that was given', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const copy = deserialize(serialize(value)) as unknown;
      assert.equal(differenceOf(withoutBuffers(value), copy), undefined);
    }),
    { numRuns: 500 },
  );
});

function withoutBuffers(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(withoutBuffers);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutBuffers(member)]));
}
