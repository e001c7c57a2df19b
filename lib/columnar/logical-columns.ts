import { fieldName, type LogicalPlan } from './plan.js';
import type { ColumnInfo } from '../options/options.js';

/** A top-level column as both readers of Parquet describe it: of a list or a struct they do not know the nulls. */
export type FileColumn = Omit<ColumnInfo, 'stored' | 'exceptions'>;

/** The columns by the keys of the rows: the hidden column of exceptions counts with its column. A file of another writer has no plan. */
export function logicalColumns(columns: readonly FileColumn[], plan: LogicalPlan | undefined, rows: number): ColumnInfo[] {
  if (plan === undefined) return columns.map((column) => ({ ...column, stored: column.type, exceptions: 0 }));
  const byName = new Map(columns.map((column) => [column.name, column]));
  return plan.row.f.map((field) => {
    const column = byName.get(fieldName(field));
    const beside = field.v.x === undefined ? undefined : byName.get(field.v.x);
    const stored = column?.type ?? 'null';
    return {
      name: field.k,
      type: field.v.t === 'json' || field.v.t === 'null' ? field.v.t : stored,
      codec: column?.codec ?? 'none',
      bytes: (column?.bytes ?? 0) + (beside?.bytes ?? 0),
      stored,
      encodings: column?.encodings ?? [],
      nulls: column?.nulls ?? null,
      exceptions: field.v.x === undefined ? 0 : exceptionsIn(beside, rows),
    };
  });
}

/** A column of exceptions is null but where there is one. */
function exceptionsIn(column: FileColumn | undefined, rows: number): number | null {
  return column === undefined || column.nulls === null ? null : rows - column.nulls;
}
