import type { Row } from '../../base/rows.js';
import { decodeValue } from '../../base/value/extended-json.js';
import { buildShape, makeMap } from '../../base/build.js';
import { floatArray } from './float-array.js';
import { variantRestorer, type StoredVariant } from '../variant/variant-restorer.js';
import type { LeafNode, ListRead, MapRead, ReadNode, RowRead, StructRead, VariantRead } from './tree.js';
import type { Materialise, NodeView } from './views.js';

type Read = (slot: number) => unknown;

/** What the generated code does, by closures: for where code generation is forbidden, and where a compilation does not pay. */
export function closureMaterialise(plan: RowRead): Materialise {
  const keep = plan.keep ?? ((row: Row) => row);
  return (views, rows, out, at) => {
    const makeRow = structReader(plan.row, views);
    const whole = plan.texts === undefined ? undefined : leafReader(plan.texts, views);
    for (let row = 0; row < rows; row++) {
      const text = whole?.(row) ?? null;
      out[at + row] = text === null ? (makeRow(row) as Row) : keep(text as Row);
    }
  };
}

export function reader(node: ReadNode, views: readonly NodeView[]): Read {
  const regular = regularReader(node, views);
  if (node.exceptions === undefined) return regular;
  const { valid } = views[node.exceptions.node] as NodeView;
  const exception = leafReader(node.exceptions, views);
  return (slot) => (valid[slot] === 1 ? exception(slot) : regular(slot));
}

function regularReader(node: ReadNode, views: readonly NodeView[]): Read {
  if (node.kind === 'list') return listReader(node, views);
  if (node.kind === 'map') return mapReader(node, views);
  if (node.kind === 'struct') return structReader(node, views);
  if (node.kind === 'variant') return variantReader(node, views);
  return leafReader(node, views);
}

export function leafReader({ kind, node, json }: LeafNode, views: readonly NodeView[]): Read {
  if (kind === 'null') return () => null;
  const view = views[node] as NodeView;
  const { valid, data, text, dict } = view;
  if (kind === 'bool') return (slot) => (valid[slot] === 1 ? data[slot] === 1 : null);
  if (kind === 'dict') return (slot) => (valid[slot] === 1 ? whole(dict[data[slot] as number] as string, json) : null);
  if (kind === 'big') return (slot) => (valid[slot] === 1 ? BigInt(data[slot] as number | bigint) : null);
  if (kind !== 'text') return (slot) => (valid[slot] === 1 ? data[slot] : null);
  return (slot) => (valid[slot] === 1 ? whole(text.slice(startOf(view, slot), data[slot] as number), json) : null);
}

function whole(text: string, json: boolean): unknown {
  return json ? decodeValue(text) : text;
}

/** Where the text or the elements of a slot start: at the end of the slot before. */
function startOf({ data }: NodeView, slot: number): number {
  return slot === 0 ? 0 : (data[slot - 1] as number);
}

function listReader({ node, element, floats }: ListRead, views: readonly NodeView[]): Read {
  const view = views[node] as NodeView;
  const { valid, data } = view;
  if (floats !== undefined) {
    const elements = (views[(element as LeafNode).node] as NodeView).data as Float64Array | Float32Array;
    return (slot) => (valid[slot] === 1 ? floatArray(floats, elements, startOf(view, slot), data[slot] as number) : null);
  }
  const read = reader(element, views);
  return (slot) => {
    if (valid[slot] !== 1) return null;
    const list: unknown[] = [];
    for (let at = startOf(view, slot); at < (data[slot] as number); at++) list.push(read(at));
    return list;
  };
}

function mapReader({ node, key, value, object }: MapRead, views: readonly NodeView[]): Read {
  const view = views[node] as NodeView;
  const readKey = reader(key, views);
  const readValue = reader(value, views);
  return (slot) => {
    if (view.valid[slot] !== 1) return null;
    const keys: unknown[] = [];
    const values: unknown[] = [];
    for (let at = startOf(view, slot); at < (view.data[slot] as number); at++) {
      keys.push(readKey(at));
      values.push(readValue(at));
    }
    return makeMap(keys, values, 0, keys.length, object);
  };
}

function variantReader({ stored, shape }: VariantRead, views: readonly NodeView[]): Read {
  const read = structReader(stored, views);
  const restore = variantRestorer(shape);
  return (slot) => {
    const parts = read(slot);
    return parts === null ? null : restore(parts as StoredVariant);
  };
}

function structReader({ node, keys, fields, shapes, shape }: StructRead, views: readonly NodeView[]): Read {
  const valid = node < 0 ? undefined : (views[node] as NodeView).valid;
  const readers = fields.map((field) => reader(field, views));
  const readShape = shape === undefined ? undefined : leafReader(shape, views);
  const all = [keys.map((_, index) => index)];
  return (slot) => {
    if (valid !== undefined && valid[slot] !== 1) return null;
    const number = (readShape?.(slot) ?? 0) as number;
    return buildShape(keys, shapes ?? all, number, (field) => (readers[field] as Read)(slot));
  };
}
