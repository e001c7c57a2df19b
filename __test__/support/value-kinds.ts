import { runInNewContext } from 'node:vm';
import type { CheckpointErrorCode, Row } from 'arrow-ckpt';

/** A kind of value that people put into rows. */
export interface ValueKind {
  kind: string;
  /** How one would write it. */
  example: string;
  make: () => unknown;
  /** What comes back, where that is not the value itself, and why in words. */
  becomes?: { value: unknown; note: string };
  refused?: CheckpointErrorCode;
}

export interface ValueGroup {
  title: string;
  kinds: ValueKind[];
}

const UNSUPPORTED = 'ERR_CKPT_UNSUPPORTED_VALUE';

class Point {
  x = 1;
}
class Stamp extends Date {}
class List extends Array {}
class Hash extends Uint8Array {}

function same(kind: string, example: string, make: () => unknown): ValueKind {
  return { kind, example, make };
}

function changed(kind: string, example: string, make: () => unknown, value: unknown, note: string): ValueKind {
  return { kind, example, make, becomes: { value, note } };
}

function refused(kind: string, example: string, make: () => unknown, code: CheckpointErrorCode = UNSUPPORTED): ValueKind {
  return { kind, example, make, refused: code };
}

/** An own key, `__proto__` too. */
function keyed(key: string): () => Row {
  return () => Object.fromEntries([[key, 1]]);
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

function cycle(): unknown {
  const self: Row = {};
  return Object.assign(self, { self });
}

const shared = { a: 1 };

export const VALUE_GROUPS: ValueGroup[] = [
  {
    title: 'Nothing, truth, numbers',
    kinds: [
      same('null', 'null', () => null),
      same('undefined', 'undefined', () => undefined),
      same('boolean', 'true', () => true),
      same('zero', '0', () => 0),
      same('minus zero', '-0', () => -0),
      same('integer', '42', () => 42),
      same('largest safe integer', '2 ** 53 - 1', () => 2 ** 53 - 1),
      same('unsafe integer', '2 ** 53 + 2', () => 2 ** 53 + 2),
      same('fraction', '0.1', () => 0.1),
      same('smallest and largest number', '[5e-324, 1.7976931348623157e308]', () => [5e-324, Number.MAX_VALUE]),
      same('NaN', 'NaN', () => NaN),
      same('infinities', '[Infinity, -Infinity]', () => [Infinity, -Infinity]),
      same('bigint of 64 bits', '9007199254740993n', () => 9007199254740993n),
      same('larger bigint', '2n ** 200n', () => 2n ** 200n),
    ],
  },
  {
    title: 'Text',
    kinds: [
      same('ASCII', "'text'", () => 'text'),
      same('empty', "''", () => ''),
      same('Unicode', "'Grüße 漢字 😀'", () => 'Grüße 漢字 😀'),
      same('lone surrogate', "'\\ud800'", () => '\ud800'),
      same('NUL', "'a\\0b'", () => 'a\0b'),
      same('byte order mark', "'\\ufeffa'", () => '\ufeffa'),
      same('line separator', "'a\\u2028b'", () => 'a\u2028b'),
      same('text like one of our escapes', '\'{"$ckpt":"undefined"}\'', () => '{"$ckpt":"undefined"}'),
      same('text like another type', "'1'", () => '1'),
    ],
  },
  {
    title: 'Dates and bytes',
    kinds: [
      same('date', 'new Date(1700000000123)', () => new Date(1_700_000_000_123)),
      same('date before 1970', "new Date('1066-10-14')", () => new Date('1066-10-14')),
      same('first and last date', '[new Date(-8.64e15), new Date(8.64e15)]', () => [new Date(-8.64e15), new Date(8.64e15)]),
      same('invalid date', 'new Date(NaN)', () => new Date(NaN)),
      same('bytes', 'new Uint8Array([1, 2])', () => new Uint8Array([1, 2])),
      same('no bytes', 'new Uint8Array()', () => new Uint8Array()),
      changed('Buffer', "Buffer.from('a')", () => Buffer.from('a'), new Uint8Array([97]), 'a Uint8Array of the same bytes'),
      same('Float32Array', 'new Float32Array([1.5])', () => new Float32Array([1.5])),
      same('Float64Array', 'new Float64Array([NaN, -0])', () => new Float64Array([NaN, -0])),
      same('part of a larger buffer', 'floats.subarray(1, 2)', () => new Float64Array([1, 2, 3]).subarray(1, 2)),
    ],
  },
  {
    title: 'Arrays and objects',
    kinds: [
      same('empty array', '[]', () => []),
      same('empty object', '{}', () => ({})),
      same('array', '[1, 2]', () => [1, 2]),
      same('array of arrays', '[[1], [], [2, 3]]', () => [[1], [], [2, 3]]),
      same('array with null and undefined', '[1, null, undefined]', () => [1, null, undefined]),
      same('array of many types', "[1, 'a', true, [], {}]", () => [1, 'a', true, [], {}]),
      same('object', "{ a: 1, b: 'x' }", () => ({ a: 1, b: 'x' })),
      same('object with undefined', '{ a: undefined }', () => ({ a: undefined })),
      same('order of keys', '{ z: 1, a: 2 }', () => ({ z: 1, a: 2 })),
      same('objects of different keys', '[{ a: 1 }, { b: 2, a: 3 }, {}]', () => [{ a: 1 }, { b: 2, a: 3 }, {}]),
      same('250 arrays deep', '[[[...]]]', () => nested(250)),
      changed('frozen object', 'Object.freeze({ a: 1 })', () => Object.freeze({ a: 1 }), { a: 1 }, 'the same, not frozen'),
      changed(
        'object without prototype',
        'Object.create(null)',
        () => Object.assign(Object.create(null) as object, { a: 1 }),
        { a: 1 },
        'the same, of the usual prototype',
      ),
      same('object of another realm', "vm.runInNewContext('({ a: [1] })')", () => runInNewContext('({ a: [1] })') as unknown),
      changed('getter', '{ get a() { return 1; } }', () => ({ get a() { return 1; } }), { a: 1 }, 'its value'), // prettier-ignore
      changed('Proxy of an object', 'new Proxy({ a: 1 }, {})', () => new Proxy({ a: 1 }, {}), { a: 1 }, 'what it shows'),
      same('the same object twice', '[shared, shared]', () => [shared, shared]),
    ],
  },
  {
    title: 'Keys',
    kinds: [
      same('`__proto__`', '{ ["__proto__"]: 1 }', keyed('__proto__')),
      same('`constructor`', '{ constructor: 1 }', keyed('constructor')),
      same('empty', '{ "": 1 }', keyed('')),
      same('dotted', '{ "a.b": 1 }', keyed('a.b')),
      same('like an index', '{ 0: 1 }', keyed('0')),
      same('twins but for case', '{ id: 1, ID: 2 }', () => ({ id: 1, ID: 2 })),
      same('lone surrogate', "{ '\\ud800': 1 }", keyed('\ud800')),
      same('NUL', "{ '\\0': 1 }", keyed('\0')),
      same('the mark of our escapes', '{ $ckpt: 1 }', keyed('$ckpt')),
      same('the names of our hidden columns', '{ __ckpt_shape: 1 }', keyed('__ckpt_shape')),
      same('hundreds of keys', '{ k0: 0, k1: 1, ... }', () => Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i]))),
      changed('symbol', '{ a: 1, [Symbol()]: 2 }', () => ({ a: 1, [Symbol('s')]: 2 }), { a: 1 }, 'without it: rows are their string keys'),
      changed(
        'not enumerable',
        "Object.defineProperty({ a: 1 }, 'b', { value: 2 })",
        () => Object.defineProperty({ a: 1 }, 'b', { value: 2 }),
        { a: 1 },
        'without it: rows are their enumerable keys',
      ),
      changed(
        'own key of a typed array',
        'Object.assign(new Uint8Array([1]), { x: 1 })',
        () => Object.assign(new Uint8Array([1]), { x: 1 }),
        new Uint8Array([1]),
        'without it: looking for one would cost more than the array',
      ),
    ],
  },
  {
    title: 'What no checkpoint can keep',
    kinds: [
      refused('function', '() => 1', () => () => 1),
      refused('symbol', 'Symbol()', () => Symbol('s')),
      refused('class instance', 'new Point()', () => new Point()),
      refused('Map', 'new Map()', () => new Map()),
      refused('Set', 'new Set()', () => new Set()),
      refused('WeakMap', 'new WeakMap()', () => new WeakMap()),
      refused('RegExp', '/a/', () => /a/u),
      refused('Error', 'new Error()', () => new Error('e')),
      refused('Promise', 'Promise.resolve()', () => Promise.resolve()),
      refused('URL', "new URL('https://a.example')", () => new URL('https://a.example')),
      refused('number, text or truth as an object', 'new Number(1)', () => Object(1) as unknown),
      refused('subclass of Date', 'new Stamp()', () => new Stamp(0)),
      refused('date with a key of its own', "Object.assign(new Date(), { zone: 'Z' })", () => Object.assign(new Date(0), { zone: 'Z' })),
      refused('subclass of Array', 'new List()', () => List.of(1)),
      refused('array with a hole', '[1, , 2]', () => Object.assign(Array<number>(3), { 0: 1, 2: 2 })),
      refused('array with a key of its own', 'Object.assign([1], { x: 1 })', () => Object.assign([1], { x: 1 })),
      refused('subclass of Uint8Array', 'new Hash()', () => new Hash(1)),
      refused('other typed array', 'new Int32Array(1)', () => new Int32Array(1)),
      refused('clamped bytes', 'new Uint8ClampedArray(1)', () => new Uint8ClampedArray(1)),
      refused('ArrayBuffer', 'new ArrayBuffer(1)', () => new ArrayBuffer(1)),
      refused('DataView', 'new DataView(buffer)', () => new DataView(new ArrayBuffer(1))),
      refused('object with a method', '{ toJSON() {} }', () => ({ toJSON: () => 1 })),
      refused('cycle', 'a.self = a', cycle),
      refused('more than 256 deep', '[[[...]]]', () => nested(300), 'ERR_CKPT_TOO_DEEP'),
    ],
  },
];
