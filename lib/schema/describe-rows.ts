import type { FieldPlan, LogicalPlan, StructPlan, ValuePlan } from '../columnar/plan.js';
import type { CheckpointSchema, ColumnSchema, ColumnType, ValueSchema } from '../options/checkpoint-schema.js';
import { reasonFor } from './reason-for.js';
import type { SeenRows, SeenValues } from './seen.js';

/** The types of a plan's leaves. */
const LEAF_TYPES: Record<Exclude<ValuePlan['t'], 'list' | 'struct'>, ColumnType> = {
  null: 'null',
  num: 'number',
  bool: 'boolean',
  text: 'string',
  json: 'json',
  date: 'date',
  bytes: 'bytes',
  big: 'bigint',
  f64s: 'float64array',
  f32s: 'float32array',
};

/** The schema of rows from the plan that a save would have and from what was seen in them. */
export function describeRows(plan: LogicalPlan, seen: SeenRows): CheckpointSchema {
  const columns = plan.row.f.map((field) => {
    const values = seen.all.fields.get(field.k);
    const column = describeField(field, values, seen.rows);
    column.irregular = seen.irregular.get(field.k) ?? 0;
    column.reason = reasonFor(column, values);
    return column;
  });
  const irregularRows = seen.irregular.get(null) ?? 0;
  return { columns, rows: seen.rows, ...(irregularRows > 0 && { irregularRows }) };
}

function describeField({ k, v }: FieldPlan, seen: SeenValues | undefined, objects: number): ColumnSchema {
  const absent = seen === undefined || seen.keys < objects || seen.kinds.has('undefined');
  return { name: k, ...describeValue(v, seen), optional: absent };
}

function describeValue(plan: ValuePlan, seen: SeenValues | undefined): ValueSchema {
  const nullable = plan.t === 'null' || (seen?.nulls ?? 0) > 0;
  if (plan.t === 'list') return { type: 'list', nullable, element: describeValue(plan.e, seen?.element) };
  if (plan.t === 'struct') return { type: 'struct', nullable, fields: describeFields(plan, seen) };
  const type = LEAF_TYPES[plan.t];
  if (type !== 'number') return { type, nullable };
  return { type, stored: seen?.integers === false ? 'double' : 'int64', nullable };
}

function describeFields({ f }: StructPlan, seen: SeenValues | undefined): ColumnSchema[] {
  return f.map((field) => describeField(field, seen?.fields.get(field.k), seen?.objects ?? 0));
}
