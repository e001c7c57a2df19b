import type { Row } from '../../rows.js';
import { closureMaterialise } from './row-closures.js';
import { generateMaterialise } from './row-code.js';
import type { RowRead } from './tree.js';
import { NodeView, type Arena } from './views.js';

/** Appends the rows of a block to `out`. */
export type Materialise = (views: readonly NodeView[], rows: number, out: Row[]) => void;

/** Blocks made by closures before code is generated: small checkpoints do not pay for a compilation. */
const BLOCKS_BEFORE_CODE = 1;

/** Makes rows of the blocks of one scan. */
export class Materialiser {
  readonly #views: NodeView[];
  readonly #plan: RowRead;
  #materialise: Materialise;
  #blocks = 0;

  /** `nodes`: how many nodes the physical tree has. */
  constructor(plan: RowRead, nodes: number) {
    this.#plan = plan;
    this.#views = Array.from({ length: nodes }, () => new NodeView());
    this.#materialise = closureMaterialise(plan);
  }

  /** Appends the rows of the block in `arena` to `out`. */
  append(arena: Arena, out: Row[]): void {
    if (this.#blocks++ === BLOCKS_BEFORE_CODE) this.#materialise = generateMaterialise(this.#plan) ?? this.#materialise;
    this.#views.forEach((view, node) => view.load(arena, node));
    this.#materialise(this.#views, arena.u32[0] as number, out);
  }
}
