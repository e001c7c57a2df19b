/**
 * What the types of other writers become in JavaScript: for each column of the files that __test__/python writes, named by its type, the
 * values of its first and last row. Its second row is null.
 *
 * | type | in JavaScript |
 * |---|---|
 * | int8 to int64, uint8 to uint64 | number; bigint for a value that is not a safe integer |
 * | float16, float32, float64; DuckDB's HUGEINT and UHUGEINT, which it writes as doubles | number |
 * | bool | boolean |
 * | string, large_string, string_view, dictionary or categorical of strings, enum | string |
 * | json | string: the text, not parsed |
 * | uuid | string: `'00010203-0405-0607-0809-0a0b0c0d0e0f'` |
 * | decimal of any size | string with all digits of its scale: `'1.10'` |
 * | binary, large_binary, binary_view, fixed-size binary; Polars' Int128 (16 bytes, the lowest first) | Uint8Array |
 * | date | Date at midnight UTC |
 * | timestamp in s, ms, us or ns, with or without a zone | Date if it is a whole millisecond, else an ISO string with 6 or 9 digits and `Z`
 * |
 * | time | string `'12:34:56.789'` with 3, 6 or 9 digits by its unit |
 * | duration, period | number or bigint: Parquet has no such type, writers store the count of their unit (s as ms in Polars, as s in Arrow)
 * |
 * | interval | string `'14 months 3 days 4000 ms'` |
 * | list, large_list, list_view, fixed-size list or array | array |
 * | struct | object |
 * | map with string keys | object; of equal keys the last one |
 * | map with other keys | array of [key, value] |
 * | null | null |
 */
export type ForeignTypes = Record<string, readonly [first: unknown, last: unknown]>;

const LEAP_DAY = new Date('2024-02-29');
const OLD_DAY = new Date('1884-05-06');
const OLD = new Date('1884-05-06T07:08:09Z');
const SECONDS = new Date('2024-02-29T12:34:56Z');
const MILLIS = new Date('2024-02-29T12:34:56.789Z');
const MICROS = '2024-02-29T12:34:56.789012Z';
const NANOS = '2024-02-29T12:34:56.789012345Z';
const BEFORE_1970 = '1969-12-31T23:59:59.999999999Z';
const UUIDS = ['00010203-0405-0607-0809-0a0b0c0d0e0f', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] as const;
const BYTES = [Uint8Array.of(0, 255), new Uint8Array()] as const;
const TEXTS = ['ü€😀', ''] as const;
const INTEGERS = [[1, null, 3], []] as const;
const STRUCTS = [
  { a: 1, b: { c: 'x' } },
  { a: null, b: null },
] as const;

function timestamps(suffix: string): ForeignTypes {
  return {
    [`timestamp[s${suffix}]`]: [SECONDS, OLD],
    [`timestamp[ms${suffix}]`]: [MILLIS, OLD],
    [`timestamp[us${suffix}]`]: [MICROS, OLD],
    [`timestamp[ns${suffix}]`]: [NANOS, BEFORE_1970],
  };
}

export const PYARROW: ForeignTypes = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0, 2n ** 64n - 1n],
  float16: [1.5, -Infinity],
  float32: [0.5, NaN],
  float64: [0.1, -0],
  bool: [true, false],
  null: [null, null],
  string: TEXTS,
  large_string: TEXTS,
  string_view: TEXTS,
  binary: BYTES,
  large_binary: BYTES,
  binary_view: BYTES,
  'fixed_size_binary(3)': [Uint8Array.of(97, 98, 99), Uint8Array.of(0, 1, 2)],
  uuid: UUIDS,
  json: ['{"a": [1]}', 'null'],
  'dictionary<string>': ['a', 'b'],
  'dictionary<int64>': [7, 8],
  'decimal32(7, 2)': ['1.10', '-99999.99'],
  'decimal64(18, 6)': ['0.000001', '-123456789012.345678'],
  'decimal128(38, 10)': ['1234567890123456789012345678.0123456789', '-0.5000000000'],
  'decimal128(5, 0)': ['12345', '-1'],
  'decimal256(76, 2)': [`${'9'.repeat(74)}.99`, '-0.01'],
  date32: [LEAP_DAY, OLD_DAY],
  date64: [LEAP_DAY, OLD_DAY],
  'time32[s]': ['12:34:56.000', '00:00:00.000'],
  'time32[ms]': ['12:34:56.789', '00:00:00.000'],
  'time64[us]': ['12:34:56.789012', '00:00:00.000000'],
  'time64[ns]': ['12:34:56.789012345', '00:00:00.000000000'],
  ...timestamps(''),
  ...timestamps(', UTC'),
  ...timestamps(', Europe/Berlin'),
  'duration[s]': [90, -90],
  'duration[ms]': [90, -90],
  'duration[us]': [90, -90],
  'duration[ns]': [90, -90],
  'list<int64>': INTEGERS,
  'large_list<int64>': INTEGERS,
  'list_view<int64>': INTEGERS,
  'large_list_view<int64>': INTEGERS,
  'fixed_size_list<float>[2]': [
    [0.5, 1.5],
    [2.5, null],
  ],
  'list<list<string>>': [[['a'], [], null], [[]]],
  struct: STRUCTS,
  'list<struct>': [[{ a: 1, b: { c: null } }, null], []],
  'map<string, int64>': [{ b: 1, a: null }, {}],
  'map<int32, string>': [
    [
      [2, 'x'],
      [1, null],
    ],
    [],
  ],
  'map<string, map<date, bool>>': [{ k: [[LEAP_DAY, true]] }, { e: [] }],
  'list<timestamp[us]>': [[MICROS, MILLIS], [null]],
  'struct<decimal, binary>': [
    { d: '1.20', b: Uint8Array.of(120) },
    { d: null, b: null },
  ],
};

export const PANDAS: ForeignTypes = {
  float64: [1, 2],
  Int64: [1, 2n ** 62n],
  UInt8: [0, 255],
  Float32: [0.5, 1.5],
  boolean: [true, false],
  str: TEXTS,
  string: ['a', ''],
  category: ['a', 'b'],
  'category of int': [7, 8],
  'datetime64[s]': [SECONDS, OLD],
  'datetime64[ms]': [MILLIS, OLD],
  'datetime64[us]': [MICROS, OLD],
  'datetime64[ns]': [NANOS, OLD],
  'datetime64[us, UTC]': [MICROS, OLD],
  'datetime64[us, Europe/Berlin]': [MICROS, OLD],
  'timedelta64[ns]': [90e9, -90e9],
  // Months since January 1970.
  'period[M]': [649, -1028],
  'object of date': [LEAP_DAY, OLD_DAY],
  'object of time': ['12:34:56.789012', '00:00:00.000000'],
  'object of Decimal': ['1.10', '-0.50'],
  'object of bytes': BYTES,
  'object of bool': [true, false],
  'object of list': INTEGERS,
  'object of dict': [
    { a: 1, b: [{ c: 'x' }] },
    { a: null, b: [] },
  ],
};

export const POLARS: ForeignTypes = {
  Int8: [-128, 127],
  Int16: [-32768, 32767],
  Int32: [-2147483648, 2147483647],
  Int64: [-(2n ** 63n), 2n ** 63n - 1n],
  Int128: [Uint8Array.of(...Array<number>(15).fill(0), 128), Uint8Array.of(...Array<number>(15).fill(255), 127)],
  UInt8: [0, 255],
  UInt16: [0, 65535],
  UInt32: [0, 4294967295],
  UInt64: [0, 2n ** 64n - 1n],
  Float32: [0.5, NaN],
  Float64: [0.1, -Infinity],
  'Decimal(38, 10)': ['1234567890123456789012345678.0123456789', '-0.5000000000'],
  Boolean: [true, false],
  String: TEXTS,
  Binary: BYTES,
  Categorical: ['a', 'b'],
  Enum: ['low', 'high'],
  Date: [LEAP_DAY, OLD_DAY],
  Time: ['12:34:56.789012000', '00:00:00.000000000'],
  'Datetime(ms)': [MILLIS, OLD],
  'Datetime(us)': [MICROS, OLD],
  'Datetime(ns)': [MICROS, OLD],
  'Datetime(ms, UTC)': [MILLIS, OLD],
  'Datetime(ms, Europe/Berlin)': [MILLIS, OLD],
  'Datetime(us, UTC)': [MICROS, OLD],
  'Datetime(us, Europe/Berlin)': [MICROS, OLD],
  'Datetime(ns, UTC)': [MICROS, OLD],
  'Datetime(ns, Europe/Berlin)': [MICROS, OLD],
  'Duration(ms)': [90e3, -90e3],
  'Duration(us)': [90e6, -90e6],
  'Duration(ns)': [90e9, -90e9],
  'List(Int64)': INTEGERS,
  'List(List(String))': [[['a'], [], null], [[]]],
  'Array(Float32, 2)': [
    [0.5, 1.5],
    [2.5, null],
  ],
  Struct: STRUCTS,
  'List(Struct)': [[{ a: 1 }, { a: null }], []],
  Null: [null, null],
};

export const DUCKDB: ForeignTypes = {
  TINYINT: [-128, 127],
  SMALLINT: [-32768, 32767],
  INTEGER: [-1073741824, 1073741823],
  BIGINT: [-(2n ** 63n), 2n ** 63n - 1n],
  HUGEINT: [2 ** 127, -1],
  UTINYINT: [0, 255],
  USMALLINT: [0, 65535],
  UINTEGER: [0, 2147483647],
  UBIGINT: [0, 2n ** 64n - 1n],
  UHUGEINT: [2 ** 128, 0],
  FLOAT: [0.5, NaN],
  DOUBLE: [0.1, -Infinity],
  'DECIMAL(4, 1)': ['123.4', '-0.1'],
  'DECIMAL(9, 2)': ['1234567.10', '-0.01'],
  'DECIMAL(18, 6)': ['0.000001', '-123456789012.345678'],
  'DECIMAL(38, 10)': ['1234567890123456789012345678.0123456789', '-0.5000000000'],
  BOOLEAN: [true, false],
  VARCHAR: TEXTS,
  BLOB: BYTES,
  // DuckDB writes the bits as text.
  BIT: ['0101', '1'],
  JSON: ['{"a": [1]}', 'null'],
  UUID: UUIDS,
  "ENUM('low', 'high')": ['low', 'high'],
  DATE: [LEAP_DAY, OLD_DAY],
  TIME: ['12:34:56.789012', '00:00:00.000000'],
  // DuckDB writes them in UTC.
  TIMETZ: ['10:34:56.789012', '00:00:00.000000'],
  TIMESTAMP: [MICROS, OLD],
  TIMESTAMP_S: [SECONDS, OLD],
  TIMESTAMP_MS: [MILLIS, OLD],
  TIMESTAMP_NS: [NANOS, OLD],
  TIMESTAMPTZ: ['2024-02-29T11:34:56.789012Z', OLD],
  INTERVAL: ['14 months 3 days 4000 ms', '0 months 0 days 0 ms'],
  'BIGINT[]': INTEGERS,
  'VARCHAR[][]': [[['a'], [], null], [[]]],
  'FLOAT[2]': [
    [0.5, 1.5],
    [2.5, null],
  ],
  'STRUCT(a BIGINT, b STRUCT(c VARCHAR))': STRUCTS,
  'STRUCT(a BIGINT)[]': [[{ a: 1 }, null], []],
  'MAP(VARCHAR, BIGINT)': [{ b: 1, a: null }, {}],
  'MAP(INTEGER, VARCHAR)': [
    [
      [2, 'x'],
      [1, null],
    ],
    [],
  ],
};
