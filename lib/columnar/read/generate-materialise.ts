import { decodeValue } from '../../base/value/extended-json.js';
import { compile, quote } from '../../base/generate.js';
import { buildShape, makeMap } from '../../base/build.js';
import type { Materialise } from './views.js';
import { floatArray } from './float-array.js';
import { isWide } from './is-wide.js';
import { orderOfShapes, presence } from './ordered-shapes.js';
import { variantRestorer } from '../variant/variant-restorer.js';
import type { VariantShape } from '../variant/variant-shape.js';
import type { LeafNode, ListRead, MapRead, ReadNode, RowRead, StructRead, VariantRead } from './tree.js';

/** Values in one loop; more make a function that V8 would not optimise, and closures are as good then. */
const MAX_LOOP_VALUES = 1500;
/** Values in the functions of all shapes together; objects of the shapes beyond are built key by key. */
const MAX_SHAPE_VALUES = 16_384;
/** The values of a struct's fields are made for all slots at once where its objects have at least one in this many of the fields. */
const MAX_FIELDS_PER_KEY = 8;

/**
 * Generates the code that makes the rows of a block: object literals, so that all rows of a shape share one hidden class, from typed
 * arrays and slices of one string a column. Called once per block (ARCHITECTURE.md, law 3). Nothing is made where code generation is
 * forbidden.
 *
 * Each value is an expression over a slot. One that stands in a loop reads the views from locals of the loop; one in the function of a
 * shape, which is called for a single object, from variables of the closure, which each block sets. Elements of lists are made first, in
 * one array for all lists of the block: a list is a slice of it, of its exact size, where pushing would leave it four times as large.
 */
export function generateProgram(plan: RowRead): Program {
  const writer = new RowWriter();
  const body = writer.program(plan);
  const { structs, variants } = writer;
  if (writer.loops.some((loop) => loop.values > MAX_LOOP_VALUES)) return { make: undefined, structs, variants };
  return { make: compile<Make>(['decode', 'build', 'presence', 'keep', 'makeMap', 'floatArray', 'S', 'R'], body), structs, variants };
}

/** The code of a program for one scan; undefined where there is none. */
export function makeOf({ make, structs, variants }: Program, plan: RowRead): Materialise | undefined {
  return make?.(
    decodeValue,
    buildShape,
    presence,
    plan.keep ?? ((whole) => whole),
    makeMap,
    floatArray,
    structs,
    variants.map(variantRestorer),
  );
}

type Make = (
  decode: typeof decodeValue,
  build: typeof buildShape,
  present: typeof presence,
  keep: (row: never) => unknown,
  map: typeof makeMap,
  floats: typeof floatArray,
  structs: StructRead[],
  variants: ReturnType<typeof variantRestorer>[],
) => Materialise;

/** What makes the code for a scan. It keeps nothing of one, so that it may serve any number of them. */
export interface Program {
  /** Undefined where no code is possible. */
  make: Make | undefined;
  structs: StructRead[];
  variants: VariantShape[];
}

/** Where an expression stands. */
class Scope {
  /** Loads of the views that a loop needs, as locals; undefined in a function of one object. */
  readonly #locals: Set<string> | undefined;
  values = 0;

  constructor(isLoop: boolean) {
    this.#locals = isLoop ? new Set() : undefined;
  }

  /** The name of a view's part, `m3`: a local of the loop, or the variable of the closure that it is loaded from. */
  use(name: string): string {
    const variable = name.toUpperCase();
    if (this.#locals === undefined) return variable;
    this.#locals.add(`const ${name} = ${variable};`);
    return name;
  }

  /** The statements at the head of the loop's function. */
  get loads(): string {
    return [...(this.#locals ?? [])].join(' ');
  }
}

/** The part of a view by the letter of its variable. */
const PARTS = { m: 'valid', d: 'data', t: 'text', k: 'dict' } as const;

/** The expression of the value of a field, whose number in the struct is `index`. */
type FieldValue = (field: ReadNode, index: number) => string;

class RowWriter {
  readonly structs: StructRead[] = [];
  readonly variants: VariantShape[] = [];
  readonly loops: Scope[] = [];
  /** Variables of the closure with what each block sets them to: parts of views, then the elements of lists, the innermost first. */
  readonly #views = new Map<string, string>();
  readonly #arrays: { variable: string; value: string }[] = [];
  readonly #functions: string[] = [];
  #shapeValues = 0;
  #constructors = 0;

  program(plan: RowRead): string {
    const rows = new Scope(true);
    this.loops.push(rows);
    const row = this.#object(plan.row, 'i', rows);
    const put = plan.texts === undefined ? `out[at + i] = ${row};` : this.#putWhole(plan.texts, row, rows);
    const variables = [...this.#views.keys(), ...this.#arrays.map(({ variable }) => variable)];
    return `
${variables.length === 0 ? '' : `let ${variables.join(', ')};`}
${this.#functions.join('\n')}
function fill(rows, out, at) {
${rows.loads}
for (let i = 0; i < rows; i++) { ${put} }
}
return function materialise(V, rows, out, at) {
${[...this.#views].map(([variable, value]) => `${variable} = ${value};`).join(' ')}
${this.#arrays.map(({ variable, value }) => `${variable} = ${value};`).join('\n')}
fill(rows, out, at);
};`;
  }

  #putWhole(texts: LeafNode, row: string, scope: Scope): string {
    return `const whole = ${this.#leaf(texts, 'i', scope)}; out[at + i] = whole === null ? ${row} : keep(whole);`;
  }

  /** The expression of the value in a slot. `slot` is a name: it is read several times. */
  #value(node: ReadNode, slot: string, scope: Scope): string {
    scope.values++;
    const regular = this.#regular(node, slot, scope);
    if (node.exceptions === undefined) return regular;
    const isException = `${this.#part('m', node.exceptions.node, scope)}[${slot}] === 1`;
    return `(${isException} ? ${this.#leaf(node.exceptions, slot, scope)} : ${regular})`;
  }

  #regular(node: ReadNode, slot: string, scope: Scope): string {
    if (node.kind === 'list') return this.#list(node, slot, scope);
    if (node.kind === 'map') return this.#map(node, slot, scope);
    if (node.kind === 'variant') return this.#variant(node, slot, scope);
    if (node.kind !== 'struct') return this.#leaf(node, slot, scope);
    return this.#present(node.node, slot, scope, this.#object(node, slot, scope));
  }

  #leaf({ kind, node, json }: LeafNode, slot: string, scope: Scope): string {
    if (kind === 'null') return 'null';
    const cell = `${this.#part('d', node, scope)}[${slot}]`;
    const whole = (text: string) => (json ? `decode(${text})` : text);
    const made = (): string => {
      if (kind === 'bool') return `${cell} === 1`;
      if (kind === 'big') return `BigInt(${cell})`;
      if (kind === 'dict') return whole(`${this.#part('k', node, scope)}[${cell}]`);
      if (kind !== 'text') return cell;
      return whole(`${this.#part('t', node, scope)}.slice(${this.#start(node, slot, scope)}, ${cell})`);
    };
    return this.#present(node, slot, scope, made());
  }

  #list({ node, element, floats }: ListRead, slot: string, scope: Scope): string {
    const range = `${this.#start(node, slot, scope)}, ${this.#part('d', node, scope)}[${slot}]`;
    if (floats !== undefined) {
      const elements = this.#part('d', (element as LeafNode).node, scope);
      return this.#present(node, slot, scope, `floatArray('${floats}', ${elements}, ${range})`);
    }
    return this.#present(node, slot, scope, `${this.#elements(node, 'l', element, scope)}.slice(${range})`);
  }

  #map({ node, key, value, object }: MapRead, slot: string, scope: Scope): string {
    const keys = this.#elements(node, 'x', key, scope);
    const values = this.#elements(node, 'y', value, scope);
    const range = `${this.#start(node, slot, scope)}, ${this.#part('d', node, scope)}[${slot}]`;
    return this.#present(node, slot, scope, `makeMap(${keys}, ${values}, ${range}, ${object})`);
  }

  #variant({ node, stored, shape }: VariantRead, slot: string, scope: Scope): string {
    const restore = `R[${this.variants.push(shape) - 1}]`;
    return this.#present(node, slot, scope, `${restore}(${this.#object(stored, slot, scope)})`);
  }

  /** The values of all child slots of a list in one array. */
  #elements(node: number, letter: string, element: ReadNode, scope: Scope): string {
    return this.#array(`${letter}${node}`, `V[${node}].count === 0 ? 0 : V[${node}].data[V[${node}].count - 1]`, element, scope);
  }

  /** The values of the first `slots` slots of a node in one array, which stays from block to block: it only grows. */
  #array(name: string, slots: string, node: ReadNode, scope: Scope): string {
    const variable = name.toUpperCase();
    // What stands in several shapes is made once.
    if (this.#arrays.some((array) => array.variable === variable)) return scope.use(name);
    const loop = new Scope(true);
    this.loops.push(loop);
    const value = this.#value(node, 'j', loop);
    this.#functions.push(`function fill_${name}(a, slots) {
${loop.loads}
for (let j = 0; j < slots; j++) a[j] = ${value};
return a;
}`);
    this.#arrays.push({ variable, value: `fill_${name}(${variable} ?? [], ${slots})` });
    return scope.use(name);
  }

  /** The expression of an object that is there. */
  #object(node: StructRead, slot: string, scope: Scope): string {
    const { shapes, shape } = node;
    const made = (fields: readonly number[]): string => {
      if (isWide(node.keys, fields)) return this.#constructed(node, fields, slot, (field) => this.#value(field, 's', new Scope(false)));
      return this.#literal(node, fields, (field) => this.#value(field, slot, scope));
    };
    if (shapes === undefined) return made(node.keys.map((_, index) => index));
    if (shape === undefined) return shapes.length === 0 ? '{}' : made(shapes[0] as number[]);
    const struct = this.structs.push(node) - 1;
    const name = `o${struct}`;
    const order = orderOfShapes(node);
    if (order !== undefined) {
      this.#ordered(node, order, shape, struct, name);
      return `${name}(${slot})`;
    }
    const functions = this.#shapes(node, shapes, name);
    // `build` refuses a number that is not a shape's.
    const others = functions.length === shapes.length ? '' : `const ${name}_read = [${this.#readers(node).join(',\n')}];`;
    this.#functions.push(`${functions.join('\n')}
const ${name}_of = [${functions.map((_, index) => `${name}_${index}`).join(', ')}];
${others}
function ${name}(s) {
const n = ${this.#leaf(shape, 's', new Scope(false))} ?? 0;
const made = ${name}_of[n];
return made === undefined ? build(S[${struct}].keys, S[${struct}].shapes, n, (field) => ${name}_read[field](s)) : made(s);
}`);
    return `${name}(${slot})`;
  }

  /** A constructor of objects as literals are. It is named as theirs, which debuggers show. */
  #objectConstructor(name: string, parameters: string, statements: readonly string[]): void {
    this.#functions.push(`const ${name} = function Object(${parameters}) {
${statements.join('\n')}
};
${name}.prototype = Object.prototype;`);
  }

  /** The expression of an object of many keys. `value`: of a field, over the slot `s`. */
  #constructed(node: StructRead, fields: readonly number[], slot: string, value: FieldValue): string {
    const name = `c${this.#constructors++}`;
    const set = fields.map((field) => `this[${quote(node.keys[field] as string)}] = ${value(node.fields[field] as ReadNode, field)};`);
    this.#objectConstructor(name, 's', set);
    return `new ${name}(${slot})`;
  }

  /** The function of objects that have some of the fields each, in this order. */
  #ordered(node: StructRead, order: readonly number[], shape: LeafNode, struct: number, name: string): void {
    const set = order.map((field, at) => {
      const value = this.#value(node.fields[field] as ReadNode, 's', new Scope(false));
      return `if (${name}_${at}[n] === 1) this[${quote(node.keys[field] as string)}] = ${value};`;
    });
    const tables = order.map((_, at) => `${name}_${at}`).join(', ');
    this.#functions.push(`const [${tables}] = presence(S[${struct}].shapes, [${order.join(', ')}]);`);
    this.#objectConstructor(`${name}_made`, 's, n', set);
    this.#functions.push(`function ${name}(s) {
const n = ${this.#leaf(shape, 's', new Scope(false))} ?? 0;
return S[${struct}].shapes[n] === undefined ? build(S[${struct}].keys, S[${struct}].shapes, n) : new ${name}_made(s, n);
}`);
  }

  /**
   * A function for each of the first shapes. They are compiled one by one, each late, so they do as little as possible: where objects have
   * many of the fields, the values of each field are made beforehand, by a loop that is compiled once.
   */
  #shapes(struct: StructRead, shapes: readonly (readonly number[])[], name: string): string[] {
    const { node, fields } = struct;
    const made: string[] = [];
    const scope = new Scope(false);
    const slots = node < 0 ? 'rows' : `V[${node}].count`;
    // The text of a field is made once, not for each shape that has it: making it took 16 ms of 1,000 shapes with 10 keys.
    const properties: string[] = [];
    const isDense = shapes.reduce((sum, shape) => sum + shape.length, 0) * MAX_FIELDS_PER_KEY >= fields.length * shapes.length;
    const value: FieldValue = (field, index) =>
      isDense ? `${this.#array(`${name}f${index}`, slots, field, scope)}[s]` : this.#value(field, 's', scope);
    for (const shape of shapes) {
      if (this.#shapeValues + shape.length > MAX_SHAPE_VALUES) break;
      this.#shapeValues += shape.length;
      const property = (field: number) => (properties[field] ??= this.#property(struct, field, value));
      const object = isWide(struct.keys, shape) ? this.#constructed(struct, shape, 's', value) : `{${shape.map(property).join(', ')}}`;
      made.push(`function ${name}_${made.length}(s) { return ${object}; }`);
    }
    return made;
  }

  /** Functions that read the fields one by one, for shapes without a function of their own. */
  #readers(node: StructRead): string[] {
    return node.fields.map((field) => `(s) => ${this.#value(field, 's', new Scope(false))}`);
  }

  #literal(node: StructRead, fields: readonly number[], value: FieldValue): string {
    return `{${fields.map((field) => this.#property(node, field, value)).join(', ')}}`;
  }

  #property(node: StructRead, field: number, value: FieldValue): string {
    return `${propertyName(node.keys[field] as string)}: ${value(node.fields[field] as ReadNode, field)}`;
  }

  #present(node: number, slot: string, scope: Scope, made: string): string {
    return `(${this.#part('m', node, scope)}[${slot}] === 1 ? ${made} : null)`;
  }

  /** Where the text or the elements of a slot start: at the end of the slot before. */
  #start(node: number, slot: string, scope: Scope): string {
    return `${slot} === 0 ? 0 : ${this.#part('d', node, scope)}[${slot} - 1]`;
  }

  #part(letter: keyof typeof PARTS, node: number, scope: Scope): string {
    const name = `${letter}${node}`;
    this.#views.set(name.toUpperCase(), `V[${node}].${PARTS[letter]}`);
    return scope.use(name);
  }
}

/** A key in an object literal. A plain `__proto__` would set the prototype; a computed one is an own property. */
function propertyName(key: string): string {
  return key === '__proto__' ? '["__proto__"]' : quote(key);
}
