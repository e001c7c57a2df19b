import type { ColumnSchema, ColumnType, ValueSchema } from '../../options/checkpoint-schema.js';
import type { ColumnTypes, SeenType } from './column-types.js';

const LEAVES: Record<Exclude<ColumnType, 'number' | 'list' | 'struct'>, SeenType['t']> = {
  boolean: 'bool',
  string: 'text',
  date: 'date',
  bytes: 'bytes',
  bigint: 'big',
  float32array: 'f32s',
  float64array: 'f64s',
  json: 'json',
  // The rows decide.
  any: 'null',
  null: 'null',
};

/** The types of the columns that a schema names, whatever the rows hold: so all files that are saved with it have the same. */
export function schemaTypes(columns: readonly ColumnSchema[]): ColumnTypes {
  return new Map(columns.map((column) => [column.name, typeOf(column)]));
}

function typeOf(schema: ValueSchema): SeenType {
  const { type, element, fields } = schema;
  switch (type) {
    case 'number':
      return { t: 'num', num: areIntegers(schema) ? 'int' : 'double' };
    case 'list':
      return { t: 'list', element: element === undefined ? { t: 'null' } : typeOf(element) };
    case 'struct':
      return fields === undefined || fields.length === 0 ? { t: 'null' } : { t: 'struct', fields: schemaTypes(fields) };
    default:
      return { t: LEAVES[type] };
  }
}

/** Integers are asked for, or all values that there may be are some. */
function areIntegers({ stored, values }: ValueSchema): boolean {
  return stored === undefined ? values?.every(Number.isSafeInteger) === true : stored === 'int64';
}
