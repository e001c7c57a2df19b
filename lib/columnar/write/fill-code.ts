import { compile } from '../../base/generate.js';
import type { Row } from '../../base/rows.js';
import { hasOnlyElements } from './containers.js';
import type { FillContext, WriteNode } from './nodes.js';
import type { RootNode } from './root-node.js';
import type { Shape } from './shape.js';
import { oneShape, placeOf, severalShapes, type StructCode } from './struct-code.js';
import { ValueCode } from './value-code.js';
import type { FieldCode } from './object-code.js';

/** Fills the root's scratch from `count` rows from `start` on. */
export type Fill = (rows: readonly Row[], start: number, count: number, context: FillContext) => void;

/** Columns beyond this make a function that V8 would not optimise; closures are as good then. */
const MAX_GENERATED_NODES = 1500;

/**
 * Generates the filling loop for rows of `shape`: each key read once by its name, each value stored where it belongs, everything that is
 * not as planned handed to the closures of `root`. A function puts one row: one long loop is entered by on-stack replacement, takes more
 * than twice the time (ARCHITECTURE.md, law 3), and is compiled twice. Undefined where code generation is forbidden.
 */
export function generateFill(root: RootNode, shape: Shape): Fill | undefined {
  const code = new ValueCode();
  return loop(code, root, oneShape(code, root, shape, rowCode(code, root)));
}

/** Generates the filling loop for rows of several shapes. */
export function generateWalk(root: RootNode): Fill | undefined {
  const code = new ValueCode();
  return loop(code, root, severalShapes(code, root, rowCode(code, root)));
}

function rowCode(code: ValueCode, root: RootNode): StructCode {
  const field = (index: number, value: string): FieldCode => column(code, root, index, value);
  return { name: 'R', value: 'r', position: 'i', field, done: '', other: 'R.putRow(i, r, X);' };
}

function loop(code: ValueCode, root: RootNode, body: string): Fill | undefined {
  if (code.nodes > MAX_GENERATED_NODES) return undefined;
  const text = `const protoOf = Object.getPrototypeOf, OP = Object.prototype, AP = Array.prototype, isArray = Array.isArray;
${code.head}
const put = (function put(i, r, X) {
${body}
});
return (function fill(rows, start, count, X) {
for (let i = 0; i < count; i++) put(i, rows[start + i], X);
});`;
  type Make = (root: RootNode, given: readonly unknown[], only: typeof hasOnlyElements) => Fill;
  return compile<Make>(['R', 'G', 'hasOnlyElements'], text)?.(root, code.given, hasOnlyElements);
}

/** The statements for a top-level column. */
function column(code: ValueCode, root: RootNode, field: number, value: string): FieldCode {
  const [label, name] = [`c${field}`, `v${field}`];
  const fail = `{ R.putCell(${field}, i, ${name}, X); break ${label}; }`;
  const place = placeOf(root, field, { position: 'i', fixed: true, marked: false });
  const put = code.value(root.fields[field] as WriteNode, place, name, fail);
  return (afterRead = '') => `${label}: { const ${name} = ${value};\n${afterRead}${put}\n}`;
}
