import type { SchemaElement } from 'hyparquet';
import { timestampOf } from '../../../columnar/read/timestamp-of.js';
import { uuidText } from '../../../columnar/read/uuid-text.js';
import { formatDecimal } from '../../../columnar/read/format-decimal.js';
import { intervalText, timestampValue, timeText } from '../../../columnar/read/times.js';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lossyDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Digits of a second. */
const DIGITS: Record<string, number> = { MILLIS: 3, MICROS: 6, NANOS: 9 };

/**
 * How a value of a leaf, as Parquet stores it, becomes a JavaScript value. The native reader follows the same table,
 * in crates/arrow-ckpt/src/decode/kinds.rs:
 *
 * | in the file | in JavaScript |
 * |---|---|
 * | int8 to int64, uint8 to uint64 | number when it is a safe integer, else bigint |
 * | float16, float32, float64 | number |
 * | boolean | boolean |
 * | string, enum, json | string; json text is not parsed |
 * | decimal | string with all its digits: `"1.10"` |
 * | date | Date at midnight UTC |
 * | time | string `"HH:MM:SS.ffffff"` with 3, 6 or 9 digits by its unit |
 * | timestamp, INT96 | Date where it is a whole millisecond, else an ISO string with all digits; one without a zone is read as UTC |
 * | uuid, interval | string |
 * | binary, bson, geometry, anything else | Uint8Array |
 */
export function leafConverter(element: SchemaElement, isLossy = false): (value: unknown) => unknown {
  const { type, converted_type: converted, logical_type: logical } = element;
  const annotation = logical?.type ?? converted;
  switch (annotation) {
    case 'DECIMAL': {
      const scale = (logical?.type === 'DECIMAL' ? logical.scale : element.scale) ?? 0;
      return (value) => formatDecimal(value as number | bigint | Uint8Array, scale);
    }
    case 'DATE':
      return (value) => timestampOf((value as number) * 86_400_000, 0);
    case 'TIME':
    case 'TIME_MILLIS':
    case 'TIME_MICROS': {
      const digits = DIGITS[logical?.type === 'TIME' ? logical.unit : annotation.slice(5)]!;
      return (value) => timeText(BigInt(value as number | bigint), digits);
    }
    case 'TIMESTAMP':
    case 'TIMESTAMP_MILLIS':
    case 'TIMESTAMP_MICROS': {
      const unit = 10n ** BigInt(9 - DIGITS[logical?.type === 'TIMESTAMP' ? logical.unit : annotation.slice(10)]!);
      return (value) => timestampValue((value as bigint) * unit);
    }
    case 'INTERVAL':
      return (value) => intervalText(value as Uint8Array);
    case 'UUID':
      return (value) => uuidText(value as Uint8Array);
    case 'FLOAT16':
      return (value) => float16(value as Uint8Array);
  }
  if (type === 'INT96') return (value) => timestampValue(value as bigint);
  if (type === 'INT32') return int32Converter(element);
  if (type === 'INT64')
    return isUnsigned(element) ? (value) => integer(BigInt.asUintN(64, value as bigint)) : (value) => integer(value as bigint);
  if (type !== 'BYTE_ARRAY' && type !== 'FIXED_LEN_BYTE_ARRAY') return same;
  const isText = annotation === 'STRING' || annotation === 'UTF8' || annotation === 'ENUM' || annotation === 'JSON';
  // A copy: what hyparquet gives is a view that keeps the whole page alive, and in which a caller's write would show elsewhere.
  const texts = isLossy ? lossyDecoder : decoder;
  return isText ? (value) => texts.decode(value as Uint8Array) : (value) => Uint8Array.from(value as Uint8Array);
}

/** Annotations whose values are strings in JavaScript, as the table above says: a map with such keys is an object. */
const TEXTS: ReadonlySet<string> = new Set([
  'STRING',
  'UTF8',
  'ENUM',
  'JSON',
  'DECIMAL',
  'TIME',
  'TIME_MILLIS',
  'TIME_MICROS',
  'UUID',
  'INTERVAL',
]);

/** Whether all values of a leaf become strings. */
export function becomesText({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return TEXTS.has(logical?.type ?? converted ?? '');
}

function same(value: unknown): unknown {
  return value;
}

/** Of an integer of fewer bits than are stored, only its own count: some writers put the sign's bits above them. */
function int32Converter(element: SchemaElement): (value: unknown) => unknown {
  const { converted_type: converted, logical_type: logical } = element;
  const bits = logical?.type === 'INTEGER' ? logical.bitWidth : Number(/^U?INT_(\d+)$/.exec(converted ?? '')?.[1] ?? 32);
  const unused = 32 - bits;
  if (isUnsigned(element)) return (value) => ((value as number) << unused) >>> unused;
  return unused === 0 ? same : (value) => ((value as number) << unused) >> unused;
}

function isUnsigned({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return logical?.type === 'INTEGER' ? !logical.isSigned : (converted?.startsWith('UINT_') ?? false);
}

function integer(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function float16(bytes: Uint8Array): number {
  const bits = (bytes[1]! << 8) | bytes[0]!;
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * 2 ** -24 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}
