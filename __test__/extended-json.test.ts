import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { fc } from './support/seeded.ts';
import { isCheckpointError, type CheckpointError, type CheckpointErrorCode } from '../lib/base/errors.js';
import { MAX_DEPTH } from '../lib/base/rows.js';
import { decodeValue, encodeValue, isPlainJson } from '../lib/base/value/extended-json.js';

const WHERE = { row: 7, path: 'cell' };

function roundTrip(value: unknown): unknown {
  return decodeValue(encodeValue(value, WHERE));
}

function refusal(value: unknown, where = WHERE): CheckpointError {
  try {
    encodeValue(value, where);
  } catch (error) {
    assert.ok(isCheckpointError(error), String(error));
    return error;
  }
  return assert.fail('not refused');
}

function refused(value: unknown, code: CheckpointErrorCode, column: string, message: RegExp): void {
  const error = refusal(value);
  assert.equal(error.code, code);
  assert.equal(error.column, column);
  assert.equal(error.row, 7);
  assert.match(error.message, message);
  assert.equal(isPlainJson(value), false);
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

test('plain values are exactly the text of JSON.stringify', () => {
  const values = [null, true, 0, 1.5, 1e300, '', 'a"\\\n\u2028', [], {}, [[]], { b: 1, a: [1, null, { c: 'x' }], 2: 0, 1: 0, '': 1 }];
  for (const value of values) {
    assert.equal(encodeValue(value, WHERE), JSON.stringify(value));
    assert.equal(isPlainJson(value), true);
    assert.deepStrictEqual(roundTrip(value), value);
  }
});

test('values beyond JSON have the documented text and come back', () => {
  const cases: [unknown, string][] = [
    [undefined, '{"$ckpt":"undefined"}'],
    [Number.NaN, '{"$ckpt":"number","v":"NaN"}'],
    [Infinity, '{"$ckpt":"number","v":"Infinity"}'],
    [-Infinity, '{"$ckpt":"number","v":"-Infinity"}'],
    [-0, '{"$ckpt":"number","v":"-0"}'],
    [123n, '{"$ckpt":"bigint","v":"123"}'],
    [-(2n ** 200n), `{"$ckpt":"bigint","v":"${-(2n ** 200n)}"}`],
    [new Date(5), '{"$ckpt":"date","v":5}'],
    [new Date(-8.64e15), '{"$ckpt":"date","v":-8640000000000000}'],
    [new Uint8Array([0, 1]), '{"$ckpt":"bytes","v":"AAE="}'],
    [new Uint8Array(), '{"$ckpt":"bytes","v":""}'],
    [new Float32Array([1]), '{"$ckpt":"f32","v":"AACAPw=="}'],
    [new Float64Array([1]), '{"$ckpt":"f64","v":"AAAAAAAA8D8="}'],
    [{ $ckpt: 1 }, '{"$ckpt":"object","v":[["$ckpt",1]]}'],
  ];
  for (const [value, text] of cases) {
    assert.equal(encodeValue(value, WHERE), text);
    assert.equal(isPlainJson(value), false);
    assert.deepStrictEqual(roundTrip(value), value);
    for (const around of [[value], { k: value }, [[{ a: [1, value, 'x'] }]]]) {
      assert.equal(isPlainJson(around), false);
      assert.deepStrictEqual(roundTrip(around), around);
    }
  }
  assert.ok(Object.is((roundTrip({ a: [-0] }) as { a: number[] }).a[0], -0));
  // Node 20's assert takes two invalid dates for different.
  assert.equal(encodeValue([new Date(Number.NaN)], WHERE), '[{"$ckpt":"date","v":null}]');
  const [date] = roundTrip([new Date(Number.NaN)]) as [Date];
  assert.ok(date instanceof Date && Number.isNaN(date.getTime()));
  const floats = new Float64Array([-0, Number.NaN, 5e-324, Infinity]);
  assert.deepStrictEqual(roundTrip(floats), floats);
});

test('a Buffer comes back as a Uint8Array of its own', () => {
  const back = roundTrip(Buffer.from('abc')) as Uint8Array;
  assert.equal(Object.getPrototypeOf(back), Uint8Array.prototype);
  assert.equal(back.buffer.byteLength, 3);
  assert.deepStrictEqual(back, new Uint8Array([97, 98, 99]));
  assert.deepStrictEqual(roundTrip(new Float64Array([1, 2, 3]).subarray(1, 2)), new Float64Array([2]));
});

test('no data is taken for an escape', () => {
  const values = [
    { $ckpt: 'undefined' },
    { a: 1, $ckpt: 'bigint', v: '1' },
    { $ckpt: { $ckpt: { $ckpt: undefined } } },
    { $ckpt: 'object', v: [['a', 1]] },
    ['$ckpt', '"$ckpt"', '{"$ckpt":"undefined"}'],
    { x: { $ckpt: [-0, { $ckpt: 1n }] } },
  ];
  for (const value of values) assert.deepStrictEqual(roundTrip(value), value);
});

test('keys stay own keys in their order', () => {
  const value = JSON.parse('{"z":1,"__proto__":{"x":[1]},"constructor":2,"":3,"a.b":4,"1":5}') as object;
  const beyond = JSON.parse('{"z":1,"__proto__":{"$ckpt":1},"a":2}') as Record<string, unknown>;
  for (const object of [value, beyond]) {
    const back = roundTrip(object) as object;
    assert.deepStrictEqual(Object.keys(back), Object.keys(object));
    assert.equal(Object.getPrototypeOf(back), Object.prototype);
    assert.equal(JSON.stringify(back), JSON.stringify(object));
  }
  const bare = Object.assign(Object.create(null) as object, { a: 1n, [Symbol('s')]: 1 });
  assert.deepStrictEqual(roundTrip(bare), { a: 1n });
});

test('lone surrogates, in keys too', () => {
  const value = { '\ud800': '\udc00x\ud83d', ok: '\ud83d\ude80', u: undefined };
  assert.deepStrictEqual(roundTrip(value), value);
  assert.deepStrictEqual(roundTrip('\udfff'), '\udfff');
});

test('objects of another realm are of the same class as ours', () => {
  const foreign = runInNewContext(
    '({ o: { a: [1, , ].slice(0, 1) }, d: new Date(3), b: new Uint8Array([1]), f: new Float32Array([2]) })',
  ) as object;
  assert.deepStrictEqual(roundTrip(foreign), { o: { a: [1] }, d: new Date(3), b: new Uint8Array([1]), f: new Float32Array([2]) });
  const map = refusal([runInNewContext('new (class extends Date {})()')]);
  assert.equal(map.code, 'ERR_CKPT_UNSUPPORTED_VALUE');
});

test('what cannot be kept is refused with row, path, type and advice', () => {
  class Point {
    x = 1;
  }
  class Stamp extends Date {}
  const code = 'ERR_CKPT_UNSUPPORTED_VALUE';
  refused(() => 1, code, 'cell', /cell of row 7 is a function.*remove it/);
  refused({ tags: [0, 0, 0, Symbol('s')] }, code, 'cell.tags[3]', /Symbol\(s\).*description/);
  refused({ 'a.b': new Map() }, code, 'cell["a.b"]', /class Map.*Object\.fromEntries/);
  refused([new Set()], code, 'cell[0]', /class Set/);
  refused({ p: new Point() }, code, 'cell.p', /class Point.*plain object/);
  refused([new Stamp()], code, 'cell[0]', /class Stamp/);
  refused([Object(1)], code, 'cell[0]', /class Number.*valueOf/);
  refused([new Int32Array(2)], code, 'cell[0]', /class Int32Array.*Array\.from/);
  refused([new (class Rows extends Array {})()], code, 'cell[0]', /Array\.from/);
  refused([Promise.resolve()], code, 'cell[0]', /await/);
  refused([/x/u, 1], code, 'cell[0]', /RegExp/);
  refused([Object.create(Date.prototype)], code, 'cell[0]', /Date/);
  refused([Object.assign(new Date(), { zone: 1 })], code, 'cell[0]', /Date/);
  refused({ toJSON: () => 1 }, code, 'cell.toJSON', /function/);
  // oxlint-disable-next-line no-sparse-arrays
  refused({ a: [1, , 2] }, code, 'cell.a[1]', /array hole/);
  refused({ a: Object.assign([1], { extra: 1 }) }, code, 'cell.a', /key "extra"/);
  const both: unknown[] = Object.assign([1], { extra: 1 });
  both.length = 2;
  refused(both, code, 'cell', /key "extra"/);
  const sparse: unknown[] = [1];
  sparse[4e9] = 1;
  refused(sparse, code, 'cell[1]', /array hole/);
});

test('an own toJSON that is not enumerable is not called', () => {
  const value = Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 'lost', enumerable: false });
  assert.equal(encodeValue(value, WHERE), '{"a":1}');
});

test('accessors are read once', () => {
  let reads = 0;
  const value = {
    get a() {
      return reads++ === 0 ? 1 : () => 1;
    },
  };
  assert.equal(encodeValue(value, WHERE), '{"a":1}');
  assert.equal(reads, 1);
});

test('depth: the limit is kept, one more is refused, cycles are called cycles', () => {
  const row = { row: 7, path: '' };
  const deepest = { a: nested(MAX_DEPTH) };
  assert.deepStrictEqual(decodeValue(encodeValue(deepest, row)), deepest);
  assert.equal(refusal({ a: nested(MAX_DEPTH + 1) }, row).code, 'ERR_CKPT_TOO_DEEP');
  assert.deepStrictEqual(roundTrip(nested(MAX_DEPTH)), nested(MAX_DEPTH));
  assert.match(refusal(nested(MAX_DEPTH + 1)).message, /256/);
  assert.equal(refusal(nested(50_000)).code, 'ERR_CKPT_TOO_DEEP');

  const loop: Record<string, unknown> = { list: [] };
  (loop['list'] as unknown[]).push({ back: loop });
  refused({ x: loop }, 'ERR_CKPT_UNSUPPORTED_VALUE', 'cell.x.list[0].back', /cycle/);
  const shared = { a: 1 };
  assert.deepStrictEqual(roundTrip([shared, shared]), [shared, shared]);

  let marked: unknown = 1n;
  for (let level = 0; level < MAX_DEPTH; level++) marked = { $ckpt: marked };
  assert.deepStrictEqual(roundTrip(marked), marked);
});

test('texts that are not ours are refused, not guessed at', () => {
  for (const text of [
    '{"$ckpt":"set"}',
    '{"$ckpt":"bigint","v":"1.5"}',
    '{"$ckpt":"number","v":"1"}',
    '{"$ckpt":"date","v":"1"}',
    '{"$ckpt":"date","v":9e15}',
    '{"$ckpt":"bytes","v":"A*E="}',
    '{"$ckpt":"bytes","v":"AAE"}',
    '{"$ckpt":"f32","v":"AAE="}',
    '{"$ckpt":"object","v":[["a"]]}',
    '{"$ckpt":"object","v":[[1,2]]}',
    '{"$ckpt":null}',
    '{"a":',
    '',
  ]) {
    assert.throws(() => decodeValue(text), { code: 'ERR_CKPT_CORRUPT' }, text);
  }
  assert.throws(() => decodeValue(`${'['.repeat(100_000)}{"$ckpt":"undefined"}${']'.repeat(100_000)}`), { code: 'ERR_CKPT_LIMIT' });
});

test('property: anything of the contract comes back', () => {
  const key = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('$ckpt', 'v', '__proto__', 'constructor', 'toJSON', '0', '-1'));
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0, '\ud800'),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array(),
    fc.float32Array(),
    fc.float64Array(),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value')), tie('object')),
    object: fc.array(fc.tuple(key, tie('value'))).map((entries) => Object.fromEntries(entries) as unknown),
  }));
  fc.assert(
    fc.property(value, (given) => {
      assert.deepStrictEqual(roundTrip(given), given);
      if (isPlainJson(given)) assert.equal(encodeValue(given, WHERE), JSON.stringify(given));
    }),
    { numRuns: 300 },
  );
});
