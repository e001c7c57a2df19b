import { decodeValue } from '../../value/extended-json.js';
import { compile, quote } from '../generate.js';
import { buildShape, keepKeys, makeMap } from './build.js';
import type { Materialise } from './views.js';
import { floatArray } from './typed-arrays.js';
import type { LeafNode, ListRead, MapRead, ReadNode, RowRead, StructRead } from './tree.js';

/** Shapes that get an object literal of their own; the others are built key by key. */
const MAX_LITERALS = 16;
/** Nodes beyond this make a function that V8 would not optimise; closures are as good then. */
const MAX_GENERATED_NODES = 1500;

/**
 * Generates the loop that makes the rows of a block: object literals, so that all rows of a shape share one hidden class, from typed
 * arrays and slices of one string a column. Called once per block (ARCHITECTURE.md, law 3). Undefined where code generation is forbidden.
 */
export function generateMaterialise(plan: RowRead): Materialise | undefined {
  const writer = new RowWriter();
  const row = writer.struct(plan.row, 'i');
  const whole = plan.texts === undefined ? undefined : writer.value(plan.texts, 'i');
  if (writer.nodeCount > MAX_GENERATED_NODES) return undefined;
  const push = whole === undefined ? `out.push(${row.expr});` : `out.push(${whole.expr} === null ? ${row.expr} : keep(${whole.expr}));`;
  const body = `
return function materialise(V, rows, out) {
${writer.hoisted.join('\n')}
for (let i = 0; i < rows; i++) {
${row.code}
${whole?.code ?? ''}
${push}
}
};`;
  type Make = (
    decode: typeof decodeValue,
    build: typeof buildShape,
    keep: (row: never) => unknown,
    map: typeof makeMap,
    floats: typeof floatArray,
    structs: StructRead[],
  ) => Materialise;
  const make = compile<Make>(['decode', 'build', 'keep', 'map', 'floatArray', 'S'], body);
  return make?.(decodeValue, buildShape, (whole) => keepKeys(whole, plan.keep), makeMap, floatArray, writer.structs);
}

interface Code {
  /** Statements to run first. */
  code: string;
  /** A name or a constant that holds the value. */
  expr: string;
}

class RowWriter {
  readonly hoisted: string[] = [];
  readonly structs: StructRead[] = [];
  nodeCount = 0;
  #names = 0;

  value(node: ReadNode, slot: string): Code {
    const regular = this.#regular(node, slot);
    if (node.exceptions === undefined) return regular;
    const other = this.#leaf(node.exceptions, slot);
    const name = `x${this.#names++}`;
    const code = `${regular.code}\n${other.code}\nconst ${name} = m${node.exceptions.node}[${slot}] === 1 ? ${other.expr} : ${regular.expr};`;
    return { code, expr: name };
  }

  #regular(node: ReadNode, slot: string): Code {
    if (node.kind === 'list') return this.#list(node, slot);
    if (node.kind === 'map') return this.#map(node, slot);
    if (node.kind === 'struct') return this.struct(node, slot);
    return this.#leaf(node, slot);
  }

  #leaf({ kind, node, json }: LeafNode, slot: string): Code {
    if (kind === 'null') return { code: '', expr: 'null' };
    this.#hoist(
      node,
      kind === 'text' ? `, t${node} = V[${node}].text; let s${node} = 0` : kind === 'dict' ? `, D${node} = V[${node}].dict` : '',
    );
    const name = `v${this.#names++}`;
    const present = (expr: string) => `const ${name} = m${node}[${slot}] === 1 ? ${json ? `decode(${expr})` : expr} : null;`;
    if (kind === 'bool') return { code: present(`d${node}[${slot}] === 1`), expr: name };
    if (kind === 'big') return { code: present(`BigInt(d${node}[${slot}])`), expr: name };
    if (kind === 'dict') return { code: present(`D${node}[d${node}[${slot}]]`), expr: name };
    if (kind !== 'text') return { code: present(`d${node}[${slot}]`), expr: name };
    const end = `z${this.#names++}`;
    return { code: `const ${end} = d${node}[${slot}];\n${present(`t${node}.slice(s${node}, ${end})`)}\ns${node} = ${end};`, expr: name };
  }

  #list({ node, element, floats }: ListRead, slot: string): Code {
    this.#hoist(node, `; let s${node} = 0`);
    const name = `a${this.#names++}`;
    if (floats !== undefined) {
      const child = (element as LeafNode).node;
      this.#hoist(child, '');
      const made = `${name} = floatArray('${floats}', d${child}, s${node}, d${node}[${slot}]);`;
      return { code: `let ${name} = null;\nif (m${node}[${slot}] === 1) ${made}\ns${node} = d${node}[${slot}];`, expr: name };
    }
    const item = this.value(element, `s${node}`);
    const loop = `for (const e = d${node}[${slot}]; s${node} < e; s${node}++) {\n${item.code}\n${name}.push(${item.expr}); }`;
    return { code: `let ${name} = null;\nif (m${node}[${slot}] === 1) { ${name} = []; ${loop} }`, expr: name };
  }

  #map({ node, key, value, object }: MapRead, slot: string): Code {
    this.#hoist(node, `; let s${node} = 0`);
    const name = `a${this.#names++}`;
    const [k, v] = [this.value(key, `s${node}`), this.value(value, `s${node}`)];
    const loop = `for (const e = d${node}[${slot}]; s${node} < e; s${node}++) {\n${k.code}\n${v.code}\n${name}.push([${k.expr}, ${v.expr}]); }`;
    return {
      code: `let ${name} = null;\nif (m${node}[${slot}] === 1) { ${name} = []; ${loop}\n${name} = map(${name}, ${object}); }`,
      expr: name,
    };
  }

  struct(node: StructRead, slot: string): Code {
    const fields = node.fields.map((field) => this.value(field, slot));
    const shape = node.shape === undefined ? { code: '', expr: '0' } : this.#leaf(node.shape, slot);
    const name = `o${this.#names++}`;
    if (node.node >= 0) this.#hoist(node.node, '');
    const made = this.#object(
      node,
      name,
      fields.map((field) => field.expr),
      shape.expr,
    );
    const guarded = node.node < 0 ? made : `if (m${node.node}[${slot}] === 1) { ${made} }`;
    return { code: `${fields.map((field) => field.code).join('\n')}\n${shape.code}\nlet ${name} = null;\n${guarded}`, expr: name };
  }

  /** Statements that make the object of the slot's shape. */
  #object(node: StructRead, name: string, values: readonly string[], shape: string): string {
    const property = (field: number) => `${propertyName(node.keys[field] as string)}: ${values[field]}`;
    const literal = (fields: readonly number[]) => `${name} = {${fields.map(property).join(', ')}};`;
    if (node.shapes === undefined) return literal(node.keys.map((_, index) => index));
    if (node.shape === undefined) return node.shapes.length === 0 ? `${name} = {};` : literal(node.shapes[0] as number[]);
    const struct = this.structs.push(node) - 1;
    const cases = node.shapes.slice(0, MAX_LITERALS).map((fields, index) => `case ${index}: ${literal(fields)} break;`);
    const other = `default: ${name} = build(S[${struct}].keys, S[${struct}].shapes, ${shape} ?? 0, [${values.join(', ')}]);`;
    return `switch (${shape} ?? 0) { ${cases.join('\n')}\n${other} }`;
  }

  #hoist(node: number, more: string): void {
    this.nodeCount++;
    this.hoisted.push(`const m${node} = V[${node}].valid, d${node} = V[${node}].data${more};`);
  }
}

/** A key in an object literal. A plain `__proto__` would set the prototype; a computed one is an own property. */
function propertyName(key: string): string {
  return key === '__proto__' ? '["__proto__"]' : quote(key);
}
