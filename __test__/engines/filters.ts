import type { Row } from 'arrow-ckpt';
import { notation } from '../support/engines.ts';
import type { ColumnKind } from './filtered-rows.ts';

export type Operator = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'in' | 'between' | 'null' | 'valid';

export interface Filter {
  column: string[];
  kind: ColumnKind;
  op: Operator;
  values: unknown[];
}

/** How an engine compares: whether NaN is the largest number and equals itself, and whether the zeros are two. */
export interface Comparison {
  nan: 'largest' | 'unordered';
  zeros: 'equal' | 'distinct';
  /** Whether a null is unequal to a value, and not unknown as in SQL. */
  nulls: 'unknown' | 'unequal';
}

export const COMPARISONS: Comparison[] = (['largest', 'unordered'] as const).flatMap((nan) =>
  (['equal', 'distinct'] as const).flatMap((zeros) => (['unknown', 'unequal'] as const).map((nulls) => ({ nan, zeros, nulls }))),
);

/** What each kind is compared with: the least and largest value, some between, some that are not there. */
function operandsOf(kind: ColumnKind, values: unknown[]): unknown[] {
  if (kind === 'bool') return [true, false];
  const sorted = values.filter((value) => value !== null && !Number.isNaN(value)).sort((a, b) => order(a, b));
  const at = (share: number): unknown => sorted[Math.floor((sorted.length - 1) * share)];
  const ends = [at(0), at(1), at(0.3), at(0.7)];
  if (kind === 'double') return [NaN, -0, 0, at(0.3), ends[1], 2.0625];
  if (kind === 'text') return [...ends, 't0', ''];
  if (kind === 'date') return [...ends, new Date(1), new Date(-1)];
  if (kind === 'big') return [...ends, (ends[2] as bigint) + 1n, 5n];
  if (kind === 'bytes') return [...ends, Uint8Array.of(1), Uint8Array.of()];
  return [...ends, (ends[2] as number) + 1, -5];
}

/** Twenty filters of a column, forty of one of doubles. */
export function filtersOf(path: string, kind: ColumnKind, rows: Row[]): Filter[] {
  const column = path.split('.');
  const operands = operandsOf(
    kind,
    rows.map((row) => valueAt(row, column)),
  );
  const filter = (op: Operator, ...values: unknown[]): Filter => ({ column, kind, op, values });
  const [a, b, c, d = c, e = a, f = b] = operands;
  const compared = kind === 'bool' ? [a, b] : kind === 'double' ? operands : [a, b, c];
  const ordered = (['lt', 'le', 'gt', 'ge'] as const).flatMap((op) => (kind === 'bool' ? [] : compared.map((value) => filter(op, value))));
  const equal = [...compared, ...(kind === 'double' || kind === 'bool' ? [] : [e])].map((value) => filter('eq', value));
  const unequal = (kind === 'double' ? operands : [a, e]).map((value) => filter('ne', value));
  const among = kind === 'bool' ? [] : [filter('in', c ?? a, d, f), filter('between', c, d)];
  return [...equal, ...unequal, ...ordered, ...among, filter('null'), filter('valid')];
}

/** The filter as drivers take it. */
export function told({ column, kind, op, values }: Filter): object {
  return { column, kind, op, values: values.map(operandNotation) };
}

export function operandNotation(value: unknown): unknown {
  return typeof value === 'bigint' ? { $int: String(value) } : notation(value);
}

export function filterText({ column, op, values }: Filter): string {
  return `${column.join('.')} ${op} ${values.map((value) => JSON.stringify(operandNotation(value))).join(', ')}`.trim();
}

/** How many rows a filter holds for. */
export function countOf({ column, op, values }: Filter, rows: Row[], comparison: Comparison): number {
  const test = testOf(op, values, comparison);
  return rows.reduce((count, row) => count + Number(test(valueAt(row, column))), 0);
}

function valueAt(row: Row, column: string[]): unknown {
  return column.reduce<unknown>((value, key) => (value as Row | null)?.[key] ?? null, row);
}

function testOf(op: Operator, values: unknown[], comparison: Comparison): (value: unknown) => boolean {
  if (op === 'null') return (value) => value === null;
  if (op === 'valid') return (value) => value !== null;
  const [first, second] = values;
  const compare = (value: unknown, other: unknown): number | undefined => orderOf(value, other, comparison);
  const is = (value: unknown, other: unknown, wanted: (order: number) => boolean): boolean => {
    const order = compare(value, other);
    return order !== undefined && wanted(order);
  };
  const tests: Record<string, (value: unknown) => boolean> = {
    eq: (value) => is(value, first, (order) => order === 0),
    ne: (value) => !is(value, first, (order) => order === 0),
    lt: (value) => is(value, first, (order) => order < 0),
    le: (value) => is(value, first, (order) => order <= 0),
    gt: (value) => is(value, first, (order) => order > 0),
    ge: (value) => is(value, first, (order) => order >= 0),
    in: (value) => values.some((other) => is(value, other, (order) => order === 0)),
    between: (value) => is(value, first, (order) => order >= 0) && is(value, second, (order) => order <= 0),
  };
  return (value) => (value === null ? op === 'ne' && comparison.nulls === 'unequal' : tests[op]!(value));
}

function orderOf(value: unknown, other: unknown, { nan, zeros }: Comparison): number | undefined {
  if (Number.isNaN(value) || Number.isNaN(other))
    return nan === 'unordered' ? undefined : Number(Number.isNaN(value)) - Number(Number.isNaN(other));
  if (zeros === 'distinct' && value === 0 && other === 0) return Number(Object.is(other, -0)) - Number(Object.is(value, -0));
  return order(value, other);
}

function order(value: unknown, other: unknown): number {
  if (value instanceof Uint8Array) return Buffer.compare(value, other as Uint8Array);
  const [a, b] = [value, other] as [number, number];
  if (value instanceof Date) return a - b;
  return a < b ? -1 : a > b ? 1 : 0;
}
