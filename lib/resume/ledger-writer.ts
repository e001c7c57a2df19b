import { failureLines, type Failure, type StoredFailure } from './failure-record.js';
import type { KnownTable } from './known-table.js';
import { headLine, LINE_END, rowBytes, type LedgerHead } from './ledger-head.js';
import { type NumberColumn, UsualColumn } from './number-column.js';
import { addUsage, NO_USAGE, type UsageTotals } from './usage/usage.js';

const PIECE_ROWS = 8192;
const TEXT_BLOCK = 1 << 16;

/** A ledger that is being written: which rows of a table, in which order. */
export class LedgerWriter {
  readonly #numbers: NumberColumn = new UsualColumn(Uint32Array, (place) => place);
  readonly #texts: Buffer[] = [];
  #text = Buffer.alloc(0);
  #filled = 0;
  #keyBytes = 0;
  readonly #failures = new Map<string, StoredFailure | { number: number; failure: Failure }>();
  rows = 0;

  /** How many rows failed. */
  get failures(): number {
    return this.#failures.size;
  }

  /** Adds the row of a number in the table, with the text of its key. */
  add(number: number, key: string): void {
    this.#numbers.set(this.rows, number);
    if (key.length * 3 + 1 > this.#text.length - this.#filled) {
      this.#texts.push(this.#text.subarray(0, this.#filled));
      this.#text = Buffer.allocUnsafeSlow(Math.max(TEXT_BLOCK, key.length * 3 + 1));
      this.#filled = 0;
    }
    const bytes = this.#text.write(key, this.#filled);
    this.#filled += bytes;
    this.#text[this.#filled++] = LINE_END;
    this.#keyBytes += bytes + 1;
    this.rows++;
  }

  /** Adds a row that failed, by its number in the table. */
  fail(number: number, key: string, failure: Failure): void {
    this.#failures.set(key, { number, failure });
  }

  /** Adds records of other files. One that is there of the same key is older. */
  addFailures(failures: Iterable<StoredFailure>): void {
    for (const failure of failures) this.#failures.set(failure.key, failure);
  }

  /** A row that failed has results now. */
  forgetFailure(key: string): void {
    this.#failures.delete(key);
  }

  /** The numbers of its rows in the table, in their order. */
  *numbers(): Generator<number, void, undefined> {
    for (let place = 0; place < this.rows; place++) yield this.#numbers.get(place);
  }

  /** The bytes, in pieces. What the table says of the rows is read as they are made. */
  *pieces({ step, operation }: Pick<LedgerHead, 'step' | 'operation'>, table: KnownTable): Generator<Uint8Array, void, undefined> {
    const failures = failureLines(this.#stored(table));
    const sections = this.failures === 0 ? [] : [{ name: 'failures', count: this.failures, bytes: failures.length }];
    const more = sections.length === 0 ? {} : { keyBytes: this.#keyBytes, sections };
    const head = { step, operation, rows: this.rows, ...(table.hasDetails && { usage: this.#usage(table) }), ...more };
    yield Buffer.from(headLine(head));
    const columns = [table.keyHigh, table.keyLow, table.high, table.low, table.count];
    const costs = table.hasDetails ? [table.calls, table.inputTokens, table.outputTokens, table.cost, table.time] : [];
    for (let start = 0; start < this.rows; start += PIECE_ROWS) {
      const end = Math.min(start + PIECE_ROWS, this.rows);
      const piece = Buffer.allocUnsafe((end - start) * rowBytes(head));
      let at = 0;
      for (let place = start; place < end; place++) {
        const number = this.#numbers.get(place);
        for (const column of columns) at = piece.writeUInt32LE(column.get(number), at);
        for (const column of costs) at = piece.writeDoubleLE(column.get(number), at);
      }
      yield piece;
    }
    yield* this.#texts;
    yield this.#text.subarray(0, this.#filled);
    if (failures.length > 0) yield failures;
  }

  #usage(table: KnownTable): UsageTotals {
    const sum = { ...NO_USAGE };
    for (const number of this.numbers()) addUsage(sum, table.usageOf(number));
    return sum;
  }

  *#stored(table: KnownTable): Generator<StoredFailure, void, undefined> {
    for (const [key, entry] of this.#failures) {
      if (!('number' in entry)) yield entry;
      else yield { key, high: table.high.get(entry.number), low: table.low.get(entry.number), ...entry.failure };
    }
  }
}
