import type {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampValue,
  DuckDBType,
  DuckDBTypeId as TypeIds,
  DuckDBValue,
} from '@duckdb/node-api';
import { timestampOf } from '../columnar/read/timestamp-of.js';

/** So many decimal digits a number holds, whatever they are. */
const EXACT_DIGITS = 15;
const DAY_MS = 86_400_000;

/** An integer: a number where that is safe, else a bigint. */
export function safeNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A value without parts that DuckDB's package gives as an object of its own, or as a bigint. */
export function leafValue(value: DuckDBValue, type: DuckDBType, id: typeof TypeIds): unknown {
  switch (type.typeId) {
    case id.TIMESTAMP:
    case id.TIMESTAMP_TZ:
      return ofNanos((value as DuckDBTimestampValue).micros, 1000n, value as DuckDBTimestampValue);
    case id.TIMESTAMP_NS:
      return ofNanos((value as DuckDBTimestampNanosecondsValue).nanos, 1n, value as DuckDBTimestampNanosecondsValue);
    case id.TIMESTAMP_MS:
      return ofNanos((value as DuckDBTimestampMillisecondsValue).millis, 1_000_000n, value as DuckDBTimestampMillisecondsValue);
    case id.TIMESTAMP_S:
      return ofNanos((value as DuckDBTimestampSecondsValue).seconds, 1_000_000_000n, value as DuckDBTimestampSecondsValue);
    case id.DATE: {
      const date = value as DuckDBDateValue;
      return date.isFinite ? timestampOf(date.days * DAY_MS, 0) : String(date);
    }
    case id.DECIMAL: {
      const text = String(value as DuckDBDecimalValue);
      return text.replaceAll(/\D/g, '').length <= EXACT_DIGITS ? Number(text) : text;
    }
    case id.BLOB:
    case id.GEOMETRY:
      // A copy: the bytes are the chunk's.
      return new Uint8Array((value as { bytes: Uint8Array }).bytes);
    default:
      if (typeof value === 'bigint') return safeNumber(value);
      return typeof value === 'object' ? String(value) : value;
  }
}

/** A time in units of so many nanoseconds. */
function ofNanos(count: bigint, unit: bigint, value: { isFinite: boolean }): Date | string {
  if (!value.isFinite) return String(value);
  const nanos = count * unit;
  const within = ((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return timestampOf((nanos - within) / 1_000_000n, Number(within));
}
