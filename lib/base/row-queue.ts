import type { Row } from './rows.js';
import { copyRow } from './value/copy.js';
import { weigh } from './weigh.js';

/** Rows that are gathered of small pieces before the save gets them: it works a chunk at a time. */
const GATHERED_ROWS = 1024;
/** Characters and bytes of gathered rows. */
const GATHERED_WEIGHT = 1 << 20;

interface Waiting {
  rows: readonly Row[];
  taken: () => void;
  failed: (error: unknown) => void;
}

/**
 * Rows on their way from a writer to its save. Small pieces are gathered; who puts more waits until the save has taken it, so that there
 * are never more rows here than the putters' own and some thousand.
 *
 * It is an async iterable of rows, as any source of a save; {@link arrays} gives them as they are here.
 */
export class RowQueue implements AsyncIterable<Row> {
  #gathered: Row[] = [];
  #weight = 0;
  #waiting: Waiting[] = [];
  #ended = false;
  #failure: { error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /**
   * `copies`: of the rows, where they are held for longer than the call of {@link put}: of those that are `gathered`, or of all, for a save
   * that holds all rows.
   */
  constructor(readonly copies: 'none' | 'gathered' | 'all' = 'none') {}

  /** Resolves when the array is the caller's again, and with copies the rows, too. Rejects when the save has failed. */
  async put(rows: readonly Row[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (rows.length >= GATHERED_ROWS) {
      await this.#flush();
      return this.#hand(this.copies === 'all' ? rows.map((row) => copyRow(row, true)) : rows);
    }
    for (const given of rows) {
      const row = this.copies === 'none' ? given : copyRow(given, true);
      this.#gathered.push(row);
      this.#weight += weigh(row);
    }
    if (this.#gathered.length >= GATHERED_ROWS || this.#weight >= GATHERED_WEIGHT) await this.#flush();
  }

  /** No rows follow. Resolves when the save has taken all of them. */
  async end(): Promise<void> {
    if (this.#failure === undefined) await this.#flush();
    this.#ended = true;
    this.#wake?.();
  }

  /** The save has failed, or is given up: nobody takes rows any more. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { failed } of this.#waiting) failed(error);
    this.#waiting = [];
    this.#gathered = [];
    this.#wake?.();
  }

  async #flush(): Promise<void> {
    if (this.#gathered.length === 0) return;
    const rows = this.#gathered;
    this.#gathered = [];
    this.#weight = 0;
    await this.#hand(rows);
  }

  #hand(rows: readonly Row[]): Promise<void> {
    return new Promise((taken, failed) => {
      this.#waiting.push({ rows, taken, failed });
      this.#wake?.();
    });
  }

  async *arrays(): AsyncGenerator<readonly Row[], void, undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      const [first] = this.#waiting;
      if (first !== undefined) {
        yield first.rows;
        // Asked for more: the save has done with these.
        this.#waiting.shift();
        first.taken();
      } else if (this.#ended) return;
      else
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    for await (const rows of this.arrays()) yield* rows;
  }
}
