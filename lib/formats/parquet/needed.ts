import type { Path } from '../../base/path.js';
import type { Part } from '../../base/path.js';
import type { Projection } from '../../select/projection.js';
import { fieldName, type FieldPlan, type LogicalPlan } from '../../columnar/plan.js';
import type { PhysicalNode } from '../../columnar/physical-node.js';

/** What a projection needs of a file. */
export interface Needed {
  /** Top-level columns by their index; `leaves`: only these of a column's leaves. */
  columns: { column: number; leaves?: number[] }[];
  /** Whether rows made of these columns may hold more than is wanted: objects in JSON text, or maps. */
  isMore: boolean;
}

/** What a projection needs of the columns of a file. `plan`: undefined for a file of another writer. */
export function neededOf(plan: LogicalPlan | undefined, tree: readonly PhysicalNode[], wanted: Projection): Needed {
  const needed: Needed = { columns: [], isMore: false };
  const fields = plan === undefined ? undefined : new Map(plan.row.f.map((field) => [fieldName(field), field]));
  // Beside the columns of keys: shapes, whole rows, and the exceptions of wanted columns.
  const hidden = new Set([plan?.row.h, plan?.x]);
  for (const field of plan?.row.f ?? []) if (wanted.parts.has(field.k)) hidden.add(field.v.x);
  for (const [column, node] of tree.entries()) {
    const field = fields?.get(node.name);
    const part = hidden.has(node.name) ? WHOLE : wanted.parts.get(field === undefined ? node.name : field.k);
    if (part === undefined || (fields !== undefined && field === undefined && part !== WHOLE)) continue;
    if (part.whole) needed.columns.push({ column });
    else needed.columns.push({ column, ...partly(field, node, part, needed) });
  }
  return needed;
}

const WHOLE: Part = { whole: true, parts: new Map() };

/** The leaves of a column of which only a part is wanted. */
function partly(field: FieldPlan | undefined, node: PhysicalNode, part: Part, needed: Needed): { leaves?: number[] } {
  const isStruct = node.kind === 'struct' && (field === undefined || field.v.t === 'struct');
  if (!isStruct || field?.v.x !== undefined) needed.isMore = true;
  if (!isStruct) return {};
  const leaves: number[] = [];
  addLeaves(field, node, part, 0, leaves, needed);
  return { leaves };
}

/** Adds the wanted leaves of a node, whose first leaf has the number `first`; gives the number after its last. */
function addLeaves(field: FieldPlan | undefined, node: PhysicalNode, part: Part, first: number, leaves: number[], needed: Needed): number {
  const children = node.children ?? [];
  const isStruct = node.kind === 'struct' && (field === undefined || field.v.t === 'struct');
  if (!part.whole && isStruct) {
    const plan = field?.v.t === 'struct' ? field.v : undefined;
    const fields = new Map(plan?.f.map((one) => [fieldName(one), one]));
    const before = leaves.length;
    let next = first;
    for (const child of children) {
      const own = fields.get(child.name);
      const wanted = plan !== undefined && child.name === plan.h ? WHOLE : part.parts.get(own?.k ?? child.name);
      next =
        wanted === undefined || (plan !== undefined && own === undefined && wanted !== WHOLE)
          ? next + leafCount(child)
          : addLeaves(own, child, wanted, next, leaves, needed);
    }
    // One leaf shows where the object is null. Without a plan it comes as its key.
    if (leaves.length === before) {
      leaves.push(first);
      if (plan === undefined) needed.isMore = true;
    }
    return next;
  }
  if (!part.whole) needed.isMore = true;
  const end = first + leafCount(node);
  for (let leaf = first; leaf < end; leaf++) leaves.push(leaf);
  return end;
}

function leafCount({ children = [] }: PhysicalNode): number {
  return children.length === 0 ? 1 : children.reduce((sum, child) => sum + leafCount(child), 0);
}

/** Whether rows may have a place. Keys of whole rows, of exceptions and of JSON text are in no plan: any may be there. */
export function isKnown({ key, steps }: Path, plan: LogicalPlan | undefined, tree: readonly PhysicalNode[]): boolean {
  if (plan === undefined) {
    if (key !== undefined && tree.some((node) => node.name === key)) return true;
    return steps !== undefined && isTreePath(steps, tree);
  }
  if (plan.x !== undefined || (key !== undefined && plan.row.f.some((field) => field.k === key))) return true;
  return steps !== undefined && isPlanPath(steps, plan);
}

function isTreePath([first, ...steps]: readonly string[], tree: readonly PhysicalNode[]): boolean {
  let node = tree.find((one) => one.name === first);
  for (const step of steps) {
    if (node?.kind !== 'struct') break;
    node = node.children?.find((one) => one.name === step);
  }
  return node !== undefined;
}

function isPlanPath([first, ...steps]: readonly string[], plan: LogicalPlan): boolean {
  let field = plan.row.f.find((one) => one.k === first);
  if (field?.v.x !== undefined) return true;
  for (const step of steps) {
    if (field?.v.t !== 'struct') break;
    field = field.v.f.find((one) => one.k === step);
  }
  return field !== undefined;
}
