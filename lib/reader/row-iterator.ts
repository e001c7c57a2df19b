/** Rows one after another out of batches. A batch is asked for when the one before it is used up; stopping early closes the source. */
export class RowIterator<T> implements AsyncIterableIterator<T> {
  readonly #batches: AsyncGenerator<T[], void, undefined>;
  #batch: T[] = [];
  #next = 0;
  #done = false;
  /** Fetches that have not ended, and the last of them: they go in order, where somebody asks for rows without waiting. */
  #pending = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(batches: AsyncGenerator<T[], void, undefined>) {
    this.#batches = batches;
  }

  /** Not an async function: a promise of what is at hand is all that a row costs. */
  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#pending === 0 && this.#next < this.#batch.length) {
      return Promise.resolve({ value: this.#batch[this.#next++] as T, done: false });
    }
    this.#pending++;
    const fetched = this.#fetch(this.#last);
    this.#last = fetched;
    return fetched;
  }

  async #fetch(before: Promise<unknown>): Promise<IteratorResult<T, undefined>> {
    try {
      // What it failed with was told to who asked for it.
      await before.catch(() => {});
      while (this.#next === this.#batch.length) {
        if (this.#done) return { value: undefined, done: true };
        const { value } = await this.#batches.next();
        this.#batch = value ?? [];
        this.#next = 0;
        this.#done = value === undefined;
      }
      return { value: this.#batch[this.#next++] as T, done: false };
    } finally {
      this.#pending--;
    }
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#done = true;
    this.#batch = [];
    this.#next = 0;
    await this.#batches.return();
    return { value: undefined, done: true };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
