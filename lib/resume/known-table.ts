import { NumberColumn, UsualColumn } from './number-column.js';
import type { UsageTotals } from './usage/usage.js';

/** One row of a record of rows: digests of its key and content, the number of its results, what they cost. */
export interface RecordedRow extends UsageTotals {
  /** When the results were made, in ms since 1970; 0 where that was not recorded. */
  time: number;
  keyHigh: number;
  keyLow: number;
  high: number;
  low: number;
  count: number;
}

/**
 * What is known of each row of an operation by its key: the digest of its content, and where its results are. Some 30 bytes a row, with a
 * share in the table, so that millions fit beside a stream.
 *
 * Rows have numbers, from 0 on in the order in which they came. A table of hashes leads from the digest of a key to the number.
 */
export class KnownTable {
  /** Digest of the key, digest of the content. */
  readonly keyHigh = new NumberColumn(Uint32Array);
  readonly keyLow = new NumberColumn(Uint32Array);
  readonly high = new NumberColumn(Uint32Array);
  readonly low = new NumberColumn(Uint32Array);
  /** The number of the file that has the results, plus one; 0 where they are in none. */
  readonly source = new NumberColumn(Uint16Array);
  /** The number of the first result among the rows of the file. */
  readonly offset: NumberColumn = new UsualColumn(Uint32Array, (number) => number);
  /** How many results. */
  readonly count: NumberColumn = new UsualColumn(Uint32Array, () => 1);
  /** What the results cost, as far as that was told. */
  readonly calls = new NumberColumn(Float64Array);
  readonly inputTokens = new NumberColumn(Float64Array);
  readonly outputTokens = new NumberColumn(Float64Array);
  readonly cost = new NumberColumn(Float64Array);
  /** When they were made, as far as that was recorded: ms since 1970. */
  readonly time = new NumberColumn(Float64Array);
  /** One of these is known of some row. */
  hasDetails = false;
  /** 1 where this run has met the row. */
  readonly seen = new NumberColumn(Uint8Array);
  size = 0;
  #slots = new Uint32Array(1024);
  #mask = 1023;

  /** The number of the row with this digest of its key, -1 for none. */
  find(high: number, low: number): number {
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const number = (this.#slots[slot] as number) - 1;
      if (number < 0) return -1;
      if (this.keyLow.get(number) === low && this.keyHigh.get(number) === high) return number;
    }
  }

  /** A new row with this digest of its key, which must not be there. Its number; nothing else is known of it yet. */
  add(high: number, low: number): number {
    const number = this.size++;
    this.keyHigh.set(number, high);
    this.keyLow.set(number, low);
    if (this.size * 4 > this.#slots.length * 3) this.#grow();
    else this.#place(number, low);
    return number;
  }

  /** A new row as a record of rows has it, whether its key is there or not. Its number. */
  append(row: RecordedRow): number {
    const { keyHigh, keyLow, high, low, count } = row;
    const number = this.add(keyHigh, keyLow);
    this.setDetails(number, row);
    this.high.set(number, high);
    this.low.set(number, low);
    this.count.set(number, count);
    return number;
  }

  usageOf(number: number): UsageTotals {
    return {
      calls: this.calls.get(number),
      inputTokens: this.inputTokens.get(number),
      outputTokens: this.outputTokens.get(number),
      cost: this.cost.get(number),
    };
  }

  /** Takes up what the results of a row cost, and when they were made. */
  setDetails(number: number, { calls, inputTokens, outputTokens, cost, time }: UsageTotals & { time: number }): void {
    if (!this.hasDetails && calls === 0 && inputTokens === 0 && outputTokens === 0 && cost === 0 && time === 0) return;
    this.hasDetails = true;
    this.time.set(number, time);
    this.calls.set(number, calls);
    this.inputTokens.set(number, inputTokens);
    this.outputTokens.set(number, outputTokens);
    this.cost.set(number, cost);
  }

  #place(number: number, low: number): void {
    let slot = low & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = number + 1;
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    this.#mask = this.#slots.length - 1;
    for (let number = 0; number < this.size; number++) this.#place(number, this.keyLow.get(number));
  }
}
