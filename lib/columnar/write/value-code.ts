import { BytesNode } from './bytes-node.js';
import { ListNode, StructNode } from './containers.js';
import { BoolNode, NumberNode, BigNode, DateNode } from './data-nodes.js';
import { FloatsNode } from './floats-node.js';
import type { WriteNode } from './nodes.js';
import { JsonNode, TextNode } from './text-nodes.js';
import type { FieldCode } from './object-code.js';
import { oneShape, placeOf, severalShapes, type NamedCode, type Place } from './struct-code.js';

/**
 * One array in this number, a power of 2, is searched for keys beyond its elements: to search each would cost more than to store it.
 * Those of the first chunk are all looked at, and the usual case, the match of a regular expression, shows by its `index`.
 */
const ARRAYS_PER_LOOK = 32;

/** Longer arrays are always looked at: a Proxy may say any length, and room is made for it. */
const LONG_LIST = 1 << 16;

/** Writes the statements that put values into nodes. */
export class ValueCode implements NamedCode {
  /** What the code is given: nodes, lists of keys, shapes. */
  readonly given: unknown[] = [];
  /** Scratch arrays that do not move while the code is used, as constants: V8 then compiles them in. */
  readonly #scratches = new Set<string>();
  /** The functions for containers. */
  readonly #functions: string[] = [];
  nodes = 0;
  #names = 0;

  /** Names for what the code is given; to be read when all of it is written. */
  get head(): string {
    const given = this.given.map((_, index) => `const g${index} = G[${index}];`);
    return [...given, ...this.#scratches, ...this.#functions].join('\n');
  }

  /** The name by which the code knows something that it is given. */
  give(what: unknown): string {
    return `g${this.given.push(what) - 1}`;
  }

  /** A number that tells names of one piece of code from those of others. */
  nextId(): number {
    return this.#names++;
  }

  /** Statements that put `value` at its place or run `fail`. */
  value(node: WriteNode, place: Place, value: string, fail: string): string {
    const name = this.use(node);
    const { position, fixed } = place;
    node.presumed = !place.marked;
    const nothing = `if (${value} === null) ${name}.putNull(${position}); else`;
    const present = (more: string) => `{ ${more} ${this.#mark(name, place)} }`;
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
        ? this.#list(node, name, place, of, otherwise)
        : this.#struct(node as StructNode, name, place, of, otherwise);
    if (node instanceof StructNode && !fixed) return `${nothing} { ${body(value, fail)} }`;
    if (node instanceof ListNode || node instanceof StructNode) {
      return `${nothing} if (!${this.#function(position, body('v', 'return false;'), value)}) ${fail}`;
    }
    return `${nothing} ${fail}`;
  }

  /**
   * Makes a function of its own of statements for a value; gives the call. V8 compiles many small functions sooner than a large one: 54 ms
   * of the first 170 of a save were spent before it had. In parentheses they are compiled with what is around them, and parsed once.
   */
  #function(position: string, statements: string, value: string): string {
    const name = `h${this.#functions.length}`;
    const parameters = position === 'i' ? 'i' : `i, ${position}`;
    this.#functions.push(`const ${name} = (function ${name}(${parameters}, v, X) {\n${statements}\nreturn true;\n});`);
    return `${name}(${parameters}, ${value}, X)`;
  }

  readonly #used = new Map<WriteNode, string>();

  /** The name of a node. */
  use(node: WriteNode): string {
    const known = this.#used.get(node);
    if (known !== undefined) return known;
    this.nodes++;
    const name = this.give(node);
    this.#used.set(node, name);
    return name;
  }

  #list(node: ListNode, name: string, place: Place, value: string, fail: string): string {
    const id = this.nextId();
    const { position } = place;
    const child = this.use(node.child);
    // The look at `index` tells V8 the hidden class, and the one at the prototype costs nothing behind it.
    return `if (!isArray(${value}) || ${value}.index !== undefined || protoOf(${value}) !== AP) ${fail}
if ((${position} & ${ARRAYS_PER_LOOK - 1}) === 0 && !hasOnlyElements(${value})) ${fail}
const a${id} = ${value}, z${id} = a${id}.length;
if (z${id} >>> 0 !== z${id} || (z${id} > ${LONG_LIST} && !hasOnlyElements(a${id}))) ${fail}
const q${id} = ${name}.ends; let p${id} = ${name}.startOf(${position});
${child}.ensure(p${id} + z${id});
${this.#loads(node.child)}
for (let j${id} = 0; j${id} < z${id}; j${id}++) { const e${id} = a${id}[j${id}];
${this.value(node.child, { position: `p${id}`, fixed: false, marked: true }, `e${id}`, fail)}
p${id}++; }
q${id}[${position}] = p${id}; ${this.#mark(name, place, false)}`;
  }

  #struct(node: StructNode, name: string, place: Place, value: string, fail: string): string {
    const [shape, another] = node.shapes.shapes;
    if (shape === undefined) return fail;
    const id = this.nextId();
    const { position } = place;
    const field = (index: number, cell: string): FieldCode => {
      const put = this.value(node.fields[index] as WriteNode, placeOf(node, index, place), `f${id}_${index}`, fail);
      return (afterRead = '') => `const f${id}_${index} = ${cell};\n${afterRead}${put}`;
    };
    const code = {
      name,
      value: `o${id}`,
      position,
      field,
      done: this.#mark(name, place, false),
      // An object that is not as planned goes through closures, in place.
      other: `X.row = i; if (!${name}.put(${position}, o${id}, X)) ${fail}`,
    };
    const isOne = another === undefined && shape.absent.length === 0;
    return `const o${id} = ${value};\n${isOne ? oneShape(this, node, shape, code) : severalShapes(this, node, code)}`;
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
    if (fixed) this.#scratches.add(`const ${local} = ${name}.${what};`);
    return local;
  }

  /** Marks a slot as present, where that is to be done. `isLeaf`: inside a list its scratch is loaded. */
  #mark(name: string, { position, fixed, marked }: Place, isLeaf = true): string {
    if (!marked) return '';
    return isLeaf || fixed ? `${this.#scratch(name, 'valid', fixed)}[${position}] = 1;` : `${name}.valid[${position}] = 1;`;
  }
}

/** The scratch that the generated code of a leaf writes to. */
function scratchOf(node: WriteNode): string[] {
  if (node instanceof JsonNode) return [];
  if (node instanceof TextNode) return [node.dictionary === undefined ? 'parts' : 'ids', 'valid'];
  if (node instanceof NumberNode || node instanceof BoolNode) return ['data', 'valid'];
  return [];
}
