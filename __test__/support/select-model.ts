import type { Row, Where } from 'arrow-ckpt';
import fc from 'fast-check';

/*
 * Conditions and projections, told another way than by the package: all rows are there, each is looked at alone, and what is wanted of it
 * is copied. Values are those that compare in the plain way:
 * integers, texts, null, lists and objects of these.
 */

/** A place: the keys of a row, or of an object in it. */
interface Place {
  name?: string;
  keys?: string[];
}

/** A condition, and how it is written. */
export interface Condition {
  where: Where;
  takes: (row: Row) => boolean;
}

const NAMES = ['a', 'b', 'a.b', 'a.b.c', 'b.c', 'a.', '.', '', '$s', '$s.b', '__proto__', 'nope', 'a.nope', 'nope.b'];
const LISTS = [['a'], ['a', 'b'], ['a.b'], ['a.b', 'c'], ['$s'], ['$s', '$t'], ['nope'], [''], ['__proto__'], ['a', 'nope']];
const KEYS = ['a', 'b', 'c', 'a.b', 'a.b.c', 'b.c', 'a.', '.', '', '$s', '$t', '__proto__'];

const scalar = fc.constantFrom<unknown>(null, 0, 1, 2, 3, 'x', 'y', true);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    { weight: 5, arbitrary: scalar },
    { weight: 3, arbitrary: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'b.c', '$t'), tie('value')), { maxLength: 3 }).map(objectOf) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 2 }) },
  ),
}));

function objectOf(entries: (readonly [string, unknown])[]): Row {
  return Object.fromEntries(entries);
}

/** Rows of few kinds, so that columns are regular now and then; some rows beside. */
export const anyRows: fc.Arbitrary<Row[]> = fc
  .record({
    kinds: fc.array(fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }),
    pools: fc.array(fc.array(value, { minLength: 1, maxLength: 3 }), { minLength: KEYS.length, maxLength: KEYS.length }),
    picks: fc.array(fc.nat({ max: 999 }), { maxLength: 40 }),
    odd: fc.array(fc.array(fc.tuple(fc.constantFrom(...KEYS), value), { maxLength: 4 }).map(objectOf), { maxLength: 2 }),
  })
  .map(({ kinds, pools, picks, odd }) => {
    const rows = picks.map((pick) => {
      const kind = kinds[pick % kinds.length] as string[];
      return objectOf(
        kind.map((key) => {
          const pool = pools[KEYS.indexOf(key)] as unknown[];
          return [key, pool[(pick >> 2) % pool.length]] as const;
        }),
      );
    });
    odd.forEach((row, index) => rows.splice((index * 7) % (rows.length + 1), 0, row));
    return rows;
  });

/** Names of wanted columns. */
export const anyColumns: fc.Arbitrary<string[]> = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 4 });

const place: fc.Arbitrary<Place> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NAMES).map((name) => ({ name })) },
  { weight: 1, arbitrary: fc.constantFrom(...LISTS).map((keys) => ({ keys })) },
);

interface Check {
  conditions: Row;
  holds: (value: unknown, present: boolean) => boolean;
}

const check: fc.Arbitrary<Check> = fc.oneof(
  scalar.map((other): Check => ({ conditions: { $eq: other }, holds: (value) => any(value, (one) => same(one, other)) })),
  scalar.map((other): Check => ({ conditions: { $ne: other }, holds: (value) => !any(value, (one) => same(one, other)) })),
  value.map((other): Check => ({ conditions: { $eq: other }, holds: (value) => any(value, (one) => same(one, other)) })),
  fc.array(scalar, { maxLength: 3 }).map((others): Check => ({
    conditions: { $in: others },
    holds: (value) => any(value, (one) => others.some((other) => same(one, other))),
  })),
  fc.array(scalar, { maxLength: 3 }).map((others): Check => ({
    conditions: { $nin: others },
    holds: (value) => !any(value, (one) => others.some((other) => same(one, other))),
  })),
  fc.nat({ max: 3 }).map((least): Check => ({
    conditions: { $gte: least },
    holds: (value) => any(value, (one) => typeof one === 'number' && one >= least),
  })),
  fc.nat({ max: 3 }).map((most): Check => ({
    conditions: { $not: { $lt: most } },
    holds: (value) => !any(value, (one) => typeof one === 'number' && one < most),
  })),
  fc.boolean().map((exists): Check => ({ conditions: { $exists: exists }, holds: (_, present) => present === exists })),
);

const one: fc.Arbitrary<Condition> = fc.tuple(place, check).map(([at, { conditions, holds }]) => ({
  where: written(at, conditions),
  takes: (row) => {
    const found = lookUp(row, at);
    return holds(found.length === 0 ? null : found[0], found.length > 0);
  },
}));

/** A condition on one to three places. */
export const anyCondition: fc.Arbitrary<Condition> = fc
  .tuple(fc.array(one, { minLength: 1, maxLength: 3 }), fc.constantFrom('$and', '$or', '$not'))
  .map(([parts, how]): Condition => {
    const [first] = parts as [Condition];
    if (parts.length === 1) return first;
    if (how === '$not') return { where: { $not: first.where }, takes: (row) => !first.takes(row) };
    const where = { [how]: parts.map((part) => part.where) };
    return how === '$and'
      ? { where, takes: (row) => parts.every((part) => part.takes(row)) }
      : { where, takes: (row) => parts.some((part) => part.takes(row)) };
  });

function written({ name, keys }: Place, conditions: Row): Where {
  if (name === undefined) return { $field: keys as string[], ...conditions };
  return name.startsWith('$') ? { $field: name, ...conditions } : (Object.fromEntries([[name, conditions]]) as Where);
}

/** The value at a place, or nothing. */
function lookUp(row: Row, { name, keys }: Place): [] | [unknown] {
  if (name !== undefined && Object.keys(row).includes(name)) return [row[name]];
  const steps = keys ?? (name as string).split('.');
  let at: unknown = row;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.keys(at).includes(step)) return [];
    at = (at as Row)[step];
  }
  return [at];
}

function any(value: unknown, holds: (one: unknown) => boolean): boolean {
  return holds(value) || (Array.isArray(value) && value.some(holds));
}

/** Equal without regard to the order of keys. */
function same(a: unknown, b: unknown): boolean {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1))
        : inner,
    );
  return text(a) === text(b);
}

/** What is wanted of a row: of each name the key itself, and what its steps lead to. */
export function projected(row: Row, names: readonly string[]): Row {
  const part = (value: unknown, paths: string[][]): unknown => {
    if (paths.some((path) => path.length === 0) || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return objectOf(
      Object.entries(value).flatMap(([key, inner]) => {
        const below = paths.filter((path) => path[0] === key).map((path) => path.slice(1));
        return below.length === 0 ? [] : [[key, part(inner, below)] as const];
      }),
    );
  };
  return part(row, [...names.map((name) => name.split('.')), ...names.map((name) => [name])]) as Row;
}
