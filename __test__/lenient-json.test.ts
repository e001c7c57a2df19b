import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCheckpoint } from 'arrow-ckpt';
import { mayRound, parseLenient } from '../lib/base/value/lenient-json.ts';
import { fc } from './support/seeded.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('lenient-json');

async function read(text: string): Promise<unknown> {
  const path = join(folder, 'rows.json');
  await writeFile(path, text);
  return readCheckpoint(path);
}

test('rows that Python wrote: NaN, infinities and integers of any size', async () => {
  assert.deepStrictEqual(await read('[{"a": NaN, "b": [Infinity, {"c": -Infinity}]}, {"a": 1}]'), [
    { a: Number.NaN, b: [Number.POSITIVE_INFINITY, { c: Number.NEGATIVE_INFINITY }] },
    { a: 1 },
  ]);
  assert.deepStrictEqual(await read('[{"i": 9007199254740993, "n": [-12345678901234567890]},\n{"i": 1180591620717411303424}]'), [
    { i: 9007199254740993n, n: [-12345678901234567890n] },
    { i: 1180591620717411303424n },
  ]);
});

test('a number that JavaScript prints in the same digits stays a number', async () => {
  for (const value of [2 ** 53, 2 ** 53 + 2, -(2 ** 60), 1e20, 123456789012345680000]) {
    const text = JSON.stringify(value);
    assert.deepStrictEqual(await read(`[{"v":${text}}]`), [{ v: value }], text);
  }
  assert.deepStrictEqual(await read('[{"v":1152921504606846976}]'), [{ v: 2n ** 60n }]);
  assert.deepStrictEqual(await read('[{"v":12345678901234567890.0},{"v":1e400},{"v":0.12345678901234567890}]'), [
    { v: Number('12345678901234567890') },
    { v: Number.POSITIVE_INFINITY },
    { v: Number('0.12345678901234567890') },
  ]);
});

test('digits inside of texts are left alone', async () => {
  const rows = [{ '12345678901234567890': ', 12345678901234567890 ,', b: '[9007199254740993]', c: 'NaN' }];
  assert.deepStrictEqual(await read(JSON.stringify(rows)), rows);
  assert.ok(mayRound(JSON.stringify(rows)), 'these take the slow way, and come to no harm');
});

test('what is neither JSON nor Python is refused', async () => {
  for (const text of [
    '[{"a": Nan}]',
    '[{"a": -NaN}]',
    '[{"a": NaN,}]',
    '[{"a": +Infinity}]',
    '[{"a": 01, "b": NaN}]',
    '[{"a": "\u0001", "b": NaN}]',
    '[{"a" NaN}]',
  ]) {
    await assert.rejects(read(text), { code: 'ERR_CKPT_CORRUPT' }, text);
    assert.throws(() => parseLenient(text), SyntaxError, text);
  }
  assert.throws(() => parseLenient('['.repeat(3000)), /nested more than 2000 deep/);
});

test('for JSON it is JSON.parse', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom('', ' ', '\n\t'), (text, space) => {
      assert.deepStrictEqual(parseLenient(space + text + space), JSON.parse(text));
    }),
    { numRuns: 2000 },
  );
  const odd = '{"__proto__": {"x": 1}, "a": 1, "b": 2, "a": 3, "\\u0041\\n": "\\ud83d\\ude00"}';
  assert.deepStrictEqual(parseLenient(odd), JSON.parse(odd));
  assert.deepStrictEqual(Object.keys(parseLenient(odd) as object), Object.keys(JSON.parse(odd) as object));
});
