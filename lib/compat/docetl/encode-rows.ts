import { NameSpace } from '../../columnar/name-space.js';
import { setOwn } from '../../base/build.js';
import { checkRow } from '../../base/rows-source.js';
import type { Row } from '../../base/rows.js';
import { pythonJson } from '../python-json.js';
import { notCompatible } from '../not-compatible.js';
import { JSON_PREFIX, NULL } from './decode.js';

const PROGRAM = "DocETL's loader";

/**
 * The rows whose columns the loader of pull request 381 reads back as these rows: `read_table(...).to_pandas().to_dict("records")`, then
 * its sentinels. A column is native where pandas gives back its values as they are, else text, in which `__mixed_list_json__:` and JSON
 * stand for whatever is no plain text.
 */
export function encodeRows(rows: readonly Row[]): Row[] {
  const keys = Object.keys(rows.length === 0 ? {} : checkRow(rows[0], 0));
  const known = new Set(keys);
  for (const [index, row] of rows.entries()) checkKeys(checkRow(row, index), index, keys, known);
  checkNames(keys);
  const native = keys.map((key) => isNative(rows, key));
  return rows.map((row, index) => {
    const made: Row = {};
    keys.forEach((key, column) => setOwn(made, key, native[column] === true ? row[key] : encodeCell(row[key], index, key)));
    return made;
  });
}

/** Its rows come from a table: all have the same keys in the same order. */
function checkKeys(row: Row, index: number, keys: readonly string[], known: ReadonlySet<string>): void {
  const own = Object.keys(row);
  if (keys.length === 0) throw notCompatible(PROGRAM, index, '', 'a row without keys');
  const missing = keys.find((key) => !Object.hasOwn(row, key));
  if (missing !== undefined) throw notCompatible(PROGRAM, index, missing, 'missing, as the first row has it: a null would stand there');
  const more = own.find((key) => !known.has(key));
  if (more !== undefined) throw notCompatible(PROGRAM, index, more, 'a key that the first row does not have');
  if (own.some((key, at) => key !== keys[at]))
    throw notCompatible(PROGRAM, index, '', 'a row with its keys in another order than the first');
}

/** It takes the columns' names for keys. */
function checkNames(keys: readonly string[]): void {
  const names = new NameSpace();
  for (const key of keys) if (names.take(key) !== key) throw notCompatible(PROGRAM, 0, key, 'a key that no column can have for its name');
}

function encodeCell(value: unknown, row: number, key: string): string | null {
  if (value === null) return null;
  if (typeof value === 'string' && isPlainText(value)) return value;
  return JSON_PREFIX + pythonJson(value, { program: PROGRAM, row, path: key });
}

/** No sentinel, and UTF-8. */
function isPlainText(text: string): boolean {
  return text !== NULL && !text.startsWith(JSON_PREFIX) && text.isWellFormed();
}

/** What pandas gives back as it was, by kind; a column of two kinds is text. */
const TESTS: { fits: (value: unknown) => boolean; nulls: boolean }[] = [
  { fits: (value) => typeof value === 'boolean', nulls: true },
  // Beside a null pandas would make integers floats.
  { fits: (value) => Number.isSafeInteger(value) && !Object.is(value, -0), nulls: false },
  // A null among floats is NaN to pandas, and so None to the loader: but then NaN is, too.
  { fits: (value) => typeof value === 'number' && !Number.isNaN(value), nulls: true },
  { fits: (value) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value, nulls: false },
  {
    fits: isListOf((item) => item === null || (typeof item === 'string' && isPlainText(item) && !item.startsWith('__empty_'))),
    nulls: true,
  },
  { fits: isListOf((item) => typeof item === 'number' && Number.isFinite(item)), nulls: false },
];

function isListOf(fits: (item: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(fits);
}

function isNative(rows: readonly Row[], key: string): boolean {
  const values = rows.map((row) => row[key]);
  const hasNulls = values.includes(null);
  const all = (fits: (value: unknown) => boolean) => values.every((value) => value === null || fits(value));
  // All null: a column of text, whose nulls are None.
  if (values.every((value) => value === null)) return true;
  const integers = values.every((value) => value === null || Number.isSafeInteger(value));
  return TESTS.some(({ fits, nulls }) => (nulls || !hasNulls) && all(fits)) && !(integers && hasNulls);
}
