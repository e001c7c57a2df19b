import type { Row } from '../../base/rows.js';
import { compile, quote } from '../../base/generate.js';
import { hasOnlyElements, ListNode, StructNode } from './containers.js';
import type { RootNode } from './root-node.js';
import type { Shape } from './shapes.js';
import { BytesNode } from './bytes-node.js';
import { BoolNode, NumberNode, BigNode, DateNode } from './data-nodes.js';
import { FloatsNode } from './floats-node.js';
import type { FillContext, PutRow, WriteNode } from './nodes.js';
import { JsonNode, TextNode } from './text-nodes.js';

/**
 * One array in this number, a power of 2, is searched for keys beyond its elements: to search each would cost more than to store it.
 * Those of the first chunk are all looked at, and the usual case, the match of a regular expression, shows by its `index`.
 */
const ARRAYS_PER_LOOK = 32;

/** Longer arrays are always looked at: a Proxy may say any length, and room is made for it. */
const LONG_LIST = 1 << 16;

/** Fills the root's scratch from `count` rows from `start` on. */
export type Fill = (rows: readonly Row[], start: number, count: number, context: FillContext) => void;

/** Columns beyond this make a function that V8 would not optimise; closures are as good then. */
const MAX_GENERATED_NODES = 1500;

/**
 * Generates the filling loop for rows of `shape`: each key read once by its name, each value stored where it belongs, everything that is
 * not as planned handed to the closures of `root`. Called once per chunk, so that V8 optimises the function as a whole: one long loop is
 * entered by on-stack replacement and takes more than twice the time (ARCHITECTURE.md, law 3). Undefined where code generation is
 * forbidden.
 */
export function generateFill(root: RootNode, shape: Shape): Fill | undefined {
  const writer = new FillWriter();
  const columns = shape.fields.map((field, index) => writer.column(root.fields[field] as WriteNode, field, shape.keys[index] as string));
  if (writer.nodes.length > MAX_GENERATED_NODES) return undefined;
  const absent = shape.absent.map((field) => `${writer.use(root.fields[field] as WriteNode)}.putNull(i);`);
  const shapeId = root.shapeNode === undefined ? '' : `R.putShape(i, ${shape.id});`;
  const body = `${writer.head}
const KR = rowKeys;
return function fill(rows, start, count, X) {
${writer.hoisted.join('\n')}
for (let i = 0; i < count; i++) {
const r = rows[start + i];
${checkStruct('r', 'KR', shape.keys.length, `{ R.putRow(i, r, X); continue; }`)}
${columns.join('\n')}
${absent.join('\n')}
${shapeId}
}
};`;
  return compile<MakeCode<Fill>>(PARAMETERS, body)?.(root, writer.nodes, writer.keyLists, shape.keys, hasOnlyElements);
}

/**
 * Generates the same for single rows of `shape`, where rows of many shapes take turns: whoever calls it has found the shape. The scratch of
 * top-level columns stays where it is while the plan does, so it is loaded once and for all.
 */
export function generatePut(root: RootNode, shape: Shape): PutRow | undefined {
  const writer = new FillWriter();
  const columns = shape.fields.map((field, index) => writer.column(root.fields[field] as WriteNode, field, shape.keys[index] as string));
  if (writer.nodes.length > MAX_GENERATED_NODES) return undefined;
  const absent = shape.absent
    .filter((field) => !root.isCleared(field))
    .map((field) => `${writer.use(root.fields[field] as WriteNode)}.putNull(i);`);
  const body = `${writer.head}
${writer.hoisted.join('\n')}
return function put(i, r, X) {
${columns.join('\n')}
${absent.join('\n')}
${root.shapeNode === undefined ? '' : `R.putShape(i, ${shape.id});`}
};`;
  return compile<MakeCode<PutRow>>(PARAMETERS, body)?.(root, writer.nodes, writer.keyLists, shape.keys, hasOnlyElements);
}

/** What generated code is given. */
type MakeCode<T> = (root: RootNode, nodes: WriteNode[], keys: string[][], rowKeys: string[], only: typeof hasOnlyElements) => T;
const PARAMETERS = ['R', 'N', 'keys', 'rowKeys', 'hasOnlyElements'];

/** Statements that run `otherwise` unless `value` is a plain object with exactly the keys of the list `keys`, in order. */
function checkStruct(value: string, keys: string, count: number, otherwise: string): string {
  const index = `k_${value}`;
  return `let ${index} = -1;
if (typeof ${value} === 'object' && ${value} !== null && (protoOf(${value}) === OP || protoOf(${value}) === null)) {
${index} = 0;
for (const key in ${value}) { if (key !== ${keys}[${index}]) { ${index} = -1; break; } ${index}++; }
}
if (${index} !== ${count}) ${otherwise}`;
}

class FillWriter {
  readonly nodes: WriteNode[] = [];
  readonly keyLists: string[][] = [];
  /** Scratch arrays that cannot move while a chunk fills, loaded once. */
  readonly hoisted: string[] = [];
  #names = 0;

  /** Names for what the code is given; to be read when all of it is written. */
  get head(): string {
    return `
${this.nodes.map((_, index) => `const n${index} = N[${index}];`).join('\n')}
${this.keyLists.map((_, index) => `const K${index} = keys[${index}];`).join('\n')}
const protoOf = Object.getPrototypeOf, OP = Object.prototype, AP = Array.prototype, isArray = Array.isArray;`;
  }

  use(node: WriteNode): string {
    let index = this.nodes.indexOf(node);
    if (index < 0) index = this.nodes.push(node) - 1;
    return `n${index}`;
  }

  /** The statements for a top-level column. */
  column(node: WriteNode, field: number, key: string): string {
    const label = `c${field}`;
    const value = `v${field}`;
    const fail = `{ R.putCell(${field}, i, ${value}, X); break ${label}; }`;
    return `${label}: { const ${value} = r[${quote(key)}];\n${this.#value(node, 'i', value, fail, true)}\n}`;
  }

  /** Statements that put `value` at `position` or run `fail`. `fixed`: the node's scratch cannot move while the chunk fills. */
  #value(node: WriteNode, position: string, value: string, fail: string, fixed: boolean): string {
    const name = this.use(node);
    const nothing = `if (${value} === null) ${name}.putNull(${position}); else`;
    const present = (more: string) => `{ ${more} ${this.#scratch(name, 'valid', fixed)}[${position}] = 1; }`;
    const data = (what: string) => `${this.#scratch(name, 'data', fixed)}[${position}] = ${what};`;
    if (node instanceof JsonNode) return `${nothing} ${fail}`;
    if (node instanceof NumberNode) return `if (typeof ${value} === 'number') ${present(data(value))} else ${nothing} ${fail}`;
    if (node instanceof BoolNode) return `if (typeof ${value} === 'boolean') ${present(data(`${value} ? 1 : 0`))} else ${nothing} ${fail}`;
    if (node instanceof TextNode) {
      const test = node.checked ? `typeof ${value} === 'string' && ${value}.isWellFormed()` : `typeof ${value} === 'string'`;
      const plain = () => `${this.#scratch(name, 'parts', fixed)}[${position}] = ${value};`;
      const entry = () =>
        `${this.#scratch(name, 'ids', fixed)}[${position}] = ${name}.dictionary.get(${value}) ?? ${name}.enter(${value});`;
      return `if (${test}) ${present(node.dictionary === undefined ? plain() : entry())} else ${nothing} ${fail}`;
    }
    if (node instanceof FloatsNode || node instanceof DateNode || node instanceof BytesNode || node instanceof BigNode) {
      return `${nothing} { X.row = i; if (!${name}.put(${position}, ${value}, X)) ${fail} }`;
    }
    if (node instanceof ListNode) return `${nothing} { ${this.#list(node, name, position, value, fail)} }`;
    if (node instanceof StructNode) return `${nothing} { ${this.#struct(node, name, position, value, fail, fixed)} }`;
    return `${nothing} ${fail}`;
  }

  #list(node: ListNode, name: string, position: string, value: string, fail: string): string {
    const id = this.#names++;
    const child = this.use(node.child);
    return `if (!isArray(${value}) || protoOf(${value}) !== AP || ${value}.index !== undefined) ${fail}
if ((${position} & ${ARRAYS_PER_LOOK - 1}) === 0 && !hasOnlyElements(${value})) ${fail}
const a${id} = ${value}, z${id} = a${id}.length;
if (z${id} >>> 0 !== z${id} || (z${id} > ${LONG_LIST} && !hasOnlyElements(a${id}))) ${fail}
const q${id} = ${name}.ends; let p${id} = ${position} === 0 ? 0 : q${id}[${position} - 1];
${child}.ensure(p${id} + z${id});
${this.#loads(node.child)}
for (let j${id} = 0; j${id} < z${id}; j${id}++) { const e${id} = a${id}[j${id}];
${this.#value(node.child, `p${id}`, `e${id}`, fail, false)}
p${id}++; }
q${id}[${position}] = p${id}; ${name}.valid[${position}] = 1;`;
  }

  #struct(node: StructNode, name: string, position: string, value: string, fail: string, fixed: boolean): string {
    const shape = node.shapes.shapes[0];
    if (shape === undefined || shape.absent.length > 0) return fail;
    const id = this.#names++;
    const keys = `K${this.keyLists.push(shape.keys) - 1}`;
    const fields = shape.fields.map((field, index) => {
      const cell = `f${id}_${index}`;
      return `const ${cell} = o${id}[${quote(shape.keys[index] as string)}];\n${this.#value(node.fields[field] as WriteNode, position, cell, fail, fixed)}`;
    });
    const shapeId = node.shapeNode === undefined ? '' : `${name}.putShape(${position}, 0);`;
    // A struct of another shape than the first goes through its closures, in place.
    const other = `{ X.row = i; if (!${name}.put(${position}, o${id}, X)) ${fail} }`;
    return `const o${id} = ${value};
${checkStruct(`o${id}`, keys, shape.keys.length, other)} else {
${fields.join('\n')}
${shapeId} ${name}.valid[${position}] = 1; }`;
  }

  /** Inside a list the child's scratch may have moved: load it for this list. Deeper lists load theirs. */
  #loads(child: WriteNode): string {
    const name = this.use(child);
    const own = scratchOf(child).map((what) => `const ${name}_${what} = ${name}.${what};`);
    const below = child instanceof StructNode ? child.fields.map((field) => this.#loads(field)) : [];
    return [...own, ...below].join(' ');
  }

  #scratch(name: string, what: string, fixed: boolean): string {
    const local = `${name}_${what}`;
    const load = `const ${local} = ${name}.${what};`;
    if (fixed && !this.hoisted.includes(load)) this.hoisted.push(load);
    return local;
  }
}

/** The scratch that the generated code of a leaf writes to. */
function scratchOf(node: WriteNode): string[] {
  if (node instanceof JsonNode) return [];
  if (node instanceof TextNode) return [node.dictionary === undefined ? 'parts' : 'ids', 'valid'];
  if (node instanceof NumberNode || node instanceof BoolNode) return ['data', 'valid'];
  return [];
}
