import * as types from 'node:util/types';
import { fieldName, type LogicalPlan, type StructPlan } from '../../columnar/plan.js';
import type { PhysicalNode } from '../../columnar/physical-node.js';
import type { Path } from '../../base/path.js';
import type { Filter, Test } from '../../options/where.js';

/** A filter as the core takes it: see crates/arrow-ckpt/src/decode/filter. */
export type NativeFilter = 'unknown' | { and: NativeFilter[] } | { or: NativeFilter[] } | { not: NativeFilter } | { test: NativeTest };

/** A condition on one leaf. `beside`: columns that hold a text where a row's value is another than the leaf's. */
interface NativeTest {
  column: number;
  path: number[];
  beside: number[];
  op: 'in' | 'gt' | 'gte' | 'lt' | 'lte';
  values: NativeLiteral[];
}

/** A value to compare with. `other`: one that no leaf holds. */
type NativeLiteral =
  | 'null'
  | 'other'
  | { number: number | 'NaN' | 'Infinity' | '-Infinity' }
  | { integer: string }
  | { bool: boolean }
  | { text: string }
  | { date: number };

/** Leaves of the plan whose values are those of the rows. */
const COMPARABLE: ReadonlySet<string> = new Set(['null', 'num', 'bool', 'text', 'date', 'big']);

/**
 * The filter for the core, over the columns of the file. It never rules a row out that the predicate would take, and is `unknown` where it
 * cannot tell.
 * `plan`: undefined for a file of another writer.
 */
export function nativeFilter(filter: Filter, plan: LogicalPlan | undefined, tree: readonly PhysicalNode[]): NativeFilter {
  if (filter.kind === 'not') return { not: nativeFilter(filter.of, plan, tree) };
  if (filter.kind === 'test') return nativeTest(filter.path, filter.test, plan, tree);
  const parts = filter.of.map((part) => nativeFilter(part, plan, tree));
  return filter.kind === 'and' ? { and: parts } : { or: parts };
}

function nativeTest(path: Path, test: Test, plan: LogicalPlan | undefined, tree: readonly PhysicalNode[]): NativeFilter {
  const compared = comparison(test);
  const place = compared === undefined ? undefined : plan === undefined ? foreignPlace(path, tree) : plannedPlace(path, plan, tree);
  return compared === undefined || place === undefined ? 'unknown' : { test: { ...place, ...compared } };
}

function comparison(test: Test): Pick<NativeTest, 'op' | 'values'> | undefined {
  if (test.op === 'exists') return undefined;
  if (test.op === 'in') return { op: 'in', values: test.values.map(literalOf) };
  const value = literalOf(test.value);
  if (test.op === 'eq') return { op: 'in', values: [value] };
  // What cannot be said to the core may still be less than something.
  return value === 'other' ? undefined : { op: test.op, values: [value] };
}

function literalOf(value: unknown): NativeLiteral {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number') return { number: Number.isFinite(value) ? value : (String(value) as 'NaN') };
  if (typeof value === 'bigint') return { integer: String(value) };
  if (typeof value === 'boolean') return { bool: value };
  // A text with a lone surrogate is in no column of texts.
  if (typeof value === 'string') return value.isWellFormed() ? { text: value } : 'other';
  if (types.isDate(value) && !Number.isNaN(value.getTime())) return { date: value.getTime() };
  return 'other';
}

type Place = Pick<NativeTest, 'column' | 'path' | 'beside'>;

/**
 * The keys to a place in rows whose own keys are `known`; undefined where rows may have either of a key with dots and the path, or have
 * neither.
 */
function stepsOf({ key, steps }: Path, known: ReadonlySet<string>): readonly string[] | undefined {
  const isKey = key !== undefined && known.has(key);
  if (steps === undefined) return isKey ? [key] : undefined;
  if (isKey) return known.has(steps[0] as string) ? undefined : [key];
  return steps;
}

function foreignPlace(path: Path, tree: readonly PhysicalNode[]): Place | undefined {
  const steps = stepsOf(path, new Set(tree.map((node) => node.name)));
  const indices = steps === undefined ? undefined : descend(steps, tree);
  return indices && { column: indices[0] as number, path: indices.slice(1), beside: [] };
}

/** The indices of nodes from struct to struct, down to a leaf. */
function descend(names: readonly string[], tree: readonly PhysicalNode[]): number[] | undefined {
  const indices: number[] = [];
  let nodes = tree;
  let kind: PhysicalNode['kind'] = 'struct';
  for (const name of names) {
    const node: PhysicalNode | undefined = kind === 'struct' ? nodes.find((other) => other.name === name) : undefined;
    if (node === undefined) return undefined;
    indices.push(nodes.indexOf(node));
    ({ kind, children: nodes = [] } = node);
  }
  return nodes.length === 0 ? indices : undefined;
}

function plannedPlace(path: Path, plan: LogicalPlan, tree: readonly PhysicalNode[]): Place | undefined {
  const steps = stepsOf(path, new Set(plan.row.f.map((field) => field.k)));
  if (steps === undefined) return undefined;
  const names: string[] = [];
  const beside: string[] = plan.x === undefined ? [] : [plan.x];
  let struct: StructPlan | undefined = plan.row;
  let type = '';
  for (const step of steps) {
    const field: StructPlan['f'][number] | undefined = struct?.f.find(({ k }) => k === step);
    if (field === undefined) return undefined;
    names.push(fieldName(field));
    if (field.v.x !== undefined) beside.push(field.v.x);
    type = field.v.t;
    struct = field.v.t === 'struct' ? field.v : undefined;
  }
  const indices = COMPARABLE.has(type) ? descend(names, tree) : undefined;
  const texts = beside.map((name) => tree.findIndex((node) => node.name === name));
  if (indices === undefined || texts.includes(-1)) return undefined;
  return { column: indices[0] as number, path: indices.slice(1), beside: texts };
}
