import { compile, quote } from '../../base/generate.js';
import type { Row } from '../../base/rows.js';
import { hasOnlyElements } from './containers.js';
import type { FillContext, WriteNode } from './nodes.js';
import type { RootNode } from './root-node.js';
import type { Shape } from './shape.js';
import { checkStruct, ValueCode } from './value-code.js';

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
  const columns = shape.fields.map((field, index) =>
    column(code, root.fields[field] as WriteNode, field, `r[${quote(shape.keys[index] as string)}]`),
  );
  const keys = code.give(shape.keys);
  return loop(
    code,
    root,
    `${checkStruct('r', keys, shape.keys.length, `{ R.putRow(i, r, X); return; }`)}
${columns.join('\n')}
R.putAbsent(i, ${code.give(shape)});
R.putShape(i, ${shape.id});`,
  );
}

/** Generates the filling loop for rows of any shape: it walks the keys that a row has. */
export function generateWalk(root: RootNode): Fill | undefined {
  const code = new ValueCode();
  const field = (index: number, value: string): string => column(code, root.fields[index] as WriteNode, index, value);
  const walk = code.walk(root, 'R', { value: 'r', position: 'i', field, done: '', other: 'R.putRow(i, r, X);' });
  return loop(code, root, walk);
}

function loop(code: ValueCode, root: RootNode, body: string): Fill | undefined {
  if (code.nodes > MAX_GENERATED_NODES) return undefined;
  const text = `const protoOf = Object.getPrototypeOf, OP = Object.prototype, AP = Array.prototype, isArray = Array.isArray;
${code.head}
${code.hoisted}
function put(i, r, X) {
${body}
}
return function fill(rows, start, count, X) {
for (let i = 0; i < count; i++) put(i, rows[start + i], X);
};`;
  type Make = (root: RootNode, given: readonly unknown[], only: typeof hasOnlyElements) => Fill;
  return compile<Make>(['R', 'G', 'hasOnlyElements'], text)?.(root, code.given, hasOnlyElements);
}

/** The statements for a top-level column. */
function column(code: ValueCode, node: WriteNode, field: number, value: string): string {
  const [label, name] = [`c${field}`, `v${field}`];
  const fail = `{ R.putCell(${field}, i, ${name}, X); break ${label}; }`;
  return `${label}: { const ${name} = ${value};\n${code.value(node, 'i', name, fail, true)}\n}`;
}
