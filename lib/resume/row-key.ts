import { CheckpointError } from '../base/errors.js';
import { unheeded } from '../base/guarded.js';
import { show } from '../base/messages.js';
import { MISSING, pathOf, valueAt } from '../base/path.js';
import { itemsOf } from '../base/value/items-of.js';
import type { Row, RowLike } from '../base/rows.js';

/** What may tell a row from all others. `1`, `'1'`, `1n` and `[1]` are four keys. */
export type RowKey = string | number | bigint | boolean | readonly (string | number | bigint | boolean)[];

/**
 * Where the key of a row is: a column, a path into objects (a key with dots, unless the row has that very key), or what a function gives.
 */
export type KeyOption<T extends RowLike = Row> = (keyof T & string) | `${keyof T & string}.${string}` | ((row: T, index: number) => RowKey);

/** A reader of keys: the text of a row's key, which no other key has. @throws `ERR_CKPT_MISSING_KEY` for a row without one */
export function keyReader<T extends RowLike>(key: KeyOption<T>): (row: T, index: number) => string {
  if (typeof key === 'function') return (row, index) => keyText(heeded(key(row, index)), index, undefined);
  const path = pathOf(key);
  return (row, index) => {
    const value = valueAt(row as Row, path);
    return keyText(value === MISSING ? undefined : value, index, key);
  };
}

/** A key that is a promise is refused: what it rejects with must not end the process beside. */
function heeded(key: unknown): unknown {
  unheeded(key);
  return key;
}

function keyText(key: unknown, index: number, column: string | undefined): string {
  const parts = itemsOf(key);
  if (parts !== undefined && parts.length > 0) return `[${parts.map((part) => partText(part, index, column)).join()}]`;
  return partText(key, index, column);
}

/** JSON keeps strings and numbers apart, and escapes lone surrogates, which UTF-8 cannot hold. */
function partText(key: unknown, index: number, column: string | undefined): string {
  if (typeof key === 'string') return JSON.stringify(key);
  if (typeof key === 'number' && !Number.isNaN(key)) return Object.is(key, -0) ? '-0' : String(key);
  if (typeof key === 'bigint') return `${key}n`;
  if (typeof key === 'boolean') return String(key);
  const what = column === undefined ? 'the key' : `the key '${column}'`;
  const problem = key === undefined || key === null ? 'is missing' : `is ${show(key)}`;
  throw new CheckpointError(
    'ERR_CKPT_MISSING_KEY',
    `${what} of row ${index} ${problem}; a key must be a string, a number, a bigint, a boolean or an array of these`,
    { row: index, ...(column !== undefined && { column }) },
  );
}

/** The text of a key, as a reader makes it. `index`: of the key where it was given. @throws `ERR_CKPT_MISSING_KEY` for what is none */
export function textOfKey(key: unknown, index: number): string {
  return keyText(key, index, undefined);
}

/** The key of a text that a reader made. */
export function keyOf(text: string): RowKey {
  if (text.startsWith('[')) return splitParts(text.slice(1, -1)).map(partOf);
  return partOf(text);
}

/** A text for people: of a key in a message. */
export function showKey(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

/** Commas inside of strings separate nothing. */
function splitParts(text: string): string[] {
  return text.match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? [];
}

function partOf(text: string): string | number | bigint | boolean {
  if (text.startsWith('"')) return JSON.parse(text) as string;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text.endsWith('n')) return BigInt(text.slice(0, -1));
  return Number(text);
}

/** The error of a key that two rows have. */
export function duplicateKey(text: string, index: number): CheckpointError {
  const message = `row ${index} has the key ${showKey(text)}, which a row before it has, too; a key must tell each row from all others`;
  return new CheckpointError('ERR_CKPT_DUPLICATE_KEY', message, { row: index });
}
