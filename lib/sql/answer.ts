import type { Row } from '../base/rows.js';
import type { Asking } from './asking.js';
import type { SqlResultColumn } from './sql-types.js';

/** The batches of an answer. However it is left, and if nobody has begun to read it, its connection is freed. */
export class Answer implements AsyncGenerator<Row[], void, undefined> {
  readonly columns: readonly SqlResultColumn[];
  readonly #batches: AsyncGenerator<Row[], void, undefined>;
  readonly #unchanged: () => Promise<void>;
  readonly #end: () => Promise<void>;
  #isLeft = false;

  /** `unchanged` is called after the last row, and throws if these were of several files. `end` frees what the answer holds. */
  constructor(asking: Asking, unchanged: () => Promise<void>, end: () => Promise<void>) {
    this.columns = asking.columns;
    this.#batches = asking.batches();
    this.#unchanged = unchanged;
    this.#end = end;
  }

  async next(): Promise<IteratorResult<Row[], void>> {
    try {
      const next = await this.#batches.next();
      if (next.done === true && !this.#isLeft) {
        await this.#unchanged();
        await this.#end();
      }
      return next;
    } catch (error) {
      await this.#end();
      // Who leaves while a step is under way gets its end, and not what ended it.
      if (this.#isLeft) return { value: undefined, done: true };
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Row[], void>> {
    this.#isLeft = true;
    // First, so that what waits for rows is woken.
    await this.#end();
    await this.#batches.return();
    return { value: undefined, done: true };
  }

  /** One after another. */
  async *rows(): AsyncGenerator<Row, void, undefined> {
    for await (const batch of this) yield* batch;
  }

  async throw(error: unknown): Promise<IteratorResult<Row[], void>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
