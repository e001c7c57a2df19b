import { isText, itemsOf, listOf } from '../base/value/items-of.js';
import * as types from 'node:util/types';
import { invalid, show } from '../base/messages.js';
import { isPlainObject, type Row, type RowLike } from '../base/rows.js';
import { exactPath, pathOf, type Path } from '../base/path.js';

/**
 * What a value of type `V` compares with: numbers with bigints, lists also by their elements, all with null, which a missing key equals.
 */
export type Comparable<V> = unknown extends V
  ? unknown
  : V extends number | bigint
    ? number | bigint
    : V extends Float32Array | Float64Array
      ? V | number | bigint
      : V extends readonly (infer E)[]
        ? V | Comparable<E>
        : V | null | undefined;

/** The conditions on one value. All must hold. */
export interface Conditions<V = unknown> {
  /** Equal: see {@link Where}. */
  $eq?: V;
  /** Not equal, or no such key. */
  $ne?: V;
  /** Greater than a number, bigint, string, date or boolean. A value of another type is neither greater nor less. */
  $gt?: V;
  $gte?: V;
  $lt?: V;
  $lte?: V;
  /** Equal to one of these. */
  $in?: readonly V[];
  /** Equal to none of these. */
  $nin?: readonly V[];
  /** Whether the row has the key, whatever its value. */
  $exists?: boolean;
  /** The opposite of other conditions. */
  $not?: Conditions<V>;
}

/**
 * Which rows to load, in the manner of MongoDB: `{ category: 'a', score: { $gte: 0.5 }, 'metadata.source': { $in: ['web', 'mail'] } }`. All
 * conditions must hold. If the type of the rows is known, so are their keys, and what each may be compared with.
 *
 * - A key with dots that the row does not have itself is a path into objects. A key that no row has is missing: see `unknownColumns`.
 * - `{ $field: '$state', $eq: 'open' }` is a condition on a key that begins with `$`. A list, `$field: ['a.b']` or `['a', 'b']`, is exactly
 *   that key or path.
 * - A condition on a list holds if it holds for the list or for one of its elements; `$ne` and `$nin` if they hold for all.
 * - `null` equals null, `undefined` and a missing key. Numbers and bigints compare by value, `-0` equals `0`, `NaN` equals `NaN`.
 * - Text is ordered by code points, dates by time, `false` is less than `true`.
 */
export type Where<T extends RowLike = Row> = {
  $and?: readonly Where<T>[];
  $or?: readonly Where<T>[];
  $not?: Where<T> | Conditions;
  /** A key or path beginning with `$`, for the {@link Conditions} beside it; a list: key by key. */
  $field?: string | readonly string[];
} & Omit<Conditions, '$not'> & {
    [K in T extends unknown ? keyof T & string : never]?: T extends { [P in K]?: infer V }
      ? Comparable<V> | Conditions<Comparable<V>>
      : never;
  } & { [path: `${string}.${string}`]: unknown };

/** A filter, checked and split up: what evaluates it does not look at the user's object again. */
export type Filter = { kind: 'and' | 'or'; of: Filter[] } | { kind: 'not'; of: Filter } | { kind: 'test'; path: Path; test: Test };

/** One condition on one path. */
export type Test =
  | { op: 'eq' | 'gt' | 'gte' | 'lt' | 'lte'; value: unknown }
  | { op: 'in'; values: readonly unknown[] }
  | { op: 'exists'; value: boolean };

/** The filter of a `where`. @throws `ERR_CKPT_INVALID_OPTION` for an operator that is none, or an operand of a wrong type */
export function parseWhere(where: unknown): Filter {
  return parseAll(where, 'where');
}

/** The places that a filter looks at. */
export function pathsOf(filter: Filter): Path[] {
  if (filter.kind === 'test') return [filter.path];
  return filter.kind === 'not' ? pathsOf(filter.of) : filter.of.flatMap(pathsOf);
}

const MAX_DEPTH = 64;

function parseAll(where: unknown, at: string, depth = 0): Filter {
  if (depth > MAX_DEPTH) throw invalid(`${at} is nested more than ${MAX_DEPTH} deep`);
  if (!isPlainObject(where)) throw invalid(`${at} must be an object of conditions, got ${show(where)}`);
  if (Object.hasOwn(where, '$field')) return parseField(where, at, depth);
  const parts = Object.keys(where).map((key) => parsePart(key, where[key], at, depth));
  return parts.length === 1 ? (parts[0] as Filter) : { kind: 'and', of: parts };
}

function parsePart(key: string, value: unknown, at: string, depth: number): Filter {
  if (key === '$and' || key === '$or') {
    const parts = itemsOf(value);
    if (parts === undefined || parts.length === 0) throw invalid(`${at}.${key} must be a list of conditions, got ${show(value)}`);
    return { kind: key === '$and' ? 'and' : 'or', of: parts.map((part, index) => parseAll(part, `${at}.${key}[${index}]`, depth + 1)) };
  }
  if (key === '$not') return { kind: 'not', of: parseAll(value, `${at}.$not`, depth + 1) };
  if (key.startsWith('$')) {
    throw invalid(
      `${at} has an unknown operator ${show(key)}; beside paths it knows $and, $or, $not. If it is a key of the rows: { $field: ${show(key)}, $eq: ... }`,
    );
  }
  return parseConditions(pathOf(key), value, `${at}.${key}`, depth);
}

/** `{ $field: '$state', $eq: 'open' }`: conditions on a key that could be taken for something else. */
function parseField({ $field, ...conditions }: Row, at: string, depth: number): Filter {
  const names = listOf($field, isText);
  if (typeof $field !== 'string' && (names === undefined || names.length === 0))
    throw invalid(`${at}.$field must be a key, a path or a list of keys, got ${show($field)}`);
  if (Object.keys(conditions).length === 0)
    throw invalid(`${at}.$field needs a condition beside it, { $field: ${show($field)}, $eq: ... }`);
  const path = typeof $field === 'string' ? pathOf($field) : exactPath(names as string[]);
  return parseOperators(path, conditions, at, depth);
}

const ORDER = { $gt: 'gt', $gte: 'gte', $lt: 'lt', $lte: 'lte' } as const;
const KNOWN = '$eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists, $not';

function parseConditions(path: Path, value: unknown, at: string, depth: number): Filter {
  if (!isPlainObject(value) || !Object.keys(value).some((key) => key.startsWith('$')))
    return test(path, { op: 'eq', value: operand(value, at) });
  return parseOperators(path, value, at, depth);
}

function parseOperators(path: Path, value: Row, at: string, depth: number): Filter {
  const parts = Object.keys(value).map((operator) => parseCondition(path, operator, value[operator], `${at}.${operator}`, depth));
  return parts.length === 1 ? (parts[0] as Filter) : { kind: 'and', of: parts };
}

function parseCondition(path: Path, operator: string, value: unknown, at: string, depth: number): Filter {
  switch (operator) {
    case '$eq':
      return test(path, { op: 'eq', value: operand(value, at) });
    case '$ne':
      return { kind: 'not', of: test(path, { op: 'eq', value: operand(value, at) }) };
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return test(path, { op: ORDER[operator], value: ordered(value, at) });
    case '$in':
      return test(path, { op: 'in', values: list(value, at) });
    case '$nin':
      return { kind: 'not', of: test(path, { op: 'in', values: list(value, at) }) };
    case '$exists':
      if (typeof value !== 'boolean') throw invalid(`${at} must be true or false, got ${show(value)}`);
      return test(path, { op: 'exists', value });
    case '$not':
      if (depth >= MAX_DEPTH) throw invalid(`${at} is nested more than ${MAX_DEPTH} deep`);
      if (!isPlainObject(value)) throw invalid(`${at} must be an object of conditions, got ${show(value)}`);
      return { kind: 'not', of: parseConditions(path, value, at, depth + 1) };
    default:
      throw invalid(
        `${at.slice(0, -operator.length - 1)} has ${operator.startsWith('$') ? 'an unknown operator' : 'a key beside operators:'} ${show(operator)}; it knows ${KNOWN}`,
      );
  }
}

function test(path: Path, what: Test): Filter {
  return { kind: 'test', path, test: what };
}

function operand(value: unknown, at: string): unknown {
  if (typeof value === 'function' || typeof value === 'symbol')
    throw invalid(`${at} must be a value that a row can hold, got ${show(value)}`);
  return value;
}

function list(value: unknown, at: string): readonly unknown[] {
  const items = itemsOf(value);
  if (items === undefined) throw invalid(`${at} must be a list of values, got ${show(value)}`);
  return items.map((one, index) => operand(one, `${at}[${index}]`));
}

function ordered(value: unknown, at: string): unknown {
  const type = typeof value;
  if (type === 'number' || type === 'bigint' || type === 'string' || type === 'boolean' || types.isDate(value)) return value;
  throw invalid(`${at} must be a number, bigint, string, boolean or Date, got ${show(value)}`);
}
