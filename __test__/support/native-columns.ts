import type { Engine } from './engines.ts';

/** A column of regular values: what it is in each engine, and the value of row i, which is null in every seventh row. */
export interface NativeColumn {
  types: Record<Engine, string>;
  value: (i: number) => unknown;
}

const object = 'object';
const TEXTS = ['plain', 'ü€漢', '😀', '', 'nul\0nul', '{"$ckpt":"date","v":0}', '\uFEFFbom'];
const DOUBLES = [0.1, -0, NaN, Infinity, -Infinity, 5e-324, 1.7976931348623157e308];

/** A column for each type that files have natively. */
export const NATIVE_COLUMNS: Record<string, NativeColumn> = {
  text: {
    types: { pyarrow: 'string', pandas: 'str', polars: 'String', duckdb: 'VARCHAR' },
    value: (i) => TEXTS[i % TEXTS.length],
  },
  kind: {
    types: { pyarrow: 'string', pandas: 'str', polars: 'String', duckdb: 'VARCHAR' },
    value: (i) => ['error', 'warning', 'info'][i % 3],
  },
  int: {
    types: { pyarrow: 'int64', pandas: 'float64', polars: 'Int64', duckdb: 'BIGINT' },
    value: (i) => [i, -i - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER][i % 4],
  },
  double: {
    types: { pyarrow: 'double', pandas: 'float64', polars: 'Float64', duckdb: 'DOUBLE' },
    value: (i) => (i % 2 ? i / 7 : DOUBLES[i % DOUBLES.length]),
  },
  bool: {
    types: { pyarrow: 'bool', pandas: object, polars: 'Boolean', duckdb: 'BOOLEAN' },
    value: (i) => i % 3 === 0,
  },
  tags: {
    types: { pyarrow: 'list<element: string>', pandas: object, polars: 'List(String)', duckdb: 'VARCHAR[]' },
    value: (i) => ['a', null, 'ü'].slice(0, i % 4),
  },
  embedding: {
    types: { pyarrow: 'list<element: double>', pandas: object, polars: 'List(Float64)', duckdb: 'DOUBLE[]' },
    value: (i) => [i / 3, 0.5, -1.25],
  },
  point: {
    types: {
      pyarrow: 'struct<x: double, label: string>',
      pandas: object,
      polars: "Struct({'x': Float64, 'label': String})",
      duckdb: 'STRUCT(x DOUBLE, "label" VARCHAR)',
    },
    value: (i) => ({ x: i + 0.5, label: i % 5 ? `p${i}` : null }),
  },
  spans: {
    types: {
      pyarrow: 'list<element: struct<from: int64, words: list<element: string>>>',
      pandas: object,
      polars: "List(Struct({'from': Int64, 'words': List(String)}))",
      duckdb: 'STRUCT("from" BIGINT, words VARCHAR[])[]',
    },
    value: (i) => Array.from({ length: i % 3 }, (_, k) => ({ from: k, words: k ? [`w${i}`] : [] })),
  },
};

/** Columns of values that JSON has no word for. */
export const BEYOND_JSON: Record<string, NativeColumn> = {
  when: {
    types: {
      pyarrow: 'timestamp[ms, tz=UTC]',
      pandas: 'datetime64[ms, UTC]',
      polars: "Datetime(time_unit='ms', time_zone='UTC')",
      duckdb: 'TIMESTAMP WITH TIME ZONE',
    },
    value: (i) => new Date(1_700_000_000_000 + i),
  },
  bytes: {
    types: { pyarrow: 'binary', pandas: object, polars: 'Binary', duckdb: 'BLOB' },
    value: (i) => Uint8Array.of(i, 255, 0),
  },
};

/** Rows of such columns, every key in every row. */
export function nativeRows(columns: Record<string, NativeColumn>, count: number): Record<string, unknown>[] {
  const entries = Object.entries(columns);
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(entries.map(([name, { value }], column) => [name, (i + column) % 7 === 6 ? null : value(i)])),
  );
}
