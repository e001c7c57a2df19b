import type { SchemaElement } from 'hyparquet';
import { CheckpointError } from '../../../base/errors.js';

/** Zeros that a decimal may ask for in each text. */
const MAX_SCALE = 1000;

type Physical = NonNullable<SchemaElement['type']>;

/** The physical types that may have an annotation. One that is not here may stand on any. */
const STORED_AS: Partial<Record<string, readonly Physical[]>> = {
  STRING: ['BYTE_ARRAY'],
  UTF8: ['BYTE_ARRAY'],
  ENUM: ['BYTE_ARRAY'],
  JSON: ['BYTE_ARRAY'],
  BSON: ['BYTE_ARRAY'],
  GEOMETRY: ['BYTE_ARRAY'],
  GEOGRAPHY: ['BYTE_ARRAY'],
  UUID: ['FIXED_LEN_BYTE_ARRAY'],
  FLOAT16: ['FIXED_LEN_BYTE_ARRAY'],
  INTERVAL: ['FIXED_LEN_BYTE_ARRAY'],
  DECIMAL: ['INT32', 'INT64', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'],
  DATE: ['INT32'],
  TIME_MILLIS: ['INT32'],
  TIME_MICROS: ['INT64'],
  TIMESTAMP: ['INT64'],
  TIMESTAMP_MILLIS: ['INT64'],
  TIMESTAMP_MICROS: ['INT64'],
  INT_8: ['INT32'],
  INT_16: ['INT32'],
  INT_32: ['INT32'],
  INT_64: ['INT64'],
  UINT_8: ['INT32'],
  UINT_16: ['INT32'],
  UINT_32: ['INT32'],
  UINT_64: ['INT64'],
};

/** Bytes that values of a fixed length must have. */
const LENGTHS: Partial<Record<string, number>> = { UUID: 16, FLOAT16: 2, INTERVAL: 12 };

/** Annotations of groups. */
const OF_GROUPS: ReadonlySet<string> = new Set(['LIST', 'MAP', 'MAP_KEY_VALUE']);

/** Throws for a leaf whose type cannot be stored so: what decodes its values may rely on that. */
export function checkLeaf(element: SchemaElement, path: string): void {
  const { name, type, logical_type: logical, converted_type: converted } = element;
  const corrupt = (message: string): CheckpointError =>
    new CheckpointError('ERR_CKPT_CORRUPT', `${path}: the schema is damaged (column '${name}': ${message})`, { path, column: name });
  const length = element.type_length ?? -1;
  if (type === 'FIXED_LEN_BYTE_ARRAY' && length < 0) throw corrupt(`values of ${length} bytes`);
  const annotation = logical?.type ?? converted;
  if (annotation === undefined || annotation === 'NULL') return;
  let allowed = STORED_AS[annotation];
  if (logical?.type === 'INTEGER') allowed = logical.bitWidth === 64 ? ['INT64'] : ['INT32'];
  if (logical?.type === 'TIME') allowed = logical.unit === 'MILLIS' ? ['INT32'] : ['INT64'];
  const bytes = LENGTHS[annotation];
  if (OF_GROUPS.has(annotation) || allowed?.includes(type!) === false || (bytes !== undefined && bytes !== length)) {
    throw corrupt(`${annotation} cannot be stored as ${type}${type === 'FIXED_LEN_BYTE_ARRAY' ? `(${length})` : ''}`);
  }
  if (annotation === 'DECIMAL') checkDecimal(element, corrupt);
}

function checkDecimal(element: SchemaElement, corrupt: (message: string) => CheckpointError): void {
  const { logical_type: logical } = element;
  const scale = (logical?.type === 'DECIMAL' ? logical.scale : element.scale) ?? 0;
  const precision = (logical?.type === 'DECIMAL' ? logical.precision : element.precision) ?? 0;
  if (precision < 1) throw corrupt(`a decimal of ${precision} digits`);
  if (scale < 0 || scale > MAX_SCALE) throw corrupt(`a decimal with ${scale} digits behind the point`);
}
