import type { Row } from '../../rows.js';
import { closureMaterialise } from './row-closures.js';
import { generateMaterialise } from './row-code.js';
import type { RowRead } from './tree.js';
import { NodeView, type Arena, type Materialise } from './views.js';

/** Fewer rows than this are made by closures: small checkpoints do not pay for a compilation. */
const MIN_GENERATED_ROWS = 2048;

/** Makes rows of the blocks of one scan. */
export class Materialiser {
  readonly #views: NodeView[];
  readonly #materialise: Materialise;

  /** `nodes`: how many nodes the physical tree has; `rows`: how many rows there are to make. */
  constructor(plan: RowRead, nodes: number, rows: number) {
    this.#views = Array.from({ length: nodes }, () => new NodeView());
    this.#materialise = (rows < MIN_GENERATED_ROWS ? undefined : generateMaterialise(plan)) ?? closureMaterialise(plan);
  }

  /** Puts the rows of the block in `arena` into `out` from index `at` on; gives how many. */
  put(arena: Arena, out: Row[], at: number): number {
    this.#views.forEach((view, node) => view.load(arena, node));
    const rows = arena.u32[0] as number;
    this.#materialise(this.#views, rows, out, at);
    return rows;
  }
}
