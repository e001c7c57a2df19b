import { setOwn } from '../base/build.js';
import type { Row } from '../base/rows.js';
import type { ColumnSchema, ValueSchema } from '../options/checkpoint-schema.js';

/**
 * Rows that show the columns of a schema: from them the writer infers exactly the types that the schema says, nested ones too. Two, as only values
 * that differ in type make a column of JSON text. What the schema leaves open is null, and the real rows decide.
 */
export function sampleRows(columns: readonly ColumnSchema[]): Row[] {
  return columns.length === 0 ? [] : [sampleRow(columns, 0), sampleRow(columns, 1)];
}

function sampleRow(columns: readonly ColumnSchema[], which: 0 | 1): Row {
  const row: Row = {};
  for (const column of columns) setOwn(row, column.name, sample(column, which));
  return row;
}

function sample({ type, element, fields }: ValueSchema, which: 0 | 1): unknown {
  switch (type) {
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'string':
      return '';
    case 'date':
      return new Date(0);
    case 'bytes':
      return new Uint8Array(0);
    case 'bigint':
      return 0n;
    case 'float32array':
      return new Float32Array(0);
    case 'float64array':
      return new Float64Array(0);
    case 'list':
      return element === undefined ? [] : [sample(element, 0), sample(element, 1)];
    case 'struct':
      return fields === undefined || fields.length === 0 ? null : sampleRow(fields, which);
    case 'json':
      return which === 0 ? 0 : '';
    case 'any':
    case 'null':
      return null;
  }
}
