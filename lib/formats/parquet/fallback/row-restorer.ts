import type { LogicalPlan, StructPlan, ValuePlan } from '../../../columnar/plan.js';
import { fieldName } from '../../../columnar/plan.js';
import { buildShape } from '../../../base/build.js';
import { CheckpointError } from '../../../base/errors.js';
import type { Row } from '../../../base/rows.js';
import type { Projection } from '../../../select/projection.js';
import { decodeValue } from '../../../base/value/extended-json.js';

type Restore = (value: unknown) => unknown;

/**
 * How a row of the physical columns of a checkpoint becomes the row that was saved, by the logical plan of its footer: what the native
 * path does in lib/columnar/read, over values instead of arenas. `keep`: only this of it.
 */
export function rowRestorer(plan: LogicalPlan, keep?: Projection): (row: Row) => Row {
  const restore = structRestorer(plan.row, keep?.parts);
  const prune = keep?.isDeep === true ? keep : undefined;
  return (row) => {
    const whole = plan.x === undefined ? null : column(row, plan.x);
    if (whole !== null) return keep === undefined ? (decodeValue(whole as string) as Row) : keep.of(decodeValue(whole as string) as Row);
    const restored = restore(row) as Row;
    return prune === undefined ? restored : prune.of(restored);
  };
}

function structRestorer(plan: StructPlan, keep?: ReadonlyMap<string, unknown>): Restore {
  const kept = plan.f.map((field, index) => ({ field, index })).filter(({ field }) => keep === undefined || keep.has(field.k));
  const place = new Map(kept.map(({ index }, at) => [index, at]));
  const shapes = plan.s.map((shape) => shape.flatMap((index) => place.get(index) ?? []));
  const keys = kept.map(({ field }) => field.k);
  const readers = kept.map(({ field }) => {
    const name = fieldName(field);
    const restore = valueRestorer(field.v);
    const exceptions = field.v.x;
    return (row: Row): unknown => {
      const exception = exceptions === undefined ? null : column(row, exceptions);
      return exception === null ? restore(column(row, name)) : decodeValue(exception as string);
    };
  });
  return (value) => {
    if (value === null) return null;
    const row = value as Row;
    const shape = plan.h === undefined ? 0 : ((column(row, plan.h) ?? 0) as number);
    return buildShape(keys, shapes, shape, (field) => (readers[field] as (row: Row) => unknown)(row));
  };
}

function valueRestorer(plan: ValuePlan): Restore {
  if (plan.t === 'struct') return structRestorer(plan);
  if (plan.t === 'json') return (text) => (text === null ? null : decodeValue(text as string));
  if (plan.t === 'null') return () => null;
  if (plan.t === 'big') return (value) => (value === null ? null : BigInt(value as number | bigint));
  if (plan.t === 'f64s' || plan.t === 'f32s') {
    const Floats = plan.t === 'f64s' ? Float64Array : Float32Array;
    return (list) => (list === null ? null : new Floats(list as number[]));
  }
  if (plan.t !== 'list') return (value) => value;
  const restore = valueRestorer(plan.e);
  return (list) => (list === null ? null : (list as unknown[]).map(restore));
}

function column(row: Row, name: string): unknown {
  if (Object.hasOwn(row, name)) return row[name];
  throw new CheckpointError(
    'ERR_CKPT_CORRUPT',
    `column '${name}' of the plan in the footer is not in the file; the file was changed after it was written`,
    {
      column: name,
    },
  );
}
