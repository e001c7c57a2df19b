import { CheckpointError } from '../../base/errors.js';
import type { FloatArrays } from './float-array.js';
import type { Row } from '../../base/rows.js';
import type { Kept, Part } from '../../base/path.js';
import type { PhysicalNode } from '../physical-node.js';
import { variantShape, type VariantShape } from '../variant/variant-shape.js';
import { fieldName, type LogicalPlan, type StructPlan, type ValuePlan } from '../plan.js';

/** How a value is made from the views of a block. `node`: the index of its view, the node's place in pre-order. */
export type ReadNode = (LeafNode | ListRead | MapRead | StructRead | VariantRead) & { exceptions?: LeafNode };

export interface LeafNode {
  kind: 'number' | 'big' | 'bool' | 'text' | 'dict' | 'value' | 'null';
  node: number;
  /** The text is JSON. */
  json: boolean;
}

export interface ListRead {
  kind: 'list';
  node: number;
  element: ReadNode;
  /** The list was a float array. */
  floats?: FloatArrays;
}

export interface MapRead {
  kind: 'map';
  node: number;
  key: ReadNode;
  value: ReadNode;
  /** Keys are strings: an object; else an array of pairs. */
  object: boolean;
}

export interface StructRead {
  kind: 'struct';
  /** -1 for the row itself. */
  node: number;
  keys: string[];
  fields: ReadNode[];
  /** Field numbers of each shape; undefined for the files of others: every field, in order. */
  shapes?: number[][];
  shape?: LeafNode;
}

export interface VariantRead {
  kind: 'variant';
  node: number;
  /** Its parts, as those of any struct. */
  stored: StructRead;
  shape: VariantShape;
}

/** How rows are made. */
export interface RowRead {
  row: StructRead;
  /** Whole rows as JSON text. */
  texts?: LeafNode;
  /** What to keep of whole rows. */
  keep?: (row: Row) => Row;
}

const LEAF_KINDS: Partial<Record<PhysicalNode['kind'], LeafNode['kind']>> = {
  f64: 'number',
  int: 'number',
  bool: 'bool',
  text: 'text',
  dict: 'dict',
  null: 'null',
  bytes: 'value',
  date: 'value',
  timestamp: 'value',
};

/** The physical kinds that a leaf of the plan may have. */
const STORED_AS: Record<'num' | 'bool' | 'text' | 'json' | 'date' | 'bytes' | 'big', readonly PhysicalNode['kind'][]> = {
  num: ['int', 'f64'],
  bool: ['bool'],
  text: ['text', 'dict'],
  json: ['text', 'dict'],
  date: ['timestamp'],
  bytes: ['bytes'],
  big: ['int'],
};

interface Placed {
  node: number;
  physical: PhysicalNode;
}

/** Pre-order places of the nodes of a tree. */
export function place(tree: readonly PhysicalNode[]): Map<PhysicalNode, number> {
  const places = new Map<PhysicalNode, number>();
  const walk = (node: PhysicalNode): void => {
    places.set(node, places.size);
    node.children?.forEach(walk);
  };
  tree.forEach(walk);
  return places;
}

/** The rows of a file of another writer: its columns as they are. */
export function foreignRows(tree: readonly PhysicalNode[]): RowRead {
  const places = place(tree);
  return { row: { kind: 'struct', node: -1, keys: tree.map((node) => node.name), fields: tree.map((node) => foreign(node, places)) } };
}

function foreign(physical: PhysicalNode, places: ReadonlyMap<PhysicalNode, number>): ReadNode {
  const node = places.get(physical) as number;
  const children = physical.children ?? [];
  if (physical.kind === 'list') return { kind: 'list', node, element: foreign(children[0] as PhysicalNode, places) };
  const struct = (): StructRead => {
    return { kind: 'struct', node, keys: children.map((child) => child.name), fields: children.map((child) => foreign(child, places)) };
  };
  if (physical.kind === 'struct') return struct();
  if (physical.kind === 'variant') return { kind: 'variant', node, shape: variantShape(physical), stored: struct() };
  if (physical.kind === 'map') {
    const [key, value] = (children[0] as PhysicalNode).children as [PhysicalNode, PhysicalNode | undefined];
    const made = value === undefined ? ({ kind: 'null', node: -1, json: false } as const) : foreign(value, places);
    return { kind: 'map', node, key: foreign(key, places), value: made, object: key.kind === 'text' || key.kind === 'dict' };
  }
  return leaf({ node, physical }, false);
}

function leaf({ node, physical }: Placed, json: boolean): LeafNode {
  const kind = LEAF_KINDS[physical.kind];
  if (kind === undefined || (json && kind !== 'text' && kind !== 'dict')) throw misfit(physical.name);
  return { kind, node, json };
}

/** The rows of a file of ours. `keep`: only this of them. The tree holds at least the columns that it needs: see needed.ts. */
export function plannedRows(plan: LogicalPlan, tree: readonly PhysicalNode[], keep?: Kept): RowRead {
  const places = place(tree);
  const find = finder(tree, places);
  const row = struct(plan.row, -1, find, places, keep?.parts);
  const made: RowRead = { row };
  if (plan.x !== undefined) made.texts = leaf(find(plan.x), true);
  if (keep !== undefined) made.keep = (whole) => keep.of(whole);
  return made;
}

type Find = (name: string) => Placed;

function finder(nodes: readonly PhysicalNode[], places: ReadonlyMap<PhysicalNode, number>): Find {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return (name) => {
    const physical = byName.get(name);
    if (physical === undefined) throw misfit(name);
    return { physical, node: places.get(physical) as number };
  };
}

function struct(
  plan: StructPlan,
  node: number,
  find: Find,
  places: ReadonlyMap<PhysicalNode, number>,
  keep?: ReadonlyMap<string, Part>,
): StructRead {
  const kept = plan.f.map((field, index) => ({ field, index })).filter(({ field }) => keep === undefined || keep.has(field.k));
  const fields = kept.map(({ field }) => {
    const part = keep?.get(field.k);
    const made = planned(field.v, find(fieldName(field)), places, part?.whole === false ? part.parts : undefined);
    if (field.v.x !== undefined) made.exceptions = leaf(find(field.v.x), true);
    return made;
  });
  const place = new Map(kept.map(({ index }, at) => [index, at]));
  const shapes = plan.s.map((shape) => shape.filter((index) => place.has(index)).map((index) => place.get(index) as number));
  const made: StructRead = { kind: 'struct', node, keys: kept.map(({ field }) => field.k), fields, shapes };
  if (plan.h !== undefined) made.shape = leaf(find(plan.h), false);
  return made;
}

function planned(plan: ValuePlan, placed: Placed, places: ReadonlyMap<PhysicalNode, number>, keep?: ReadonlyMap<string, Part>): ReadNode {
  const { node, physical } = placed;
  const children = physical.children ?? [];
  if (plan.t === 'struct') {
    if (physical.kind !== 'struct') throw misfit(physical.name);
    return struct(plan, node, finder(children, places), places, keep);
  }
  if (plan.t === 'list') {
    const [child] = children;
    if (physical.kind !== 'list' || child === undefined) throw misfit(physical.name);
    return { kind: 'list', node, element: planned(plan.e, { physical: child, node: places.get(child) as number }, places) };
  }
  if (plan.t === 'f64s' || plan.t === 'f32s') {
    const [child] = children;
    if (physical.kind !== 'list' || child?.kind !== 'f64') throw misfit(physical.name);
    return { kind: 'list', node, element: leaf({ physical: child, node: places.get(child) as number }, false), floats: plan.t };
  }
  if (plan.t === 'null') return { kind: 'null', node, json: false };
  if (!STORED_AS[plan.t].includes(physical.kind)) throw misfit(physical.name);
  if (plan.t === 'big') return { kind: 'big', node, json: false };
  return leaf(placed, plan.t === 'json');
}

function misfit(name: string): CheckpointError {
  return new CheckpointError(
    'ERR_CKPT_CORRUPT',
    `column '${name}' is not as the plan in the file's footer says; the file was changed after it was written`,
    { column: name },
  );
}
