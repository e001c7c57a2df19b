import type { SchemaElement } from 'hyparquet';
import type { PhysicalNode } from '../../../columnar/physical-node.js';

const PHYSICAL: Record<string, string> = {
  BOOLEAN: 'bool',
  INT32: 'int32',
  INT64: 'int64',
  INT96: 'timestamp[ns]',
  FLOAT: 'float',
  DOUBLE: 'double',
  BYTE_ARRAY: 'binary',
};
const ANNOTATED: Record<string, string> = {
  NULL: 'null',
  STRING: 'string',
  UUID: 'uuid',
  UTF8: 'string',
  DATE: 'date',
  ENUM: 'enum',
  FLOAT16: 'float16',
  INTERVAL: 'interval',
  JSON: 'json',
};

const UNITS: Record<string, string> = { MILLIS: 'ms', MICROS: 'us', NANOS: 'ns' };

/** The type of a leaf in words, those of `words` in crates/arrow-ckpt/src/decode/kinds.rs. */
export function leafTypeName({
  type,
  type_length: size,
  converted_type: converted,
  logical_type: logical,
  precision,
  scale,
}: SchemaElement): string {
  if (logical?.type === 'INTEGER') return `${logical.isSigned ? 'int' : 'uint'}${logical.bitWidth}`;
  if (logical?.type === 'DECIMAL') return `decimal(${logical.precision},${logical.scale ?? 0})`;
  if (logical?.type === 'TIME') return `time[${UNITS[logical.unit]}]`;
  if (logical?.type === 'TIMESTAMP') return `timestamp[${UNITS[logical.unit]}${logical.isAdjustedToUTC ? ', UTC' : ''}]`;
  const annotation = logical?.type ?? converted ?? '';
  const [, integer] = /^(U?INT_\d+)$/.exec(annotation) ?? [];
  if (integer !== undefined) return integer.toLowerCase().replace('_', '');
  if (annotation === 'DECIMAL') return `decimal(${precision},${scale ?? 0})`;
  const [, kind, unit] = /^(TIME|TIMESTAMP)_(\w+)$/.exec(annotation) ?? [];
  if (unit !== undefined) return kind === 'TIME' ? `time[${UNITS[unit]}]` : `timestamp[${UNITS[unit]}, UTC]`;
  return ANNOTATED[annotation] ?? PHYSICAL[type ?? ''] ?? `binary(${size})`;
}

/** What the values of a leaf are to a plan. The core tells texts that share a dictionary from others: no plan does. */
export function leafKind(element: SchemaElement): PhysicalNode['kind'] {
  const words = leafTypeName(element);
  if (words === 'null' || words === 'bool' || words === 'date') return words;
  if (/^u?int\d/.test(words)) return 'int';
  if (/^(float|double)/.test(words)) return 'f64';
  if (words.startsWith('timestamp')) return 'timestamp';
  return words.startsWith('binary') ? 'bytes' : 'text';
}
