import { setOwn } from '../../../base/build.js';
import type { Row } from '../../../base/rows.js';
import { variantRestorer, type StoredVariant } from '../../../columnar/variant/variant-restorer.js';
import { variantShape } from '../../../columnar/variant/variant-shape.js';
import { leavesOf, type Field, type Leaf, type ListField, type StructField } from './fields.js';
import { nodeOf } from './field-type.js';
import type { LeafData } from './leaf-data.js';
import { becomesText } from './leaf-values.js';

/** Puts nested values together again from the levels of their leaves (Dremel's encoding), one value of a top-level field at a time. */
type Assembler<T = unknown> = (cursors: Cursors) => T;

/** Where each leaf stands, by ordinal. */
class Cursors {
  readonly #data: Map<number, { data: LeafData; entry: number; value: number }>;

  constructor(leaves: Map<number, LeafData>) {
    this.#data = new Map([...leaves].map(([ordinal, data]) => [ordinal, { data, entry: 0, value: 0 }]));
  }

  /** The definition level of the leaf's next entry. */
  definition(leaf: Leaf): number {
    const { data, entry } = this.#data.get(leaf.ordinal)!;
    if (entry >= data.count) throw new Error('entries are missing');
    return data.definitions === null ? leaf.definition : data.definitions[entry]!;
  }

  /** The repetition level of the leaf's next entry; 0 after the last. */
  repetition(leaf: Leaf): number {
    const { data, entry } = this.#data.get(leaf.ordinal)!;
    return data.repetitions === null || entry >= data.count ? 0 : data.repetitions[entry]!;
  }

  /** Takes the leaf's next entry: its value, or null. */
  take(leaf: Leaf): unknown {
    const isValue = this.definition(leaf) === leaf.definition;
    const cursor = this.#data.get(leaf.ordinal)!;
    cursor.entry++;
    return isValue ? cursor.data.values[cursor.value++] : null;
  }

  atEnd(leaf: Leaf): boolean {
    const { data, entry } = this.#data.get(leaf.ordinal)!;
    return entry >= data.count;
  }
}

/** The values of one top-level field in a row group of `rows` rows. */
export function assembleColumn(field: Field, leaves: Map<number, LeafData>, rows: number): unknown[] {
  if (field.kind === 'leaf') return flatColumn(field, leaves.get(field.ordinal)!, rows);
  const cursors = new Cursors(leaves);
  const next = assembler(field);
  const ends = leavesOf(field);
  const column = new Array<unknown>(rows);
  for (let row = 0; row < rows; row++) {
    for (const leaf of ends) if (cursors.repetition(leaf) !== 0) throw new Error('a row begins in the middle of a list');
    column[row] = next(cursors);
  }
  if (!ends.every((leaf) => cursors.atEnd(leaf))) throw new Error('there are more entries than rows');
  return column;
}

function flatColumn(leaf: Leaf, { count, definitions, values }: LeafData, rows: number): unknown[] {
  if (count !== rows) throw new Error(`${count} values for ${rows} rows`);
  if (definitions === null) return values;
  const column = new Array<unknown>(rows);
  let next = 0;
  for (let row = 0; row < rows; row++) column[row] = definitions[row] === leaf.definition ? values[next++] : null;
  return column;
}

function assembler(field: Field): Assembler {
  if (field.kind === 'leaf') return (cursors) => cursors.take(field);
  const leaves = leavesOf(field);
  const first = leaves[0]!;
  const content = field.kind === 'struct' ? structContent(field) : listContent(field, leaves);
  if (!field.nullable) return content;
  const isList = field.kind !== 'struct';
  return (cursors) => {
    if (cursors.definition(first) >= field.definition) return content(cursors);
    do for (const leaf of leaves) cursors.take(leaf);
    // DuckDB writes a null array of n items as n nulls, not as one; the native reader takes them for one null as well.
    while (isList && cursors.repetition(first) === field.repetition && cursors.definition(first) < field.definition);
    return null;
  };
}

function structContent(field: StructField): Assembler {
  if (field.variant !== undefined) return variantContent(field);
  return partsContent(field.children);
}

function variantContent(field: StructField): Assembler {
  const restore = variantRestorer(variantShape(nodeOf(field)));
  const parts = partsContent(field.children);
  return (cursors) => restore(parts(cursors) as unknown as StoredVariant);
}

function partsContent(children: Field[]): Assembler<Row> {
  const members = children.map((child) => ({ name: child.name, next: assembler(child) }));
  return (cursors) => {
    const value: Row = {};
    for (const { name, next } of members) setOwn(value, name, next(cursors));
    return value;
  };
}

function listContent(field: ListField, leaves: Leaf[]): Assembler {
  const first = leaves[0]!;
  const nextItem = assembler(field.item);
  const finish = field.kind === 'map' ? mapValue(field.item) : (items: unknown[]): unknown => items;
  return (cursors) => {
    const items: unknown[] = [];
    if (cursors.definition(first) <= field.definition) {
      for (const leaf of leaves) cursors.take(leaf);
      return finish(items);
    }
    do items.push(nextItem(cursors));
    while (cursors.repetition(first) === field.repetition);
    return finish(items);
  };
}

/** A map whose keys become strings is an object, any other an array of [key, value]. Of equal keys the last wins. */
function mapValue(item: Field): (entries: unknown[]) => unknown {
  const [key, value] = item.kind === 'struct' ? item.children : [];
  if (key === undefined || value === undefined) throw new Error('a map without key and value');
  const pairs = (entries: unknown[]): [unknown, unknown][] =>
    entries.map((entry) => [(entry as Row)[key.name], (entry as Row)[value.name]]);
  if (key.kind !== 'leaf' || !becomesText(key.element)) return pairs;
  return (entries) => {
    const object: Row = {};
    for (const [name, member] of pairs(entries)) setOwn(object, String(name), member);
    return object;
  };
}
