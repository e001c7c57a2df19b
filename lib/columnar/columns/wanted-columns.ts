import type { PhysicalNode } from '../physical-node.js';
import type { ReadNode, RowRead, StructRead } from '../read/tree.js';

/** A column that somebody wants of the rows of a scan. */
export interface WantedColumn {
  /** A key of the rows, or a path into objects. */
  name: string;
  /** The steps of the path where rows do not have the name as a key of their own. */
  steps: readonly string[];
  /** The number of the row's field that is, or begins, the column; -1: only whole rows may have it. */
  field: number;
  /** What its slots are made of; undefined where that is not one node of the file. */
  node: ReadNode | undefined;
  /** The kind of the node in the file. */
  physical: PhysicalNode['kind'] | undefined;
}

/** The columns of these names in the rows of a scan, all keys if there are no names. */
export function wantedColumns({ row }: RowRead, tree: readonly PhysicalNode[], names: readonly string[] | undefined): WantedColumn[] {
  const nodes: PhysicalNode[] = [];
  const walk = (node: PhysicalNode): void => {
    nodes.push(node);
    node.children?.forEach(walk);
  };
  tree.forEach(walk);
  return (names ?? row.keys).map((name) => {
    const steps = name.split('.');
    const own = row.keys.indexOf(name);
    const node = own >= 0 ? row.fields[own] : nodeAt(row, steps);
    const field = own >= 0 ? own : row.keys.indexOf(steps[0] as string);
    const physical = node === undefined || node.node < 0 ? undefined : nodes[node.node]?.kind;
    return { name, steps, field, node: physical === undefined ? undefined : node, physical };
  });
}

/** The node at the end of a path through structs. */
function nodeAt(row: StructRead, steps: readonly string[]): ReadNode | undefined {
  let node: ReadNode | undefined = row;
  for (const step of steps) node = node?.kind === 'struct' ? node.fields[node.keys.indexOf(step)] : undefined;
  return node;
}
