import type { AnyColumn } from '../../columnar/columns/column.js';
import { compare } from '../../select/compare.js';
import { cellOfValue } from './cell-of.js';

/** Texts that are few are ranked once: then numbers are sorted. */
const MOST_RANKED = 100_000;

type Order = (a: number, b: number) => number;

/** Numbers of rows, sorted by a column. What is null or missing comes last either way; equal values keep the order of the file. */
export function sortedBy(column: AnyColumn, rows: Uint32Array, descending: boolean): Uint32Array {
  const { first, order, rest } = keysOf(column, rows);
  const sign = descending ? -1 : 1;
  first.sort((a, b) => sign * order(a, b) || a - b);
  const [values, nothing] = split(rest, (row) => column.at(row) !== null && column.at(row) !== undefined);
  values.sort((a, b) => sign * compareAny(column.at(a), column.at(b)) || a - b);
  const sorted = new Uint32Array(rows.length);
  sorted.set(first);
  sorted.set(values, first.length);
  sorted.set(nothing, first.length + values.length);
  return sorted;
}

interface Keys {
  /** Rows with the values that most have, and how they are ordered. */
  first: Uint32Array;
  order: Order;
  /** All others. */
  rest: Uint32Array;
}

function keysOf(column: AnyColumn, rows: Uint32Array): Keys {
  const { validity } = column;
  if (column.kind === 'number' || column.kind === 'date') {
    const { values } = column;
    const [first, rest] = split(rows, (row) => validity?.[row] !== 0);
    return { first, order: (a, b) => compareNumbers(values[a] as number, values[b] as number), rest };
  }
  if (column.kind !== 'string') return { first: new Uint32Array(0), order: () => 0, rest: rows };
  const texts = column.toArray() as unknown[];
  const [first, rest] = split(rows, (row) => typeof texts[row] === 'string');
  const ranks = ranksOf(texts);
  if (ranks !== undefined) return { first, order: (a, b) => (ranks[a] as number) - (ranks[b] as number), rest };
  return { first, order: (a, b) => compareTexts(texts[a] as string, texts[b] as string), rest };
}

/** NaN is behind all other numbers. */
function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a === b ? 0 : Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** For each row the place of its text among all that there are; undefined where these are too many. */
function ranksOf(texts: readonly unknown[]): Uint32Array | undefined {
  const seen = new Map<string, number>();
  for (const text of texts) {
    if (typeof text !== 'string' || seen.has(text)) continue;
    if (seen.size === MOST_RANKED) return undefined;
    seen.set(text, 0);
  }
  let rank = 0;
  for (const text of [...seen.keys()].sort(compareTexts)) seen.set(text, rank++);
  return Uint32Array.from(texts, (text) => seen.get(text as string) ?? 0);
}

/** Values of different kinds by kind; those that have no order by what is shown of them. */
function compareAny(a: unknown, b: unknown): number {
  const order = rankOf(a) - rankOf(b);
  if (order !== 0) return order;
  const known = compare(a, b);
  if (known !== undefined) return known;
  if (typeof a === 'number' && typeof b === 'number') return compareNumbers(a, b);
  return compareTexts(cellOfValue(a)[1], cellOfValue(b)[1]);
}

function rankOf(value: unknown): number {
  switch (typeof value) {
    case 'boolean':
      return 0;
    case 'number':
    case 'bigint':
      return 1;
    case 'string':
      return 3;
    default:
      return value instanceof Date ? 2 : 4;
  }
}

function split(rows: Uint32Array, isFirst: (row: number) => boolean): [Uint32Array, Uint32Array] {
  const first: number[] | Uint32Array = new Uint32Array(rows.length);
  let taken = 0;
  const rest = rows.filter((row) => {
    if (!isFirst(row)) return true;
    first[taken++] = row;
    return false;
  });
  return [first.slice(0, taken), rest];
}
