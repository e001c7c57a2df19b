import type { PhysicalPlan, ValuePlan } from '../plan.js';

/** What a chunk is being filled for: says where a value stands, and collects that the plan must change. */
export interface FillContext {
  /** Index of the chunk's first row in the whole checkpoint. */
  firstRow: number;
  /** The row within the chunk that is being put. */
  row: number;
  /** Rows that the generated code left to the closures. */
  byClosures: number;
  /** `Object.prototype` has enumerable keys: for-in is of no use. */
  isExtended: boolean;
  /** Code does not know a shape, or that one lacks a field: it must ask for the fields that a shape lacks, and be made anew. */
  late: boolean;
  /** The plan met something it has no place for: evolve it and fill the chunk again. */
  stale: boolean;
}

/**
 * A node of the write plan with its scratch memory for one chunk. Slots are written by position and may be written again (a row that
 * turned out irregular is overwritten with nulls), so filling a chunk twice is harmless.
 */
export abstract class WriteNode {
  abstract readonly kind: PhysicalPlan['t'];
  /** One byte a slot, 1 = present. All are 1 while not `hasNulls`. */
  valid: Uint8Array;
  hasNulls = false;
  /** Generated code does not mark what is present: {@link clear} alone would take it for absent. */
  presumed = false;
  readonly children: WriteNode[] = [];

  constructor(
    readonly name: string,
    public capacity: number,
  ) {
    this.valid = new Uint8Array(capacity).fill(1);
  }

  /** Puts a value that is neither null nor missing; false if it does not fit this node: nothing may have been kept of it then. */
  abstract put(position: number, value: unknown, context: FillContext): boolean;

  putNull(position: number): void {
    this.valid[position] = 0;
    this.hasNulls = true;
  }

  /** Starts a chunk. */
  reset(): void {
    if (this.hasNulls) this.valid.fill(1);
    this.hasNulls = false;
    for (const child of this.children) child.reset();
  }

  /**
   * Fills the slots of a chunk with nulls, to be overwritten where there are values: cheaper than a `putNull` for each when many are
   * absent.
   */
  clear(slots: number): void {
    this.valid.fill(0, 0, slots);
    this.hasNulls = true;
  }

  /** Adapts to what the last chunk showed, before the next begins; true if generated code no longer fits. */
  adapt(): boolean {
    let changed = false;
    for (const child of this.children) changed = child.adapt() || changed;
    return changed;
  }

  /** Makes room for `slots`, keeping what is there. */
  ensure(slots: number): void {
    if (slots <= this.capacity) return;
    this.grow(Math.max(slots, this.capacity * 2));
  }

  protected grow(capacity: number): void {
    this.capacity = capacity;
    this.valid = grown(this.valid, new Uint8Array(capacity).fill(1));
  }

  /** The logical plan of the values. */
  abstract describe(): ValuePlan;

  /** The physical plan that crosses to the core. */
  physical(): PhysicalPlan {
    const plan: PhysicalPlan = { n: this.name, t: this.kind };
    if (this.children.length > 0) plan.c = this.children.map((child) => child.physical());
    return plan;
  }
}

export function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Nothing but nulls so far: any other value makes the plan stale. */
export class NullNode extends WriteNode {
  readonly kind = 'null';

  put(_position: number, _value: unknown, context: FillContext): boolean {
    context.stale = true;
    return false;
  }

  describe(): ValuePlan {
    return { t: 'null' };
  }
}
