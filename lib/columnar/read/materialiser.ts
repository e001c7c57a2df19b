import type { Row } from '../../base/rows.js';
import { isWorthCode } from '../../base/generate.js';
import { closureMaterialise } from './row-closures.js';
import { generateMaterialise } from './generate-materialise.js';
import type { RowRead } from './tree.js';
import { NodeView, type Arena, type Materialise } from './views.js';

/** Makes rows of the blocks of one scan. */
export class Materialiser {
  readonly #views: NodeView[];
  readonly #materialise: Materialise;

  /** `nodes`: how many nodes the physical tree has; `rows`: how many rows there are to make. */
  constructor(plan: RowRead, nodes: number, rows: number) {
    this.#views = Array.from({ length: nodes }, () => new NodeView());
    this.#materialise = (isWorthCode(rows) ? generateMaterialise(plan) : undefined) ?? closureMaterialise(plan);
  }

  /** Puts the rows of the block in `arena` into `out` from index `at` on; gives how many. */
  put(arena: Arena, out: Row[], at: number): number {
    this.#views.forEach((view, node) => view.load(arena, node));
    const rows = arena.u32[0] as number;
    this.#materialise(this.#views, rows, out, at);
    return rows;
  }
}
