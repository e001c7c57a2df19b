import { readFileSync } from 'node:fs';
import { timestampValue, timeText } from '../../lib/columnar/read/times.ts';

/** What the test data's `expected` says of one file of parquet-testing. */
export interface ExpectedFile {
  expected?: string;
  /** What PyArrow, DuckDB and Polars made of it: `reads 8 rows`, `refuses: ...`. */
  readers: Record<string, string>;
  /** How many rows it has, where the file is not simply refused. */
  rows?: number | null;
}

interface Column {
  name: string;
  type: string;
}

const NANOSECONDS: Record<string, bigint> = { s: 1_000_000_000n, ms: 1_000_000n, us: 1_000n, ns: 1n };

/** The rows of an expectation as arrow-ckpt gives them: its markers (`{"$decimal": "1.10"}`) become the JavaScript values of our table. */
export function expectedRows(path: string, file: string): { total: number; wanted: unknown[] } {
  const {
    rows,
    rows_in_file: total,
    columns,
  } = JSON.parse(readFileSync(path, 'utf8')) as { rows: object[]; rows_in_file: number; columns: Column[] };
  const wanted = rows.map((row) =>
    Object.fromEntries(columns.map(({ name, type }) => [name, convert((row as Record<string, unknown>)[name], type)])),
  );
  // A year that 64 bits of nanoseconds do not hold: PyArrow wraps around, parquet-rs in microseconds and we do not.
  if (file === 'data/int96_from_spark.parquet') wanted[5] = { a: '+290000-12-30T23:00:00.000Z' };
  return { total, wanted };
}

function convert(value: unknown, type: string): unknown {
  if (typeof value === 'number' && type === 'int64' && !Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => convert(item, /^list<[^:]*: (.*)>$/.exec(type)?.[1] ?? ''));
  const marked = value as Record<string, never>;
  if ('$int' in marked) return BigInt(marked.$int);
  if ('$number' in marked) return Number(marked.$number);
  if ('$bytes' in marked) return Uint8Array.from(Buffer.from(marked.$bytes, 'hex'));
  if ('$decimal' in marked) return marked.$decimal;
  if ('$date' in marked) return new Date(marked.$date * 86_400_000);
  if ('$timestamp' in marked) return timestampValue(BigInt(marked.$timestamp) * NANOSECONDS[String(marked.unit)]!);
  if ('$time' in marked) return timeText(BigInt(marked.$time), { ms: 3, us: 6, ns: 9 }[String(marked.unit)]!);
  if ('$map' in marked) return convertMap(marked.$map, type);
  return Object.fromEntries(Object.entries(marked).map(([key, member]) => [key, convert(member, '')]));
}

function convertMap(pairs: [unknown, unknown][], type: string): unknown {
  const [, key, item] = /^map<(\w+), (.*)>$/.exec(type.replace(/ \('\w+'\)$/, '')) ?? [];
  const entries = pairs.map(([name, member]) => [convert(name, ''), convert(member, item ?? '')] as const);
  const isObject = key === undefined ? entries.every(([name]) => typeof name === 'string') : key === 'string';
  return isObject ? Object.fromEntries(entries) : entries;
}
