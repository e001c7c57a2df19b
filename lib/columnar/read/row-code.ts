import { isWorthCode } from '../../base/generate.js';
import { Recent } from '../../base/recent.js';
import { generateProgram, makeOf, type Program } from './generate-materialise.js';
import { closureMaterialise } from './row-closures.js';
import type { RowRead } from './tree.js';
import type { Materialise } from './views.js';

/** Codes that are kept: a pipeline has so many shapes of rows at a time. */
const MAX_KNOWN = 16;
/** Nodes of the largest trees whose codes are kept: comparing them takes less than a tenth of making the rows. */
const MAX_NODES = 64;

/**
 * What makes the rows of all files of one shape. Closures do it until there were rows enough to be worth a compilation, in one scan or in
 * many: small checkpoints, batches and parts come again and again.
 */
export class RowCode {
  #rows = 0;
  #program: Program | undefined;

  /** `nodes`: how many nodes the physical tree has. */
  constructor(
    readonly plan: RowRead,
    readonly nodes: number,
  ) {}

  /** For a scan of so many rows. */
  materialise(rows: number): Materialise {
    this.#rows += rows;
    if (this.#program === undefined && isWorthCode(this.#rows)) this.#program = generateProgram(this.plan);
    return (this.#program && makeOf(this.#program, this.plan)) ?? closureMaterialise(this.plan);
  }
}

const known = new Recent<RowCode>(MAX_KNOWN);

/** The code for a plan, that of an earlier scan of the same if there was one. */
export function rowCode(plan: RowRead, nodes: number): RowCode {
  if (nodes > MAX_NODES || plan.keep !== undefined) return new RowCode(plan, nodes);
  return known.of(JSON.stringify([plan.row, plan.texts]), () => new RowCode(plan, nodes));
}
