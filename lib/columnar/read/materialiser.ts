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

  /** Appends the rows of the block in `arena` to `out`. */
  append(arena: Arena, out: Row[]): void {
    this.#views.forEach((view, node) => view.load(arena, node));
    this.#materialise(this.#views, arena.u32[0] as number, out);
  }
}
