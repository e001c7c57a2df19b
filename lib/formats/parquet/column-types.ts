import type { LogicalPlan, ValuePlan } from '../../columnar/plan.js';
import { fieldName } from '../../columnar/plan.js';
import type { PhysicalNode } from '../../columnar/physical-node.js';
import { ListNode, StructNode } from '../../columnar/write/containers.js';
import { NumberNode } from '../../columnar/write/data-nodes.js';
import type { WriteNode } from '../../columnar/write/nodes.js';
import type { SaveOptions } from '../../store/store.js';
import type { ParquetFacts } from './parquet-facts.js';
import type { ShareRequest } from './pool.js';

/** The type of a column, a field or an element, as files of one folder have it. */
export interface SeenType {
  t: ValuePlan['t'];
  /** Of numbers: how they are stored. */
  num?: 'int' | 'float' | 'double';
  /** Of a list. */
  element?: SeenType;
  /** Of a struct. */
  fields?: ColumnTypes;
  /** So many values are of another kind that the column should be JSON text, and is not. */
  isMixed?: true;
}

/** Types by key, in the order in which the keys came. */
export type ColumnTypes = Map<string, SeenType>;

/** Options of a save whose columns have types beforehand: of the files beside it, of a schema. */
export interface TypedWriteOptions extends SaveOptions {
  /** Those that come first count where they differ; a number that one of them makes a double is one. */
  types?: readonly ColumnTypes[];
  /** The columns have these types and no others, whatever `types` and the rows show: those of `fixedColumns`, where there is no schema. */
  fixed?: ColumnTypes;
  /** Values that earlier files have are not written again. */
  sharing?: ShareRequest;
  /** Of a part: the number of its first row among those of the folder. */
  firstRow?: number;
}

/** A column keeps its type while at most one value in this many has another: as within one file. */
const VALUES_PER_EXCEPTION = 16;
/** Files are not written again for each new key where rows have many. */
const MAX_KEYS = 64;

/** The types of a file's columns; undefined for a file of another writer. */
export function typesOf(file: ParquetFacts): ColumnTypes | undefined {
  const types = storedTypesOf(file);
  if (types === undefined) return undefined;
  for (const { name, exceptions, nulls } of file.info().columns) {
    const values = file.rows - (nulls ?? 0) + (exceptions ?? 0);
    if ((exceptions ?? 0) * VALUES_PER_EXCEPTION > values) types.set(name, { t: 'json', isMixed: true });
  }
  return types;
}

/** The types of a file's columns exactly as they are in it: for a copy. */
export function storedTypesOf(file: ParquetFacts): ColumnTypes | undefined {
  const words = new Map(file.columns.map(({ name, type }) => [name, type]));
  const isSingle = (name: string): boolean => /\bfloat\b|float32/.test(words.get(name) ?? '');
  return file.plan === undefined ? undefined : fieldsOf(file.plan.row, file.tree, isSingle);
}

function fieldsOf(struct: LogicalPlan['row'], nodes: readonly PhysicalNode[], isSingle: (name: string) => boolean): ColumnTypes {
  const types: ColumnTypes = new Map();
  for (const field of struct.f) {
    const name = fieldName(field);
    const node = nodes.find((child) => child.name === name);
    types.set(field.k, typeOf(field.v, node, isSingle(name)));
  }
  return types;
}

function typeOf(plan: ValuePlan, node: PhysicalNode | undefined, isSingle: boolean): SeenType {
  const { t } = plan;
  if (t === 'num') return { t, num: node?.kind === 'int' ? 'int' : isSingle ? 'float' : 'double' };
  const children = node?.children ?? [];
  if (t === 'list') return { t, element: typeOf(plan.e, children[0], isSingle) };
  if (t === 'struct') return { t, fields: fieldsOf(plan, children, () => isSingle) };
  return { t };
}

/** The narrowest types that hold the values of both. Values of different kinds become JSON text. */
export function widest(one: ColumnTypes, other: ColumnTypes): ColumnTypes {
  const types: ColumnTypes = new Map(one);
  for (const [key, type] of other) {
    const before = types.get(key);
    types.set(key, before === undefined ? plain(type) : wider(before, type));
  }
  return types;
}

function plain(type: SeenType): SeenType {
  return type.isMixed === true ? { t: 'json' } : type;
}

function wider(one: SeenType, other: SeenType): SeenType {
  if (one.t === 'null') return plain(other);
  if (other.t === 'null') return plain(one);
  if (one.t !== other.t || one.t === 'json') return { t: 'json' };
  if (one.t === 'num') return one.num === other.num ? one : { t: 'num', num: 'double' };
  if (one.element !== undefined && other.element !== undefined) return { t: 'list', element: wider(one.element, other.element) };
  if (one.fields !== undefined && other.fields !== undefined) return { t: 'struct', fields: widest(one.fields, other.fields) };
  return one;
}

/** Whether the columns of a file are all of these, and of these types: some engines take the columns of the first file for all. */
export function areOf(file: ColumnTypes, types: ColumnTypes): boolean {
  if (file.size !== types.size && types.size <= MAX_KEYS) return false;
  return [...file].every(([key, type]) => isOf(type, types.get(key)));
}

function isOf(type: SeenType, other: SeenType | undefined): boolean {
  if (other === undefined || type.isMixed === true || type.t !== other.t || type.num !== other.num) return false;
  if (type.element !== undefined) return isOf(type.element, other.element);
  return type.fields === undefined || (type.fields.size === other.fields?.size && areOf(type.fields, other.fields));
}

/** Stores numbers as doubles, also where all of them are integers, as the types say. */
export function widenNumbers(root: StructNode, types: ColumnTypes): void {
  for (const [key, type] of types) {
    const field = root.shapes.fieldOf.get(key);
    if (field !== undefined) widenNode(root.fields[field] as WriteNode, type);
  }
}

function widenNode(node: WriteNode, { num, element, fields }: SeenType): void {
  if (node instanceof NumberNode) node.isDouble ||= num === 'double';
  else if (node instanceof StructNode) widenNumbers(node, fields ?? new Map());
  else if (node instanceof ListNode && element !== undefined) widenNode(node.child, element);
}
