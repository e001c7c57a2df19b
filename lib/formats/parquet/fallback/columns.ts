import type { PhysicalNode } from '../../../columnar/physical-node.js';
import { corrupt, refused, type ColumnReference, type References } from '../references.js';
import { leavesOf, type Field, type Leaf } from './fields.js';
import { nodeOf, typeName } from './field-type.js';
import type { HolderFile } from './holder-file.js';
import { leafTypeName } from './leaf-type-name.js';
import type { ParquetFile } from './parquet-file.js';
import { columnOfWords } from './column-of-words.js';

/** A top-level column as the plan knows it. */
export interface Column {
  name: string;
  node: PhysicalNode;
  /** Its type in words. */
  type: string;
  /** The field that is stored, or those that stand for it. */
  stored: readonly Field[];
  /** Undefined for a column all of whose values are here. */
  shared?: SharedColumn;
}

/** A column with values in other files: its stored fields, and where else its values are. */
export interface SharedColumn {
  rows: Leaf;
  holders: Leaf | undefined;
  own: Field | undefined;
  of: readonly Source[];
}

interface Source {
  holder: HolderFile;
  number: number;
  /** The column's name there. */
  column: string;
}

/** The columns of a file in which all values are. */
export function storedColumns({ fields }: ParquetFile): Column[] {
  return fields.map((field) => ({ name: field.name, node: nodeOf(field), type: typeName(field), stored: [field] }));
}

/**
 * The columns of a thin checkpoint: one in place of those that tell where its values are, as in crates/arrow-ckpt/src/decode/thin.rs.
 * @throws `ERR_CKPT_CORRUPT`, `ERR_CKPT_LIMIT` where the stored columns are not as the references say
 */
export function thinColumns(file: ParquetFile, references: References, holders: readonly HolderFile[]): Column[] {
  const byFirst = new Map([...references.columns].map(([name, reference]) => [reference.r, { name, reference }]));
  const whole = storedColumns(file);
  const columns: Column[] = [];
  for (let next = 0; next < whole.length;) {
    const column = whole[next] as Column;
    const found = byFirst.get(column.name);
    byFirst.delete(column.name);
    const made = found === undefined ? column : sharedColumn(file.fields.slice(next, next + 3), found.name, found.reference, holders);
    columns.push(made);
    next += made.stored.length;
  }
  for (const [first, { name }] of byFirst) throw corrupt(`it is said to be stored as '${first}', which is not there`, name);
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) throw corrupt('it is stored, and is in other files as well', name);
    names.add(name);
  }
  const nodes = columns.reduce((sum, { node }) => sum + countOf(node), 0);
  const { columns: most } = file.limits;
  if (nodes > most) throw refused(`its schema has ${nodes} nodes, more than ${most}`);
  return columns;
}

/** The stored columns of a reference are the first of `fields`. */
function sharedColumn(fields: readonly Field[], name: string, reference: ColumnReference, holders: readonly HolderFile[]): Column {
  const { r, h, v, of, t } = reference;
  const stored: Field[] = [];
  const take = (own: string): Field => {
    const field = fields[stored.length];
    if (field?.name !== own) throw corrupt(`the stored column '${own}' is not there, or not in its place`, name);
    stored.push(field);
    return field;
  };
  const whole = (own: string, physical: string, words: string): Leaf => {
    const field = take(own);
    if (field.kind === 'leaf' && field.element.type === physical && leafTypeName(field.element) === words) return field;
    throw corrupt(`the stored column '${own}' is not of the type ${words}`, name);
  };
  const rows = whole(r, 'INT64', 'int64');
  const numbers = h === undefined ? undefined : whole(h, 'INT32', 'int32');
  const own = v === undefined ? undefined : take(v);
  const sources = of.map(([number, column]) => ({ holder: holders[number] as HolderFile, number, column }));
  const shared = { rows, holders: numbers, own, of: sources };
  const field = own ?? heldField(shared);
  const told = field === undefined ? columnOfWords(name, t) : { node: { ...nodeOf(field), name }, type: typeName(field) };
  return { name, ...told, stored, shared };
}

/** The column in the first file that is there and has it. */
function heldField({ of }: SharedColumn): Field | undefined {
  for (const { holder, column } of of) {
    const field = holder.field(column);
    if (field !== undefined) return field;
  }
  return undefined;
}

function countOf({ children = [] }: PhysicalNode): number {
  return children.reduce((sum, child) => sum + countOf(child), 1);
}

/** Before columns are read. @throws `ERR_CKPT_BASE` where a file that has values of one is missing, or is another one */
export function checkHolders(columns: readonly Column[]): void {
  for (const { name, shared } of columns) for (const { holder } of shared?.of ?? []) holder.file(name);
}

/** Column chunks of each row group. */
export function chunksOf({ stored }: Column): number[] {
  return stored.flatMap(leavesOf).map((leaf) => leaf.ordinal);
}
