/**
 * The logical plan: how the columns of the file make the rows. Kept as JSON in the footer's key-value `arrow-ckpt.plan`;
 * FORMAT.md describes it. Keys are short because a plan of thousands of columns is part of every file.
 */
export interface LogicalPlan {
  /** The row itself. */
  row: StructPlan;
  /** Name of the hidden column with whole rows as JSON text, for rows that no shape holds. */
  x?: string;
}

/** What the slots of a column, a struct's field or a list's element hold. */
export type ValuePlan = (LeafPlan | ListPlan | StructPlan) & {
  /** Name of the hidden column with this column's exceptions as JSON text; top-level columns only. */
  x?: string;
};

interface LeafPlan {
  /** `json`: each value is JSON text. `big`: a bigint in an int64. `f64s`, `f32s`: a float array in a list of its elements. */
  t: 'null' | 'num' | 'bool' | 'text' | 'json' | 'date' | 'bytes' | 'big' | 'f64s' | 'f32s';
}

interface ListPlan {
  t: 'list';
  e: ValuePlan;
}

export interface StructPlan {
  t: 'struct';
  /** The fields in order of first appearance. */
  f: FieldPlan[];
  /** The shapes: which fields an object has, in which order. */
  s: number[][];
  /** Name of the hidden int32 with the number of each object's shape, null for shape 0; absent while there is one shape. */
  h?: string;
}

export interface FieldPlan {
  /** The key in the rows. */
  k: string;
  /** The name in the file, where it differs from the key. */
  n?: string;
  v: ValuePlan;
}

/** The physical plan that crosses to the core: see crates/arrow-ckpt/src/encode/plan.rs. */
export interface PhysicalPlan {
  n: string;
  t: 'null' | 'num' | 'bool' | 'text' | 'i32' | 'date' | 'bytes' | 'big' | 'f64' | 'f32' | 'list' | 'struct';
  c?: PhysicalPlan[];
  /** The leaf gets bloom filters. */
  b?: true;
}

/** A field's name in the file. */
export function fieldName(field: FieldPlan): string {
  return field.n ?? field.k;
}
