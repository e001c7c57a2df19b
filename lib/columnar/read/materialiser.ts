import type { Row } from '../../base/rows.js';
import type { RowCode } from './row-code.js';
import { NodeView, type Arena, type Materialise } from './views.js';

/** Makes rows of the blocks of one scan. */
export class Materialiser {
  readonly #views: NodeView[];
  readonly #materialise: Materialise;

  /** `rows`: how many rows there are to make. */
  constructor(code: RowCode, rows: number) {
    this.#views = Array.from({ length: code.nodes }, () => new NodeView());
    this.#materialise = code.materialise(rows);
  }

  /** Puts the rows of the block in `arena` into `out` from index `at` on; gives how many. */
  put(arena: Arena, out: Row[], at: number): number {
    this.#views.forEach((view, node) => view.load(arena, node));
    const rows = arena.u32[0] as number;
    this.#materialise(this.#views, rows, out, at);
    return rows;
  }
}
