import { fieldName, type LogicalPlan, type ValuePlan } from '../../../columnar/plan.js';
import type { PhysicalNode } from '../../../columnar/physical-node.js';
import type { ArrowOptions } from '../../../options/arrow-options.js';
import { CheckpointError } from '../../../base/errors.js';
import { show } from '../../../base/messages.js';
import { unknownColumn } from '../../../select/unknown-columns.js';
import type { ParquetFacts } from '../parquet-facts.js';

/** What a column is called in Arrow: `Label` of crates/arrow-ckpt/src/decode/arrow/schema.rs. */
interface ArrowLabel {
  name: string;
  json?: true;
  children?: ArrowLabel[];
}

interface ArrowColumn {
  column: number;
  leaves?: number[];
  label: ArrowLabel;
}

const BATCH_ROWS = 131_072;
const BATCH_BYTES = 4 << 20;

/**
 * What the core is to hand over as Arrow batches, as JSON. `language`: of who takes them. @throws `ERR_CKPT_UNKNOWN_COLUMN`,
 * `ERR_CKPT_ARROW` for a key that C has no name for
 */
export function arrowRequest(facts: ParquetFacts, options: ArrowOptions, language?: 'C'): string {
  const { columns: names, hidden = false, offset = 0, limit = Number.POSITIVE_INFINITY, batchRows = BATCH_ROWS, threads } = options;
  const { plan, rows, tree } = facts;
  const unknown = rows === 0 ? undefined : names?.find((name) => !facts.keys.includes(name));
  if (unknown !== undefined) throw unknownColumn(facts.path, unknown, facts.keys);
  const wanted = Math.max(0, Math.min(rows - offset, limit));
  const taken = arrowColumns(plan, tree, names && new Set(names), hidden);
  if (language === 'C') for (const { label } of taken) checkName(label, facts.path);
  return JSON.stringify({
    columns: taken,
    ranges: wanted === rows ? undefined : [[offset, offset + wanted]],
    threads,
    blockRows: batchRows,
    blockBytes: BATCH_BYTES,
  });
}

/** Names of C end at a zero. */
function checkName({ name, children = [] }: ArrowLabel, path: string): void {
  if (name.includes('\0')) {
    const message = `${path}: the key ${show(name)} has a zero character, and names in C end there; leave its column out, or take arrow()`;
    throw new CheckpointError('ERR_CKPT_ARROW', message, { path, column: name });
  }
  for (const child of children) checkName(child, path);
}

/** The columns of a file by the keys of its rows, in file order. `names`: only these. */
function arrowColumns(
  plan: LogicalPlan | undefined,
  tree: readonly PhysicalNode[],
  names: ReadonlySet<string> | undefined,
  hidden: boolean,
): ArrowColumn[] {
  const fields = plan && new Map(plan.row.f.map((field) => [fieldName(field), field]));
  return tree.flatMap((node, column): ArrowColumn[] => {
    const field = fields?.get(node.name);
    if (fields !== undefined && field === undefined) return hidden ? [{ column, label: { name: node.name } }] : [];
    const name = field?.k ?? node.name;
    if (names?.has(name) === false) return [];
    const { label, leaves, all } = part(field?.v, node, name, 0, hidden);
    return [{ column, label, ...(!all && { leaves }) }];
  });
}

interface NodePart {
  label: ArrowLabel;
  /** The leaves that are handed over, by their number within the column; `all`: nothing is left out. */
  leaves: number[];
  all: boolean;
  /** The number after its last leaf. */
  next: number;
}

/** What is handed over of a node whose first leaf has the number `first`: all but the shapes of its objects. */
function part(plan: ValuePlan | undefined, node: PhysicalNode, name: string, first: number, hidden: boolean): NodePart {
  const nodes = node.children ?? [];
  if (nodes.length === 0) {
    return { label: { name, ...(plan?.t === 'json' && { json: true }) }, leaves: [first], all: true, next: first + 1 };
  }
  const struct = plan?.t === 'struct' && node.kind === 'struct' ? plan : undefined;
  const fields = struct && new Map(struct.f.map((field) => [fieldName(field), field]));
  const parts: (NodePart & { visible: boolean })[] = [];
  let next = first;
  for (const child of nodes) {
    const field = fields?.get(child.name);
    const below = plan?.t === 'list' ? plan.e : field?.v;
    const made = part(below, child, field?.k ?? child.name, next, hidden);
    parts.push({ ...made, visible: hidden || fields === undefined || field !== undefined });
    ({ next } = made);
  }
  // Of objects that never had a key the shapes alone say which are null.
  const seen = parts.some(({ visible }) => visible) ? parts.filter(({ visible }) => visible) : parts;
  return {
    label: { name, children: seen.map(({ label }) => label) },
    leaves: seen.flatMap(({ leaves }) => leaves),
    all: seen.length === parts.length && seen.every(({ all }) => all),
    next,
  };
}
