import type { Row } from '../../base/rows.js';
import { kindOf } from '../../base/value/kind-of.js';
import type { RowText } from './row-text.js';

/*
 * How values stand in CSV, which has only text, and cells with quotes and without.
 *
 *   string                      its text; in quotes where it would else be read as something else: '' and '12', 'true', the text for null
 *   number, bigint, boolean     `0.5`, `-0`, `NaN`, `12`, `true`, without quotes
 *   null                        the text for null, '' unless another is asked for, without quotes
 *   missing key, undefined      nothing at all
 *   Date                        ISO 8601
 *   anything else               extended JSON (FORMAT.md, section 4): objects, arrays, bytes, invalid dates, and strings that are not well
 *   formed
 *
 * Cells without quotes are what inference looks at, so that it finds again what was written; all others are strings.
 */

/** What stands for a key that a row does not have. */
export const MISSING: unique symbol = Symbol('missing');

const WORDS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?\d+$/;

/** The value of a cell without quotes. An integer beyond the safe ones stays text, so that no digit is lost. */
export function inferCell(text: string, nullText: string): unknown {
  if (text === nullText) return null;
  if (text === '') return MISSING;
  if (WORDS.has(text)) return WORDS.get(text);
  if (!NUMBER.test(text)) return text;
  const number = Number(text);
  return INTEGER.test(text) && !Number.isSafeInteger(number) ? text : number;
}

/** The row of a record. */
export function rowOfCells(columns: readonly string[], cells: readonly unknown[]): Row {
  const row: Row = {};
  for (let index = 0; index < columns.length; index++) {
    const [key, value] = [columns[index] as string, cells[index]];
    if (value === MISSING) continue;
    if (key === '__proto__') Object.defineProperty(row, key, { value, enumerable: true, configurable: true, writable: true });
    else row[key] = value;
  }
  return row;
}

/** A cell that must have its quotes. */
interface Quoted {
  value: string;
  quoted: true;
  quoted_empty: true;
}

/** How csv-stringify writes the values of rows. */
export function cellCasts(nullText: string, json: RowText) {
  const string = (value: string): string | Quoted => {
    if (!value.isWellFormed()) return json.text(value);
    return value === '' || inferCell(value, nullText) !== value ? { value, quoted: true, quoted_empty: true } : value;
  };
  return {
    string,
    number: (value: number): string => (Object.is(value, -0) ? '-0' : String(value)),
    bigint: (value: bigint): string => String(value),
    boolean: (value: boolean): string => String(value),
    date: (value: Date): string => (Number.isNaN(value.getTime()) ? json.text(value) : value.toISOString()),
    object: (value: object): string =>
      kindOf(value) === 'date' ? new Date(Date.prototype.getTime.call(value)).toISOString() : json.text(value),
    null: (): string => nullText,
    undefined: (): string => '',
  };
}
