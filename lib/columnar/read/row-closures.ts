import type { Row } from '../../rows.js';
import { decodeValue } from '../../value/extended-json.js';
import { buildShape, keepKeys, makeMap } from './build.js';
import { floatArray } from './typed-arrays.js';
import type { LeafNode, ListRead, MapRead, ReadNode, RowRead, StructRead } from './tree.js';
import type { Materialise, NodeView } from './views.js';

type Read = (slot: number) => unknown;

/** What the generated code does, by closures, for where code generation is forbidden. Slots of a node are visited once each, in order. */
export function closureMaterialise(plan: RowRead): Materialise {
  return (views, rows, out) => {
    const makeRow = structReader(plan.row, views);
    const whole = plan.texts === undefined ? undefined : leafReader(plan.texts, views);
    for (let row = 0; row < rows; row++) {
      const made = makeRow(row) as Row;
      const text = whole?.(row) ?? null;
      out.push(text === null ? made : keepKeys(text as Row, plan.keep));
    }
  };
}

function reader(node: ReadNode, views: readonly NodeView[]): Read {
  const regular = regularReader(node, views);
  if (node.exceptions === undefined) return regular;
  const view = views[node.exceptions.node] as NodeView;
  const exception = leafReader(node.exceptions, views);
  return (slot) => {
    const value = regular(slot);
    const other = exception(slot);
    return view.valid[slot] === 1 ? other : value;
  };
}

function regularReader(node: ReadNode, views: readonly NodeView[]): Read {
  if (node.kind === 'list') return listReader(node, views);
  if (node.kind === 'map') return mapReader(node, views);
  if (node.kind === 'struct') return structReader(node, views);
  return leafReader(node, views);
}

function leafReader({ kind, node, json }: LeafNode, views: readonly NodeView[]): Read {
  if (kind === 'null') return () => null;
  const { valid, data, text, dict } = views[node] as NodeView;
  if (kind === 'bool') return (slot) => (valid[slot] === 1 ? data[slot] === 1 : null);
  if (kind === 'dict') return (slot) => (valid[slot] === 1 ? whole(dict[data[slot] as number] as string, json) : null);
  if (kind === 'big') return (slot) => (valid[slot] === 1 ? BigInt(data[slot] as number | bigint) : null);
  if (kind !== 'text') return (slot) => (valid[slot] === 1 ? data[slot] : null);
  let start = 0;
  return (slot) => {
    const from = start;
    start = data[slot] as number;
    return valid[slot] === 1 ? whole(text.slice(from, start), json) : null;
  };
}

function whole(text: string, json: boolean): unknown {
  return json ? decodeValue(text) : text;
}

function listReader({ node, element, floats }: ListRead, views: readonly NodeView[]): Read {
  const { valid, data } = views[node] as NodeView;
  if (floats !== undefined) {
    const elements = (views[(element as LeafNode).node] as NodeView).data as Float64Array;
    const start = (slot: number) => (slot === 0 ? 0 : (data[slot - 1] as number));
    return (slot) => (valid[slot] === 1 ? floatArray(floats, elements, start(slot), data[slot] as number) : null);
  }
  const read = reader(element, views);
  let cursor = 0;
  return (slot) => {
    if (valid[slot] !== 1) return null;
    const list: unknown[] = [];
    for (const end = data[slot] as number; cursor < end; cursor++) list.push(read(cursor));
    return list;
  };
}

function mapReader(node: MapRead, views: readonly NodeView[]): Read {
  const { valid, data } = views[node.node] as NodeView;
  const readKey = reader(node.key, views);
  const readValue = reader(node.value, views);
  let cursor = 0;
  return (slot) => {
    if (valid[slot] !== 1) return null;
    const pairs: [unknown, unknown][] = [];
    for (const end = data[slot] as number; cursor < end; cursor++) pairs.push([readKey(cursor), readValue(cursor)]);
    return makeMap(pairs, node.object);
  };
}

function structReader({ node, keys, fields, shapes, shape }: StructRead, views: readonly NodeView[]): Read {
  const valid = node < 0 ? undefined : (views[node] as NodeView).valid;
  const readers = fields.map((field) => reader(field, views));
  const readShape = shape === undefined ? undefined : leafReader(shape, views);
  const all = [keys.map((_, index) => index)];
  return (slot) => {
    // Every field is read, also of null structs and absent ones: their cursors must move on.
    const values = readers.map((read) => read(slot));
    const number = (readShape?.(slot) ?? 0) as number;
    if (valid !== undefined && valid[slot] !== 1) return null;
    return buildShape(keys, shapes ?? all, number, values);
  };
}
