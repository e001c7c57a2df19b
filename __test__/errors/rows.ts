import { describe, test } from 'node:test';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import { FORMATS, rejectsWith } from '../support/codes.js';
import { OldCheckpoint } from '../support/old-checkpoint.js';
import { tempFolder } from '../support/temp-folder.js';

class Point {
  x = 1;
}

const cycle: Record<string, unknown> = {};
cycle['self'] = { again: [cycle] };

/** Values that no checkpoint can keep, by what the message must call them. */
const UNSUPPORTED: [unknown, RegExp][] = [
  [() => 1, /a function/],
  [Point, /a function/],
  [Symbol('s'), /Symbol\(s\)/],
  [new Point(), /class Point/],
  [new Map([['a', 1]]), /class Map.*Object\.fromEntries/],
  [new Set([1]), /class Set.*\[\.\.\.set\]/],
  [new WeakMap(), /class WeakMap/],
  [/x/, /class RegExp/],
  [new Error('x'), /class Error/],
  [new URL('https://a.example'), /class URL/],
  [Promise.resolve(1), /class Promise.*await/],
  [new String('x'), /class String/],
  [new Int32Array(2), /class Int32Array.*Float64Array/],
  [new BigInt64Array(2), /class BigInt64Array/],
  [new ArrayBuffer(2), /class ArrayBuffer.*new Uint8Array/],
  [new DataView(new ArrayBuffer(2)), /class DataView/],
  [new (class Rows extends Array {})(), /an array of 0|class Rows/],
];

const holed = [1, 2, 3];
delete holed[1];

const deep = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

/** Registers the tests of rows that cannot be kept: the error names the place, and the old file stays. */
export function rowErrors(): void {
  for (const format of FORMATS) {
    describe(`rows saved as ${format}`, () => {
      const folder = tempFolder('errors-rows');

      test('rows that are neither an array nor an iterable', async () => {
        const old = await OldCheckpoint.save(folder, 'no-rows', `a.${format}`);
        for (const rows of [null, undefined, 7, 'rows', true, { a: 1 }, () => [], new Uint8Array(2), new String('x')]) {
          await rejectsWith('ERR_CKPT_ROWS_NOT_ITERABLE', () => writeCheckpoint(old.path, rows as unknown as Row[]));
          await old.assertIntact();
        }
      });

      test('a row that is not a plain object', async () => {
        const old = await OldCheckpoint.save(folder, 'no-row', `a.${format}`);
        for (const row of [null, undefined, 7, 'x', [1], new Date(), new Map(), new Point(), () => 1]) {
          // Among the first rows, in a later chunk, and from an iterable.
          for (const at of [0, 2, 5000]) {
            const rows = Array.from({ length: at + 2 }, (_, i) => (i === at ? row : { i })) as Row[];
            await rejectsWith('ERR_CKPT_ROW_NOT_OBJECT', () => writeCheckpoint(old.path, rows), {
              row: at,
              message: new RegExp(`row ${at} is `),
            });
            await rejectsWith('ERR_CKPT_ROW_NOT_OBJECT', () => writeCheckpoint(old.path, new Set(rows)), { row: at });
          }
        }
        const hole: Row[] = [{ a: 1 }, { a: 2 }];
        hole.length = 3;
        await rejectsWith('ERR_CKPT_ROW_NOT_OBJECT', () => writeCheckpoint(old.path, hole), { row: 2 });
        await old.assertIntact();
      });

      test('a value that cannot be kept, with its row, path and type', async () => {
        const old = await OldCheckpoint.save(folder, 'value', `a.${format}`);
        for (const [value, message] of UNSUPPORTED) {
          const fails = (row: Row, column: string) =>
            rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => writeCheckpoint(old.path, [{ a: 1 }, row, { a: 2 }]), {
              row: 1,
              column,
              message,
            });
          await fails({ a: value }, 'a');
          await fails({ a: 1, metadata: { tags: [1, 2, value] } }, 'metadata.tags[2]');
          await fails({ a: 1, 'b.c': [{ 'd e': value }] }, 'b.c[0]["d e"]');
        }
        await old.assertIntact();
      });

      test('cycles and holes', async () => {
        const old = await OldCheckpoint.save(folder, 'shape', `a.${format}`);
        const fails = (row: Row, message: RegExp) =>
          rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => writeCheckpoint(old.path, [row]), { row: 0, message });
        await fails({ a: cycle }, /^a\.self\.again\[0\].* a cycle/);
        await fails(cycle, /a cycle/);
        await fails({ a: holed }, /^a\[1\] of row 0 is an array hole/);
        await fails({ a: [[0], new Array(2)] }, /^a\[1\]\[0\] .* an array hole/);
        await old.assertIntact();
      });

      test('arrays with keys of their own', async () => {
        const old = await OldCheckpoint.save(folder, 'keys', `a.${format}`);
        const rows = [{ a: Object.assign([1, 2], { extra: 1 }) }];
        const fields = { row: 0, column: 'a', message: /"extra"/ };
        await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => writeCheckpoint(old.path, rows), fields);
        await old.assertIntact();
      });

      test('one bad value late in many good rows', async () => {
        const old = await OldCheckpoint.save(folder, 'late', `a.${format}`);
        const rows = Array.from({ length: 300_000 }, (_, id) => ({ id, text: `row ${id}`, tags: id === 299_999 ? [new Set()] : ['a'] }));
        const fields = { row: 299_999, column: 'tags[0]', message: /class Set/ };
        await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => writeCheckpoint(old.path, rows), fields);
        await old.assertIntact();
      });

      test('bytes that are no Arrow batches, and what looks like a table of a library and is none', async () => {
        const old = await OldCheckpoint.save(folder, 'arrow', `a.${format}`);
        await rejectsWith('ERR_CKPT_ARROW', () => writeCheckpoint(old.path, new Uint8Array(64).fill(0xff)), { message: /Arrow/ });
        const table = { schema: { fields: [{ name: 'a' }] }, batches: [], *[Symbol.iterator]() {} };
        await rejectsWith('ERR_CKPT_ARROW', () => writeCheckpoint(old.path, table), { message: /tableToIPC/ });
        await old.assertIntact();
      });

      test('nesting beyond the limit', async () => {
        const old = await OldCheckpoint.save(folder, 'deep', `a.${format}`);
        for (const depth of [300, 5000, 100_000]) {
          await rejectsWith('ERR_CKPT_TOO_DEEP', () => writeCheckpoint(old.path, [{ a: 1 }, { a: deep(depth) }]), {
            row: 1,
            message: /256/,
          });
        }
        await old.assertIntact();
      });
    });
  }
}
