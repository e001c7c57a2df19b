import type { Row, WriteOptions } from 'arrow-ckpt';
import fc from 'fast-check';
import { anyValue, key, leafKind, LEAVES, objectOf } from './arbitrary-values.js';
import { rowsOf, type Cell, type Field, type Table } from './table-recipe.js';

/** Rows, and how to save them. */
export interface Case {
  rows: Row[];
  options: Pick<WriteOptions, 'compression' | 'rowGroupRows' | 'hash' | 'metadata'>;
}

const pool: fc.Arbitrary<Cell> = leafKind.chain((kind) =>
  fc.array(LEAVES[kind] as fc.Arbitrary<unknown>, { minLength: 1, maxLength: 6 }).map((values): Cell => ({ t: 'pool', values })),
);

const often = fc.constantFrom(0, 0, 0, 2, 3, 10, 50);

const { fields } = fc.letrec<{ cell: Cell; fields: Field[]; field: Field }>((tie) => ({
  cell: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: pool },
    {
      weight: 2,
      arbitrary: fc.record({ t: fc.constant('count' as const), from: fc.maxSafeInteger(), step: fc.constantFrom(0, 1, -3, 0.25) }),
    },
    { weight: 2, arbitrary: fc.record({ t: fc.constant('text' as const), prefix: fc.constantFrom('t', 'é', '漢', '') }) },
    { weight: 2, arbitrary: fc.record({ t: fc.constant('list' as const), of: tie('cell'), max: fc.integer({ min: 0, max: 4 }) }) },
    { weight: 2, arbitrary: fc.record({ t: fc.constant('struct' as const), fields: tie('fields'), turn: often }) },
    {
      weight: 1,
      arbitrary: fc.record({
        t: fc.constant('map' as const),
        of: tie('cell'),
        keys: fc.constantFrom(3, 30, 100, 2000),
        size: fc.integer({ min: 1, max: 8 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        t: fc.constant('rare' as const),
        usual: tie('cell'),
        odd: tie('cell'),
        every: fc.constantFrom(2, 7, 20, 300),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        t: fc.constant('late' as const),
        before: tie('cell'),
        after: tie('cell'),
        from: fc.constantFrom(1, 2, 5, 20, 255, 256, 257, 1279, 1280, 1281),
      }),
    },
    { weight: 1, arbitrary: anyValue.map((value): Cell => ({ t: 'pool', values: [value] })) },
  ),
  fields: fc.uniqueArray(tie('field'), { maxLength: 6, selector: (field) => field.key }),
  field: fc.record({ key, cell: tie('cell'), missing: often, nulls: often }),
}));

const anyRow: fc.Arbitrary<Row> = fc.array(fc.tuple(key, anyValue), { maxLength: 5 }).map(objectOf);

/** Row counts about the ends of chunks: 256, then 1,024 each. Few are large, since most of what can go wrong does so in few rows. */
const rowCount = fc.oneof(
  { withCrossShrink: true },
  { weight: 32, arbitrary: fc.integer({ min: 0, max: 25 }) },
  { weight: 4, arbitrary: fc.integer({ min: 250, max: 300 }) },
  { weight: 1, arbitrary: fc.constantFrom(1279, 1280, 1281, 1500, 2304, 2305) },
);

const table: fc.Arbitrary<Row[]> = fc
  .record({
    rows: rowCount,
    fields,
    turn: often,
    odd: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.record({ at: fc.nat({ max: 2999 }), row: anyRow }), { maxLength: 3 }) },
    ),
  })
  .map((recipe: Table) => rowsOf(recipe));

/** Rows as pipelines have them: columns of one kind, with irregularities here and there; now and then without any rule. */
export const arbitraryRows: fc.Arbitrary<Row[]> = fc.oneof(
  { weight: 4, arbitrary: table },
  { weight: 1, arbitrary: fc.array(anyRow, { maxLength: 8 }) },
);

/** Row groups of few rows cross the ends of chunks with few rows. There are at most ten: each costs about as much as a file. */
const smallGroups = fc.option(fc.constantFrom(1, 2, 3, 7, 100, 256, 1024), { nil: undefined });

export const arbitraryCase: fc.Arbitrary<Case> = fc
  .record({
    rows: arbitraryRows,
    compression: fc.constantFrom(undefined, undefined, undefined, 'snappy', 'gzip', 'brotli', 'lz4', 'zstd', 'none'),
    rowGroupRows: smallGroups,
    hash: fc.option(LEAVES.oddTexts, { nil: undefined, freq: 5 }),
  })
  .map(({ rows, compression, rowGroupRows, hash }) => ({
    rows,
    options: {
      ...(compression !== undefined && { compression: compression as 'snappy' }),
      ...(rowGroupRows !== undefined && { rowGroupRows: Math.max(rowGroupRows, Math.ceil(rows.length / 10)) }),
      ...(hash !== undefined && { hash, metadata: objectOf([[hash, hash]]) as Record<string, string> }),
    },
  }));
