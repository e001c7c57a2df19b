import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ERROR_CODES, CheckpointError } from '../lib/base/errors.js';
import { coloursOf } from '../lib/cli/output/colours.js';
import { EXIT, exitCodeOf } from '../lib/cli/exit-codes.js';
import { failureOf } from '../lib/cli/failure.js';
import { countText, percentOf, percentText, plural, sizeText, timeText } from '../lib/cli/output/quantities.js';
import { tableText } from '../lib/cli/output/table-text.js';
import { printable } from '../lib/cli/output/printable.js';
import { fit, widthOf } from '../lib/cli/output/text.js';
import { whereOf } from '../lib/cli/rows/where-of.js';

describe('texts of the command line', () => {
  test('quantities', () => {
    assert.deepStrictEqual([0, 512, 1024, 46_285, 1 << 20, -1536].map(sizeText), [
      '0 B',
      '512 B',
      '1.0 KB',
      '45.2 KB',
      '1.0 MB',
      '-1.5 KB',
    ]);
    assert.deepStrictEqual(
      [countText(1234567), plural(1, 'row'), plural(2000, 'row'), plural(2, 'batch', 'batches')],
      ['1,234,567', '1 row', '2,000 rows', '2 batches'],
    );
    assert.deepStrictEqual(
      [percentText(721, 1000), percentText(1, 0), percentOf(1, 3), percentText(-1, 4)],
      ['72.1%', '0.0%', 33.3, '-25.0%'],
    );
    assert.equal(timeText(new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6))), '2026-01-02 03:04:05Z');
  });

  test('a text is cut where a character ends', () => {
    assert.equal(fit('short', 5), 'short');
    assert.equal(fit('longer', 5), 'long…');
    assert.equal(fit('漢字漢字', 5), '漢字…');
    assert.equal(fit('漢字漢字', 4), '漢…');
    assert.equal(fit('👩‍👩‍👧‍👧👩‍👩‍👧‍👧👩‍👩‍👧‍👧', 4), '👩‍👩‍👧‍👧…');
    assert.equal(fit('e\u0301e\u0301e\u0301', 2), 'e\u0301…');
    assert.ok(widthOf(fit('x'.repeat(1 << 20), 80)) === 80);
  });

  test('control characters and marks of direction are shown', () => {
    assert.equal(printable('a\n\t\u001b[1m\u009b\u202e\u2028'), 'a\\n\\t\\u001b[1m\\u009b\\u202e\\u2028');
    assert.equal(printable('Grüße 漢字 😀'), 'Grüße 漢字 😀');
  });

  test('a table cuts the widest of the columns that may be cut, and no number', () => {
    const none = coloursOf({ isTTY: false }, {});
    const columns = [
      { head: 'Name', cut: true },
      { head: 'Path', cut: true },
      { head: 'Size', align: 'right' as const },
    ];
    const rows = [
      ['a', 'p'.repeat(30), '1,234,567 KB'],
      ['b'.repeat(20), 'q', '1 B'],
    ];
    assert.equal(
      tableText(columns, rows, undefined, none),
      `Name                  Path                                    Size\na                     ${'p'.repeat(30)}  1,234,567 KB\n${'b'.repeat(20)}  q                                        1 B`,
    );
    assert.equal(
      tableText(columns, rows, 40, none),
      'Name          Path                  Size\na             ppppppppppp…  1,234,567 KB\nbbbbbbbbbbb…  q                      1 B',
    );
    // Narrower than it can be: whole cells of the least width.
    assert.match(tableText(columns, rows, 10, none), /^bbbbbbb… +q +1 B$/m);
  });

  test('colours by stream and environment', () => {
    const on = (isTTY: boolean, env: NodeJS.ProcessEnv) => coloursOf({ isTTY }, env).red('x') !== 'x';
    assert.deepStrictEqual(
      [on(true, {}), on(false, {}), on(true, { TERM: 'dumb' }), on(false, { CI: 'true' })],
      [true, false, false, false],
    );
    assert.deepStrictEqual(
      [on(true, { NO_COLOR: '1' }), on(true, { NO_COLOR: '' }), on(false, { FORCE_COLOR: '1' }), on(true, { FORCE_COLOR: '0' })],
      [false, true, true, false],
    );
  });
});

describe('filters of the command line', () => {
  for (const [text, filter] of [
    ['category=a', { category: { $eq: 'a' } }],
    ['score>=0.5', { score: { $gte: 0.5 } }],
    ['score <= -1e3', { score: { $lte: -1000 } }],
    ['a!=null', { a: { $ne: null } }],
    ['a<b=c', { a: { $lt: 'b=c' } }],
    ['id="5"', { id: { $eq: '5' } }],
    ['x=', { x: { $eq: '' } }],
    ['a.b>true', { 'a.b': { $gt: true } }],
    ['at>{"$ckpt":"date","v":5}', { at: { $gt: new Date(5) } }],
    [' {"a":{"$in":[1,{"$ckpt":"bigint","v":"2"}]}}', { a: { $in: [1, 2n] } }],
  ] as const) {
    test(text, () => assert.deepStrictEqual(whereOf([text]), filter));
  }

  test('none, and several', () => {
    assert.equal(whereOf([]), undefined);
    assert.deepStrictEqual(whereOf(['a=1', '{"b":2}']), { $and: [{ a: { $eq: 1 } }, { b: 2 }] });
  });

  for (const text of ['a', '=1', '{"a":1', '{"$ckpt":"what"}']) {
    test(`${text} is refused`, () => assert.throws(() => whereOf([text]), { code: 'ERR_CKPT_INVALID_OPTION' }));
  }
});

describe('exit codes', () => {
  test('every code of an error has one, and none is fine', () => {
    for (const code of ERROR_CODES) assert.ok([1, 2, 3, 70].includes(exitCodeOf(new CheckpointError(code, ''))), code);
    assert.equal(exitCodeOf(new TypeError('bug')), EXIT.bug);
    assert.equal(failureOf(new TypeError('bug')).code, 'ERR_CKPT_INTERNAL');
  });
});
