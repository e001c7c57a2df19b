import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fc } from './support/seeded.ts';
import { isCheckpointError } from '../lib/base/errors.ts';
import { decodeName, encodeName, foldName, MAX_NAME_BYTES, twinName } from '../lib/directory/names.ts';

const unsafe = /[/\\:*?"<>|\u0000-\u001f\u007f]|^\.|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

describe('encodeName', () => {
  for (const name of [
    'extract',
    'Extract',
    'test-step_with.special@chars',
    'two words',
    'Schlüssel',
    '抽出',
    'a.json',
    'x_batches_',
    "it's",
    '#1 (new)',
    'contact',
    'console',
    'a..b',
  ]) {
    it(`leaves ${name} as it is`, () => {
      assert.equal(encodeName(name, 'step'), name);
      assert.equal(encodeName(name, 'operation'), name);
    });
  }

  for (const [name, component] of [
    ['..', '%2E%2E'],
    ['.', '%2E'],
    ['../up', '%2E.%2Fup'],
    ['/etc/passwd', '%2Fetc%2Fpasswd'],
    ['a\\b', 'a%5Cb'],
    ['a:b*c?d"e<f>g|h', 'a%3Ab%2Ac%3Fd%22e%3Cf%3Eg%7Ch'],
    ['nul\0', 'nul%00'],
    ['line\nbreak', 'line%0Abreak'],
    ['100%', '100%25'],
    ['a%20b', 'a%2520b'],
    ['.hidden', '%2Ehidden'],
    ['dot.', 'dot%2E'],
    ['space ', 'space%20'],
    ['CON', '%43ON'],
    ['nul.txt', '%6Eul.txt'],
    ['COM1', '%43OM1'],
    ['aux .txt', '%61ux .txt'],
    ['\ud800', '%uD800'],
    ['a\udfff\ud800b', 'a%uDFFF%uD800b'],
  ] as const) {
    it(`encodes ${JSON.stringify(name)}`, () => {
      assert.equal(encodeName(name, 'operation'), component);
      assert.equal(decodeName(component, 'operation'), name);
    });
  }

  it('keeps the suffixes that the layout reserves', () => {
    assert.equal(encodeName('x_batches', 'step'), 'x%5Fbatches');
    assert.equal(encodeName('x_BATCHES', 'step'), 'x%5FBATCHES');
    assert.equal(encodeName('x_batches', 'operation'), 'x_batches');
    assert.equal(encodeName('x_input_hashes', 'operation'), 'x%5Finput_hashes');
    assert.equal(decodeName('x%5Fbatches', 'step'), 'x_batches');
  });

  for (const name of [
    '',
    'x'.repeat(MAX_NAME_BYTES + 1),
    '/'.repeat(MAX_NAME_BYTES / 2),
    7 as unknown as string,
    null as unknown as string,
  ]) {
    it(`refuses ${JSON.stringify(name).slice(0, 20)}`, () => {
      assert.throws(
        () => encodeName(name, 'step'),
        (error) => isCheckpointError(error) && error.code === 'ERR_CKPT_INVALID_ARGUMENT',
      );
    });
  }

  it('takes a component that is no encoding for its own name', () => {
    for (const component of ['100%', 'a%zz', 'a%20b', '%2f', 'x%61', '%uD83D%uDE00'])
      assert.equal(decodeName(component, 'step'), component);
  });
});

describe('names in general', () => {
  const names = fc.oneof(
    fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
    fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
    fc
      .array(fc.constantFrom('\ud800', '\udc00', '.', ' ', '%', '2', 'E', 'a', 'A', '/', '_batches', 'CON', 'é', 'e\u0301', '%uD800'), {
        minLength: 1,
        maxLength: 6,
      })
      .map((parts) => parts.join('')),
  );
  const kinds = fc.constantFrom('step', 'operation');

  it('come back, as themselves and as twins, from components that are safe everywhere', () => {
    fc.assert(
      fc.property(names, kinds, (name, kind) => {
        fc.pre(name.length <= 20);
        for (const component of [encodeName(name, kind), twinName(name, kind)]) {
          assert.doesNotMatch(component, unsafe);
          assert.equal(decodeName(component, kind), name);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('of twins never share a file', () => {
    for (const [a, b] of [
      ['Extract', 'extract'],
      ['eXtract', 'extract'],
      ['é', 'e\u0301'],
      ['CON', 'con'],
      ['A1', 'a1'],
    ] as const) {
      assert.equal(foldName(a), foldName(b));
      const [first, second] = [twinName(a, 'step'), twinName(b, 'step')];
      assert.notEqual(foldName(first), foldName(second));
      for (const [twin, plain] of [
        [first, encodeName(b, 'step')],
        [second, encodeName(a, 'step')],
      ] as const)
        assert.notEqual(foldName(twin), foldName(plain));
    }
  });
});
