import { ListNode, MAX_FIELDS, StructNode } from './containers.js';
import { BytesNode } from './bytes-node.js';
import { BoolNode, NumberNode, BigNode, DateNode } from './data-nodes.js';
import { FloatsNode } from './floats-node.js';
import { MapNode } from './map-node.js';
import { NullNode, type WriteNode } from './nodes.js';
import { Observed } from './observed.js';
import { JsonNode, TextNode } from './text-nodes.js';

/** A top-level column keeps its type while at most one value in this many has another: those are exceptions. */
const VALUES_PER_EXCEPTION = 16;
/**
 * A struct is a map by nature, and JSON text, if it has many fields of which each object has few: more than `MAP_FIELDS`, or more than
 * `NOVEL_MAP_FIELDS` where hardly two objects have the same ones. As a struct those would soon be of more shapes than it may have.
 */
const MAP_FIELDS = 64;
const NOVEL_MAP_FIELDS = 16;
const MAP_FIELDS_PER_KEY = 4;
/** Objects that one shape stands for on average, at most, where hardly two are the same; and how many must have been seen. */
const NOVEL_OBJECTS_PER_SHAPE = 2;
const NOVEL_OBJECTS = 32;
/** The same for whole rows, which are columns unless they are very sparse: each absent cell is a null to write. */
const SPARSE_ROW_FIELDS = 512;
const SPARSE_FIELDS_PER_KEY = 16;
/** Rows are sparse with fewer fields already if hardly a key comes twice. */
const NOVEL_ROW_FIELDS = 128;
const NOVEL_FIELDS_PER_KEY = 8;

/** Makes the plan fit the rows: fields for new keys, types for columns that were null so far. What has a type keeps it. */
export function evolve(root: StructNode, seen: Observed): void {
  if (isSparse(seen)) root.open = false;
  evolveStruct(root, seen, '', 0);
}

function evolveStruct(node: StructNode, seen: Observed, path: string, depth: number): void {
  for (const [key, field] of seen.fields) {
    const index = node.shapes.fieldOf.get(key);
    const below = path === '' ? key : `${path}.${key}`;
    if (index === undefined) {
      if (node.open && node.fields.length < MAX_FIELDS) node.addField(key, (name) => make(field, name, node.capacity, below, depth));
    } else {
      const old = node.fields[index] as WriteNode;
      const evolved = evolveNode(old, field, below, depth);
      if (evolved !== old) node.replaceField(index, evolved);
    }
  }
  node.settleShapes();
}

function evolveNode(node: WriteNode, seen: Observed, path: string, depth: number): WriteNode {
  if (node instanceof NullNode) return make(seen, node.name, node.capacity, path, depth);
  if (node instanceof StructNode) evolveStruct(node, seen, path, depth + 1);
  else if (node instanceof ListNode && !(node instanceof FloatsNode) && seen.element !== undefined) {
    node.children[0] = evolveNode(node.child, seen.element, `${path}[]`, depth + 1);
  }
  return node;
}

function make(seen: Observed, name: string, capacity: number, path: string, depth: number): WriteNode {
  const [kind, most] = seen.most();
  const json = () => new JsonNode(name, capacity, path, depth + 1);
  if (seen.total === 0) return new NullNode(name, capacity);
  // Exceptions stand beside top-level columns only, so below them any mixture is JSON text at once.
  if (kind === 'other' || seen.total - most > (depth === 0 ? seen.total / VALUES_PER_EXCEPTION : 0)) return json();
  switch (kind) {
    case 'num':
      return new NumberNode(name, capacity);
    case 'text':
      return new TextNode(name, capacity);
    case 'bool':
      return new BoolNode(name, capacity);
    case 'date':
      return new DateNode(name, capacity);
    case 'bytes':
      return new BytesNode(name, capacity);
    case 'big':
      return new BigNode(name, capacity);
    case 'f64':
    case 'f32':
      return new FloatsNode(name, capacity, kind);
    case 'list':
      return new ListNode(name, capacity, make(seen.element ?? new Observed(), 'element', 0, `${path}[]`, depth + 1));
    case 'struct': {
      if (isMap(seen)) return new MapNode(name, capacity, path, depth + 1);
      const node = new StructNode(name, capacity);
      evolveStruct(node, seen, path, depth + 1);
      return node;
    }
  }
}

function isMap({ fields, keys, structs, shapes }: Observed): boolean {
  if (fields.size > MAX_FIELDS) return true;
  const isNovel = structs >= NOVEL_OBJECTS && structs < shapes.size * NOVEL_OBJECTS_PER_SHAPE;
  return fields.size > (isNovel ? NOVEL_MAP_FIELDS : MAP_FIELDS) && fields.size * structs > keys * MAP_FIELDS_PER_KEY;
}

function isSparse({ fields, keys, structs }: Observed): boolean {
  if (keys > structs * MAX_FIELDS) return true; // no row could be columns
  const cells = fields.size * structs;
  if (fields.size > SPARSE_ROW_FIELDS && cells > keys * SPARSE_FIELDS_PER_KEY) return true;
  return fields.size > NOVEL_ROW_FIELDS && fields.size * 2 > keys && cells > keys * NOVEL_FIELDS_PER_KEY;
}
