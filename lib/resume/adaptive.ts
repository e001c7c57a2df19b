import type { AdaptiveConcurrency } from './adaptive-options.js';

/** How often the number goes up at most. */
const STEP_MS = 1000;

/**
 * A number of calls that goes down by half when the service is overloaded, and up again while it is not: by one, at most once a second and
 * only after as many successes as calls may run. Until the first overload it doubles.
 */
export class Adaptive {
  limit: number;
  #min: number;
  #max: number;
  #wasOverloaded = false;
  #changedAt = performance.now();
  /** The number of the last call that had started then. */
  #changedAtCall = 0;
  #successes = 0;
  /** As many calls ran as may. */
  #wasFull = false;

  constructor({ initial, min, max }: Required<AdaptiveConcurrency>) {
    this.limit = initial;
    this.#min = min;
    this.#max = max;
  }

  /** From now on this number, which it may go below, but not above. */
  set(limit: number): void {
    this.limit = limit;
    this.#min = Math.min(this.#min, limit);
    this.#max = limit;
  }

  /** A call has started; so many run now. */
  started(running: number): void {
    if (running >= this.limit) this.#wasFull = true;
  }

  /** A call has ended well. Whether more may run now. */
  succeeded(): boolean {
    if (this.limit >= this.#max || ++this.#successes < this.limit || !this.#wasFull) return false;
    const now = performance.now();
    if (now - this.#changedAt < STEP_MS) return false;
    this.#change(now, Math.min(this.#max, this.#wasOverloaded ? this.limit + 1 : this.limit * 2));
    return true;
  }

  /** The service cannot take more, as `call` of so many was told. A call that had started when another was told says nothing new. */
  overloaded(call: number, calls: number): void {
    if (this.#wasOverloaded && call <= this.#changedAtCall) return;
    this.#wasOverloaded = true;
    this.#changedAtCall = calls;
    this.#change(performance.now(), Math.max(this.#min, Math.floor(this.limit / 2)));
  }

  #change(now: number, limit: number): void {
    this.limit = limit;
    this.#changedAt = now;
    this.#successes = 0;
    this.#wasFull = false;
  }
}
