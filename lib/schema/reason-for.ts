import type { ColumnSchema, ColumnType } from '../options/checkpoint-schema.js';
import type { SeenValues } from './seen.js';

/** Values of each type, many of them. */
const PLURALS: Record<string, string> = {
  number: 'numbers',
  string: 'strings',
  boolean: 'booleans',
  bigint: 'bigints',
  undefined: 'undefined',
  list: 'arrays',
  struct: 'objects',
  date: 'dates',
  bytes: 'Uint8Arrays',
  float32array: 'Float32Arrays',
  float64array: 'Float64Arrays',
} satisfies Partial<Record<ColumnType | 'undefined', string>>;

/** Why a top-level column has its type: for people, in one line. */
export function reasonFor({ type, stored, irregular = 0 }: ColumnSchema, seen: SeenValues | undefined): string {
  const total = seen?.values ?? 0;
  if (type === 'null' || seen === undefined || total === 0) return 'there is no value but null';
  if (type === 'json') return `${mixture(seen)}: JSON text`;
  const plural = type === 'number' && stored === 'int64' ? 'safe integers' : (PLURALS[type] as string);
  const ofType = seen.kinds.get(type as 'number') ?? 0;
  if (irregular === 0) return total === 1 ? `the one value is of type ${type}` : `all ${count(total)} values are ${plural}`;
  const verb = irregular === 1 ? 'is' : 'are';
  const what =
    total - ofType === irregular
      ? `not ${article(irregular, type)}`
      : `${ofType === total ? `${PLURALS[type]} that do not fit` : 'irregular'}`;
  return `${count(irregular)} of ${count(total)} values ${verb} ${what}: stored beside the column`;
}

/** `600 strings and 400 numbers`, or one kind that no column holds. */
function mixture({ kinds, values }: SeenValues): string {
  const parts = [...kinds].sort((a, b) => b[1] - a[1]).map(([kind, number]) => `${count(number)} ${PLURALS[kind]}`);
  if (parts.length < 2) return `${parts[0] ?? `${count(values)} values`} that no column of their own holds`;
  return `values of ${parts.length} types, ${parts.join(', ')}`;
}

function article(number: number, type: ColumnType): string {
  return number === 1 ? `of type ${type}` : (PLURALS[type] as string);
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
