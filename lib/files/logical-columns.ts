import { fieldName, type LogicalPlan } from '../columnar/plan.js';
import type { ColumnInfo } from '../options.js';

/** The columns by the keys of the rows: the hidden column of exceptions counts with its column. A file of another writer has no plan. */
export function logicalColumns(columns: readonly ColumnInfo[], plan: LogicalPlan | undefined): ColumnInfo[] {
  if (plan === undefined) return columns.map(({ name, type, codec, bytes }) => ({ name, type, codec, bytes }));
  const byName = new Map(columns.map((column) => [column.name, column]));
  return plan.row.f.map((field) => {
    const column = byName.get(fieldName(field));
    const exceptions = field.v.x === undefined ? undefined : byName.get(field.v.x);
    const type = field.v.t === 'json' || field.v.t === 'null' ? field.v.t : (column?.type ?? 'null');
    return { name: field.k, type, codec: column?.codec ?? 'none', bytes: (column?.bytes ?? 0) + (exceptions?.bytes ?? 0) };
  });
}
