import { fieldName, type ValuePlan } from '../../../columnar/plan.js';
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
  /** No value of it was ever there: other files have it in any type. */
  nothing?: true;
  children?: ArrowLabel[];
}

export interface ArrowColumn {
  column: number;
  leaves?: number[];
  label: ArrowLabel;
}

/** The most rows and about the most bytes in a batch. */
export const BATCH_ROWS = 131_072;
export const BATCH_BYTES = 4 << 20;

/**
 * What the core is to hand over as Arrow batches, as JSON. `language`: of who takes them. @throws `ERR_CKPT_UNKNOWN_COLUMN`,
 * `ERR_CKPT_ARROW` for a key that C has no name for
 */
export function arrowRequest(facts: ParquetFacts, options: ArrowOptions, language?: 'C'): string {
  const { columns: names, offset = 0, limit = Number.POSITIVE_INFINITY, batchRows = BATCH_ROWS, threads } = options;
  const { rows } = facts;
  const unknown = rows === 0 ? undefined : names?.find((name) => !facts.keys.includes(name));
  if (unknown !== undefined) throw unknownColumn(facts.path, unknown, facts.keys);
  const wanted = Math.max(0, Math.min(rows - offset, limit));
  return JSON.stringify({
    columns: arrowColumns(facts, { ...options, isOne: true, language }, facts.path),
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

/** What is taken, and for whom: the language of who takes it, and whether it is of one file. */
type ColumnsFor = Pick<ArrowOptions, 'columns' | 'hidden'> & { language?: 'C' | undefined; isOne?: true };

/** The columns of a file that are taken, by the keys of its rows, in file order. `path`: for errors. */
export function arrowColumns({ plan, tree }: Pick<ParquetFacts, 'plan' | 'tree'>, how: ColumnsFor, path: string): ArrowColumn[] {
  const { columns, hidden = false, language } = how;
  const names = columns && new Set(columns);
  const fields = plan && new Map(plan.row.f.map((field) => [fieldName(field), field]));
  const taken = tree.flatMap((node, column): ArrowColumn[] => {
    const field = fields?.get(node.name);
    if (fields !== undefined && field === undefined) return hidden ? [{ column, label: { name: node.name } }] : [];
    const name = field?.k ?? node.name;
    if (names?.has(name) === false) return [];
    const { label, leaves, all } = part(field?.v, node, name, 0, how);
    return [{ column, label, ...(!all && { leaves }) }];
  });
  if (language === 'C') for (const { label } of taken) checkName(label, path);
  return taken;
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
function part(plan: ValuePlan | undefined, node: PhysicalNode, name: string, first: number, how: ColumnsFor): NodePart {
  const nodes = node.children ?? [];
  if (nodes.length === 0) {
    const isNothing = plan?.t === 'null' && how.isOne !== true;
    const label = { name, ...(plan?.t === 'json' && { json: true as const }), ...(isNothing && { nothing: true as const }) };
    return { label, leaves: [first], all: true, next: first + 1 };
  }
  const struct = plan?.t === 'struct' && node.kind === 'struct' ? plan : undefined;
  const fields = struct && new Map(struct.f.map((field) => [fieldName(field), field]));
  const parts: (NodePart & { visible: boolean })[] = [];
  let next = first;
  for (const child of nodes) {
    const field = fields?.get(child.name);
    const below = plan?.t === 'list' ? plan.e : field?.v;
    const made = part(below, child, field?.k ?? child.name, next, how);
    parts.push({ ...made, visible: how.hidden === true || fields === undefined || field !== undefined });
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
