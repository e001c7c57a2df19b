import { throwIfAborted } from '../../base/halt.js';
import type { Readings } from './readings.js';

/**
 * Rows one after another out of batches. A batch is asked for when the one before it is used up; stopping early closes the source.
 * After an abort, or once the reader is closed, the next step closes the source and rejects, although rows are at hand.
 */
export class RowIterator<T> implements AsyncIterableIterator<T> {
  readonly #batches: AsyncGenerator<T[], void, undefined>;
  readonly #signal: AbortSignal | undefined;
  readonly #readings: Readings;
  #batch: T[] = [];
  #next = 0;
  #done = false;
  /** Fetches that have not ended, and the last of them: they go in order, where somebody asks for rows without waiting. */
  #pending = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(batches: AsyncGenerator<T[], void, undefined>, signal: AbortSignal | undefined, readings: Readings) {
    this.#batches = batches;
    this.#signal = signal;
    this.#readings = readings;
  }

  /** Not an async function: a promise of what is at hand is all that a row costs. */
  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#pending === 0 && this.#next < this.#batch.length && !this.#isHalted()) {
      return Promise.resolve({ value: this.#batch[this.#next++] as T, done: false });
    }
    this.#pending++;
    const fetched = this.#fetch(this.#last);
    this.#last = fetched;
    return fetched;
  }

  /** The signal gets no listener: it would stay on the signal when the iteration is forgotten. */
  #isHalted(): boolean {
    return this.#readings.closed || (this.#signal !== undefined && this.#signal.aborted);
  }

  async #fetch(before: Promise<unknown>): Promise<IteratorResult<T, undefined>> {
    try {
      // What it failed with was told to who asked for it.
      await before.catch(() => {});
      for (;;) {
        if (this.#done) return { value: undefined, done: true };
        if (this.#isHalted()) {
          await this.return();
          throwIfAborted(this.#signal);
          this.#readings.check();
        }
        if (this.#next < this.#batch.length) return { value: this.#batch[this.#next++] as T, done: false };
        const { value } = await this.#batches.next();
        this.#batch = value ?? [];
        this.#next = 0;
        // An abort meanwhile is no end of the rows.
        this.#done = value === undefined && !this.#isHalted();
      }
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
