import { fieldName, type ValuePlan } from '../../columnar/plan.js';
import type { PhysicalNode } from '../../columnar/physical-node.js';
import type { ParquetFacts } from '../parquet/parquet-facts.js';

/**
 * What the values of a column are in JavaScript, as far as parts must agree on it. Numbers of all widths are one class, since each loads
 * as what it is; so are times of all units.
 */
export interface ValueClass {
  /** `any`: JSON text of ours, which holds anything; `null`: nothing. */
  of: string;
  element?: ValueClass;
  fields?: ReadonlyMap<string, ValueClass>;
}

const LEAVES: Record<Exclude<ValuePlan['t'], 'list' | 'struct'>, string> = {
  null: 'null',
  num: 'number',
  bool: 'boolean',
  text: 'text',
  json: 'any',
  date: 'date',
  bytes: 'bytes',
  big: 'bigint',
  f64s: 'Float64Array',
  f32s: 'Float32Array',
};

const KINDS: Record<Exclude<PhysicalNode['kind'], 'struct' | 'list' | 'map' | 'text'>, string> = {
  null: 'null',
  f64: 'number',
  int: 'number',
  bool: 'boolean',
  dict: 'text',
  bytes: 'bytes',
  date: 'date',
  timestamp: 'date',
  variant: 'variant',
};

/** The classes of a file's columns, by the keys of its rows. */
export function classesOf({ plan, tree, columns }: ParquetFacts): Map<string, ValueClass> {
  const classes = new Map<string, ValueClass>();
  if (plan === undefined) {
    const words = new Map(columns.map(({ name, type }) => [name, type]));
    for (const node of tree) classes.set(node.name, foreignClass(node, words.get(node.name) ?? ''));
  } else for (const { k, v } of plan.row.f) classes.set(k, plannedClass(v));
  return classes;
}

function plannedClass(plan: ValuePlan): ValueClass {
  if (plan.t === 'list') return { of: 'list', element: plannedClass(plan.e) };
  if (plan.t === 'struct') return { of: 'object', fields: new Map(plan.f.map((field) => [fieldName(field), plannedClass(field.v)])) };
  return { of: LEAVES[plan.t] };
}

/** `words`: the type of a top-level column, which tells decimals and times from texts. */
function foreignClass({ kind, children = [] }: PhysicalNode, words: string): ValueClass {
  if (kind === 'struct') return { of: 'object', fields: new Map(children.map((child) => [child.name, foreignClass(child, '')])) };
  if (kind === 'list') return { of: 'list', element: foreignClass(children[0] as PhysicalNode, '') };
  if (kind === 'map') return { of: 'map', element: { of: 'object', fields: new Map(children.map((c) => [c.name, foreignClass(c, '')])) } };
  if (kind === 'text' || kind === 'dict') return { of: /^(?:decimal|time|uuid|interval)/.exec(words)?.[0] ?? 'text' };
  return { of: KINDS[kind] };
}

/** The class that holds the values of both as they are; undefined where there is none. */
export function joined(one: ValueClass, other: ValueClass): ValueClass | undefined {
  if (one.of === 'null' || other.of === 'any') return other;
  if (other.of === 'null' || one.of === 'any') return one;
  if (one.of !== other.of) return undefined;
  if (one.element !== undefined && other.element !== undefined) {
    const element = joined(one.element, other.element);
    return element && { ...one, element };
  }
  if (one.fields === undefined || other.fields === undefined) return one;
  const fields = new Map(one.fields);
  for (const [name, value] of other.fields) {
    const before = fields.get(name);
    const both = before === undefined ? value : joined(before, value);
    if (both === undefined) return undefined;
    fields.set(name, both);
  }
  return { ...one, fields };
}
