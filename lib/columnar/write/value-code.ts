import { quote } from '../../base/generate.js';
import { BytesNode } from './bytes-node.js';
import { ListNode, StructNode } from './containers.js';
import { BoolNode, NumberNode, BigNode, DateNode } from './data-nodes.js';
import { FloatsNode } from './floats-node.js';
import type { WriteNode } from './nodes.js';
import { JsonNode, TextNode } from './text-nodes.js';
import { walkCode, type Walk } from './walk-code.js';

/**
 * One array in this number, a power of 2, is searched for keys beyond its elements: to search each would cost more than to store it.
 * Those of the first chunk are all looked at, and the usual case, the match of a regular expression, shows by its `index`.
 */
const ARRAYS_PER_LOOK = 32;

/** Longer arrays are always looked at: a Proxy may say any length, and room is made for it. */
const LONG_LIST = 1 << 16;

/** Statements that run `otherwise` unless `value` is a plain object with exactly the keys of the list `keys`, in order. */
export function checkStruct(value: string, keys: string, count: number, otherwise: string): string {
  const index = `k_${value}`;
  return `let ${index} = -1;
if (typeof ${value} === 'object' && ${value} !== null && (protoOf(${value}) === OP || protoOf(${value}) === null)) {
${index} = 0;
for (const key in ${value}) { if (key !== ${keys}[${index}]) { ${index} = -1; break; } ${index}++; }
}
if (${index} !== ${count}) ${otherwise}`;
}

/** Writes the statements that put values into nodes. */
export class ValueCode {
  /** What the code is given: nodes, lists of keys, shapes. */
  readonly given: unknown[] = [];
  /** Scratch arrays that cannot move while a chunk fills, loaded once in each function. */
  #hoisted = new Set<string>();
  /** The functions for containers. */
  readonly #functions: string[] = [];
  nodes = 0;
  #names = 0;

  /** Names for what the code is given; to be read when all of it is written. */
  get head(): string {
    const given = this.given.map((_, index) => `const g${index} = G[${index}];`);
    return [...given, ...this.#functions].join('\n');
  }

  get hoisted(): string {
    return [...this.#hoisted].join('\n');
  }

  /** The name by which the code knows something that it is given. */
  give(what: unknown): string {
    return `g${this.given.push(what) - 1}`;
  }

  /** Statements that put `value` at `position` or run `fail`. `fixed`: the node's scratch cannot move while the chunk fills. */
  value(node: WriteNode, position: string, value: string, fail: string, fixed: boolean): string {
    const name = this.#use(node);
    const nothing = `if (${value} === null) ${name}.putNull(${position}); else`;
    const present = (more: string) => `{ ${more} ${this.#scratch(name, 'valid', fixed)}[${position}] = 1; }`;
    const data = (what: string) => `${this.#scratch(name, 'data', fixed)}[${position}] = ${what};`;
    if (node instanceof NumberNode) {
      const test = node.isInteger ? `Number.isSafeInteger(${value}) && !Object.is(${value}, -0)` : `typeof ${value} === 'number'`;
      return `if (${test}) ${present(data(value))} else ${nothing} ${fail}`;
    }
    if (node instanceof BoolNode) return `if (typeof ${value} === 'boolean') ${present(data(`${value} ? 1 : 0`))} else ${nothing} ${fail}`;
    if (node instanceof TextNode && !(node instanceof JsonNode)) {
      const test = node.checked ? `typeof ${value} === 'string' && ${value}.isWellFormed()` : `typeof ${value} === 'string'`;
      const plain = () => `${this.#scratch(name, 'parts', fixed)}[${position}] = ${value};`;
      const entry = () =>
        `${this.#scratch(name, 'ids', fixed)}[${position}] = ${name}.dictionary.get(${value}) ?? ${name}.enter(${value});`;
      return `if (${test}) ${present(node.dictionary === undefined ? plain() : entry())} else ${nothing} ${fail}`;
    }
    if (
      node instanceof FloatsNode ||
      node instanceof DateNode ||
      node instanceof BytesNode ||
      node instanceof BigNode ||
      node instanceof JsonNode
    ) {
      return `${nothing} { X.row = i; if (!${name}.put(${position}, ${value}, X)) ${fail} }`;
    }
    const body = (of: string, otherwise: string) =>
      node instanceof ListNode
        ? this.#list(node, name, position, of, otherwise)
        : this.#struct(node as StructNode, name, position, of, otherwise, fixed);
    if (node instanceof StructNode && !fixed) return `${nothing} { ${body(value, fail)} }`;
    if (node instanceof ListNode || node instanceof StructNode) {
      return `${nothing} if (!${this.#function(position, (of) => body(of, 'return false;'))}) ${fail}`.replace('VALUE', () => value);
    }
    return `${nothing} ${fail}`;
  }

  /**
   * Makes a function of its own of statements for a value; gives the call. V8 compiles many small functions sooner than a large one: 54 ms
   * of the first 170 of a save were spent before it had.
   */
  #function(position: string, body: (value: string) => string): string {
    const outer = this.#hoisted;
    this.#hoisted = new Set();
    const statements = body('v');
    const name = `h${this.#functions.length}`;
    const parameters = position === 'i' ? 'i' : `i, ${position}`;
    this.#functions.push(`function ${name}(${parameters}, v, X) {\n${this.hoisted}\n${statements}\nreturn true;\n}`);
    this.#hoisted = outer;
    return `${name}(${parameters}, VALUE, X)`;
  }

  readonly #used = new Map<WriteNode, string>();

  #use(node: WriteNode): string {
    const known = this.#used.get(node);
    if (known !== undefined) return known;
    this.nodes++;
    const name = this.give(node);
    this.#used.set(node, name);
    return name;
  }

  #list(node: ListNode, name: string, position: string, value: string, fail: string): string {
    const id = this.#names++;
    const child = this.#use(node.child);
    return `if (!isArray(${value}) || protoOf(${value}) !== AP || ${value}.index !== undefined) ${fail}
if ((${position} & ${ARRAYS_PER_LOOK - 1}) === 0 && !hasOnlyElements(${value})) ${fail}
const a${id} = ${value}, z${id} = a${id}.length;
if (z${id} >>> 0 !== z${id} || (z${id} > ${LONG_LIST} && !hasOnlyElements(a${id}))) ${fail}
const q${id} = ${name}.ends; let p${id} = ${name}.startOf(${position});
${child}.ensure(p${id} + z${id});
${this.#loads(node.child)}
for (let j${id} = 0; j${id} < z${id}; j${id}++) { const e${id} = a${id}[j${id}];
${this.value(node.child, `p${id}`, `e${id}`, fail, false)}
p${id}++; }
q${id}[${position}] = p${id}; ${name}.valid[${position}] = 1;`;
  }

  #struct(node: StructNode, name: string, position: string, value: string, fail: string, fixed: boolean): string {
    const [shape, another] = node.shapes.shapes;
    if (shape === undefined) return fail;
    const id = this.#names++;
    // An object that is not as planned goes through closures, in place.
    const other = `X.row = i; if (!${name}.put(${position}, o${id}, X)) ${fail}`;
    const field = (index: number, cell: string): string =>
      `const f${id}_${index} = ${cell};\n${this.value(node.fields[index] as WriteNode, position, `f${id}_${index}`, fail, fixed)}`;
    if (another !== undefined || shape.absent.length > 0) {
      const walk = this.walk(node, name, { value: `o${id}`, position, field, done: `${name}.valid[${position}] = 1;`, other });
      return `const o${id} = ${value};\n${walk}`;
    }
    const fields = shape.fields.map((index, at) => field(index, `o${id}[${quote(shape.keys[at] as string)}]`));
    const shapeId = node.shapeNode === undefined ? '' : `${name}.putShape(${position}, 0);`;
    return `const o${id} = ${value};
${checkStruct(`o${id}`, this.give(shape.keys), shape.keys.length, `{ ${other} }`)} else {
${fields.join('\n')}
${shapeId} ${name}.valid[${position}] = 1; }`;
  }

  /** Statements for an object of any shape, and for what it lacks. */
  walk(node: StructNode, name: string, { value, position, field, done, other }: Omit<Walk, 'given' | 'id' | 'absent'>): string {
    const order = node.shapes.walkOrder();
    const given = {
      keys: this.give([...order.keys, undefined]),
      places: this.give(new Map(order.keys.map((key, place) => [key, place]))),
      table: this.give(node.shapes),
      masks: this.give(order.masks),
    };
    // Where the position is the row's, the fields that are lacking were cleared when the chunk began.
    const absent = (isLacking: (field: number) => string): string[] =>
      position === 'i'
        ? []
        : [...node.shapes.absent].map(
            (field) => `if (${isLacking(field)}) ${this.#use(node.fields[field] as WriteNode)}.putNull(${position});`,
          );
    return walkCode(order, name, { given, id: this.#names++, value, position, field, absent, done, other });
  }

  /** Inside a list the child's scratch may have moved: load it for this list. Deeper lists load theirs. */
  #loads(child: WriteNode): string {
    const name = this.#use(child);
    const own = scratchOf(child).map((what) => `const ${name}_${what} = ${name}.${what};`);
    const below = child instanceof StructNode ? child.fields.map((field) => this.#loads(field)) : [];
    return [...own, ...below].join(' ');
  }

  #scratch(name: string, what: string, fixed: boolean): string {
    const local = `${name}_${what}`;
    const load = `const ${local} = ${name}.${what};`;
    if (fixed) this.#hoisted.add(load);
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
