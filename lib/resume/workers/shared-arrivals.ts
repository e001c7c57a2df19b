import { Arrivals } from '../arrivals.js';
import type { Slot } from '../slot.js';

/** The parts of {@link Arrivals} that a run tells. */
type Pending = Parameters<Arrivals['watch']>[0];

/** What a worker has told already to whoever reads results as they come. */
export class OwnResults {
  /** Rows of the input. */
  readonly computed = new Set<number>();
  readonly told = new Set<number>();
}

/** Stands between a run of this worker and whoever reads the results of all. */
abstract class Between extends Arrivals {
  protected readonly all: Arrivals;
  protected readonly own: OwnResults;

  constructor(all: Arrivals, own: OwnResults) {
    super();
    this.all = all;
    this.own = own;
  }

  override get isRead(): boolean {
    return this.all.isRead;
  }

  override watch(pending: Pending): void {
    this.all.watch(pending);
  }
}

/** Tells the results that this worker computes, as they come: in the order of the input all of them come at the end. */
export class OwnArrivals extends Between {
  override came(slot: Slot): void {
    this.all.came(slot);
  }

  override took(slot: Slot): void {
    if (slot.state === 'done') this.own.computed.add(slot.index);
    if (slot.isTold === true) this.own.told.add(slot.index);
  }
}

/** Tells all results in the order of the input; as they come only those that were not told before. */
export class AllArrivals extends Between {
  override came(slot: Slot): void {
    const told = this.#asTold(slot);
    this.all.came(told);
    if (told.isTold === true) slot.isTold = true;
  }

  override took(slot: Slot): void {
    this.all.took(this.#asTold(slot));
  }

  /** Rows that this worker has computed are read like those of others. */
  #asTold(slot: Slot): Slot {
    if (this.own.told.has(slot.index)) slot.isTold = true;
    return slot.state === 'known' && this.own.computed.has(slot.index) ? { ...slot, state: 'done' } : slot;
  }
}
