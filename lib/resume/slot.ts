import type { Failure, StoredFailure } from './failure-record.js';
import type { Row } from '../base/rows.js';
import type { RowUsage } from './usage/spending.js';

/**
 * A row of the input on its way to its results. What only some runs need is optional, and not there at first: many thousand slots are alive
 * at a time, and each field costs the collector.
 */
export interface Slot {
  /** Its index in the input. */
  readonly index: number;
  /** Its number in the table of what is known. */
  readonly number: number;
  /** The text of its key. */
  readonly key: string;
  /** `waiting` for a call, `running` or waiting for a retry, `known` from an earlier run, `done`, `failed`. */
  state: 'waiting' | 'running' | 'known' | 'done' | 'failed';
  row: Row;
  /** About how many characters and bytes it held when it came. */
  readonly weight: number;
  attempt: number;
  /** What a call for it takes of the rate limit. */
  cost?: number;
  results: Row | readonly Row[] | undefined;
  /** What its attempts used so far; undefined where nothing was told. */
  usage?: RowUsage | undefined;
  /** Whoever reads results as they come has these. */
  isTold?: boolean;
  /** What is recorded of it where it failed. */
  failure?: Failure;
  /** It failed in an earlier run, and was not tried again. */
  recorded?: StoredFailure | undefined;
}

/** How many results. */
export function countOf({ results }: Slot): number {
  if (results === undefined) return 0;
  return Array.isArray(results) ? results.length : 1;
}

/** Its results one by one. */
export function resultsOf({ results }: Pick<Slot, 'results'>): readonly Row[] {
  if (results === undefined) return [];
  return Array.isArray(results) ? (results as readonly Row[]) : [results as Row];
}

/** Puts its results behind others. */
export function appendResults(rows: Row[], { results }: Slot): void {
  if (Array.isArray(results)) for (const row of results as readonly Row[]) rows.push(row);
  else if (results !== undefined) rows.push(results as Row);
}

/** Slots in the order of the input: put in at one end, taken out at the other. */
export class Window {
  #slots: (Slot | undefined)[] = [];
  #first = 0;

  get size(): number {
    return this.#slots.length - this.#first;
  }

  get head(): Slot | undefined {
    return this.#slots[this.#first];
  }

  push(slot: Slot): void {
    this.#slots.push(slot);
  }

  shift(): void {
    this.#slots[this.#first++] = undefined;
    // Now and then what was taken out is let go; an array that shifts each time is slow when it is long.
    if (this.#first > 1024 && this.#first * 2 > this.#slots.length) {
      this.#slots = this.#slots.slice(this.#first);
      this.#first = 0;
    }
  }

  [Symbol.iterator](): Generator<Slot, void, undefined> {
    return this.from(0);
  }

  /** Those of the rows of the input from this index on. */
  *from(row: number): Generator<Slot, void, undefined> {
    const ahead = row - (this.head?.index ?? 0);
    for (let index = this.#first + Math.max(0, ahead); index < this.#slots.length; index++) yield this.#slots[index] as Slot;
  }
}
