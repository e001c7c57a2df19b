import type { Slot } from '../slot.js';

/** Rows that gather for calls: each batch is closed when it is full. */
export class Gathered {
  readonly #size: number;
  readonly #maxTokens: number;
  readonly #maxCost: number;
  #full: Slot[][] = [];
  #open: Slot[] = [];
  #tokens = 0;
  #cost = 0;
  /** When the first row of the batch came that is not full, by `performance.now`; undefined without one. */
  since: number | undefined;

  /** `maxCost`: of the rate limit, no row has more. */
  constructor(size: number, maxTokens: number, maxCost = Number.POSITIVE_INFINITY) {
    this.#size = size;
    this.#maxCost = maxCost;
    this.#maxTokens = maxTokens;
  }

  get isEmpty(): boolean {
    return this.#full.length === 0 && this.#open.length === 0;
  }

  add(slot: Slot, tokens: number): void {
    const { cost = 0 } = slot;
    const isTooMuch = this.#tokens + tokens > this.#maxTokens || this.#cost + cost > this.#maxCost;
    if (this.#open.length > 0 && isTooMuch) this.#close();
    this.#open.push(slot);
    this.#tokens += tokens;
    this.#cost += cost;
    this.since ??= performance.now();
    if (this.#open.length >= this.#size || this.#tokens >= this.#maxTokens) this.#close();
  }

  /** The batch that is next; undefined where none is full. `isAll`: one that is not full will do. */
  take(isAll: boolean): Slot[] | undefined {
    if (isAll && this.#open.length > 0) this.#close();
    return this.#full.shift();
  }

  /** Takes all rows out; gives how many they were. */
  clear(): number {
    this.#close();
    const rows = this.#full.reduce((sum, batch) => sum + batch.length, 0);
    this.#full = [];
    return rows;
  }

  #close(): void {
    if (this.#open.length > 0) this.#full.push(this.#open);
    this.#open = [];
    this.#tokens = 0;
    this.#cost = 0;
    this.since = undefined;
  }
}
