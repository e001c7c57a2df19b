import { fieldName, type FieldPlan, type LogicalPlan, type ValuePlan } from '../columnar/plan.js';
import type { FileColumn } from '../columnar/logical-columns.js';
import { hasDefault, takesAll, takesNull, type ColumnSchema, type ValueSchema } from '../options/checkpoint-schema.js';
import type { Fields } from './validator.js';

/** What a store knows of a file before its first row. A text file shows no columns. */
export interface OpenedFile {
  rows: number;
  columns: readonly FileColumn[];
  plan: LogicalPlan | undefined;
  /** Whether arrow-ckpt itself wrote the file as it is. */
  ours: boolean;
}

/** The plan's types whose columns hold nothing but values of a schema's type. */
const PROVES: Partial<Record<ValueSchema['type'], ValuePlan['t']>> = {
  number: 'num',
  boolean: 'bool',
  string: 'text',
  date: 'date',
  bytes: 'bytes',
  bigint: 'big',
};

/**
 * The columns that rows must be looked at for: all but those of which the file itself proves that every value fits, by the column's type,
 * its number of nulls and of exceptions. Undefined if nothing is left to look at.
 */
export function openFields(fields: Fields, { columns, plan, ours }: OpenedFile): Fields | undefined {
  // Whole rows are in no column, and the numbers of other writers prove nothing.
  if (!ours || plan === undefined || plan.x !== undefined) return fields;
  const byName = new Map(columns.map((column) => [column.name, column]));
  const byKey = new Map(plan.row.f.map((field, index) => [field.k, { field, index }]));
  const open = fields.columns.filter((column) => {
    const found = byKey.get(column.name);
    if (found === undefined) return hasDefault(column) || column.optional !== true;
    const described = byName.get(fieldName(found.field));
    return described === undefined || !isProven(column, found.field, described, isAlwaysThere(plan, found.index));
  });
  if (open.length === 0 && fields.extra === 'keep') return undefined;
  // Keys are counted by a look at all columns.
  return fields.extra === 'keep' ? { ...fields, columns: open } : fields;
}

function isAlwaysThere({ row }: LogicalPlan, index: number): boolean {
  return row.s.every((shape) => shape.includes(index));
}

function isProven(column: ColumnSchema, { v }: FieldPlan, { nulls, type }: FileColumn, isAlwaysThere: boolean): boolean {
  if (v.x !== undefined) return false;
  const isPresent = nulls === 0 || isAlwaysThere;
  // JSON text may be undefined's.
  if (takesAll(column)) return !hasDefault(column) && (column.optional === true || isPresent);
  if (hasBounds(column) || PROVES[column.type] !== v.t) return false;
  if (column.type === 'number' && (column.stored === 'int64' || column.finite === true) && type !== 'int64') return false;
  if (nulls === 0) return true;
  // A null may be null or a missing key.
  return takesNull(column) && (isAlwaysThere || (column.optional === true && !hasDefault(column)));
}

function hasBounds({ values, min, max, above, below, minLength, maxLength }: ValueSchema): boolean {
  return [values, min, max, above, below, minLength, maxLength].some((bound) => bound !== undefined);
}
