import type { Row, RowLike } from '../base/rows.js';
import { copyRow } from '../base/value/copy.js';
import { NumberColumn, UsualColumn } from './number-column.js';
import { keyOf, type RowKey } from './row-key.js';
import { appendResults, countOf, resultsOf, type Slot } from './slot.js';

/** One result of a running `map`: see {@link MapRun.unordered}. */
export interface MapItem<T extends RowLike = Row> {
  /** What the function returned; of several rows one, each in an item of its own. A copy: change it as you like. */
  row: T;
  /** The key of the row of the input. */
  key: RowKey;
  /** The index of the row of the input. */
  index: number;
  /** An earlier run made it. */
  resumed: boolean;
}

/** A row of the input whose results are there. */
interface Arrived extends Pick<Slot, 'index' | 'key' | 'results'> {
  resumed: boolean;
}

/** What a run has between the rows that it gave out and those that have no results yet. */
interface Pending {
  slots: () => Iterable<Slot>;
  /** Reads results of an earlier run, if they are in memory. */
  look: (slot: Slot) => void;
  /** Results are wanted as they come. */
  asked: () => void;
  /** The text of the key of a row of the input, if that can be read again. */
  keyAt?: ((index: number) => string) | undefined;
}

const NOTHING: Pending = { slots: () => [], look: () => {}, asked: () => {} };

/**
 * The results of a `map` that keeps them all: in the order of the input for its end, and as they come for whoever asks. Until somebody
 * does, that costs a few bytes a row. Each reader has a place in one list of what came: a slow one holds nothing back.
 */
export class Arrivals {
  /** The results that were given out, in the order of the input. */
  readonly rows: Row[] = [];
  /** Of the rows of the input that these are of: keys that cannot be read again, numbers of results, 1 where an earlier run made them. */
  readonly #keys: string[] = [];
  #keyAt: ((index: number) => string) | undefined;
  #given = 0;
  readonly #counts: NumberColumn = new UsualColumn(Uint32Array, () => 1);
  readonly #resumed = new NumberColumn(Uint8Array);
  #pending = NOTHING;
  /** Rows of the input as their results came, since somebody asked. */
  #log: Arrived[] | undefined;
  #end: { error?: unknown } | undefined;
  #waiting: (() => void)[] = [];
  #readers = 0;

  /** The run has begun. */
  watch(pending: Pending): void {
    this.#pending = pending;
    this.#keyAt = pending.keyAt;
  }

  /** Whether somebody wants results as they come. */
  get isRead(): boolean {
    return this.#log !== undefined && this.#end === undefined;
  }

  /** Whether somebody reads on, and will be told of the end. */
  get hasReaders(): boolean {
    return this.#readers > 0;
  }

  /** The results of a row are there. */
  came(slot: Slot): void {
    if (this.#log === undefined || slot.isTold === true) return;
    slot.isTold = true;
    const { index, key, results } = slot;
    this.#log.push({ index, key, results, resumed: slot.state === 'known' });
    this.#wake();
  }

  /** The results of a row are given out, in its turn. */
  took(slot: Slot): void {
    const row = this.#given++;
    if (this.#keyAt === undefined) this.#keys.push(slot.key);
    this.#counts.set(row, countOf(slot));
    if (slot.state === 'known') this.#resumed.set(row, 1);
    appendResults(this.rows, slot);
    this.came(slot);
  }

  /** The run has ended; with an error, if there is one. */
  end(end: { error?: unknown }): void {
    this.#end = end;
    this.#pending = NOTHING;
    this.#wake();
  }

  /** Copies of what is there, in the order of the input. */
  soFar(): Row[] {
    const rows = this.rows.map((row) => copyRow(row));
    for (const slot of this.#pending.slots()) {
      if (slot.state === 'known') this.#pending.look(slot);
      else if (slot.state !== 'done') continue;
      for (const row of resultsOf(slot)) rows.push(copyRow(row));
    }
    return rows;
  }

  /** All results of the run: those that are there, and then those that come. */
  read(): AsyncGenerator<MapItem, void, undefined> {
    this.#log ??= this.#history();
    this.#pending.asked();
    return this.#items(this.#log);
  }

  async *#items(log: readonly Arrived[]): AsyncGenerator<MapItem, void, undefined> {
    this.#readers++;
    try {
      for (let at = 0; ; at++) {
        while (at >= log.length) {
          if (this.#end === undefined) await new Promise<void>((wake) => this.#waiting.push(wake));
          else if ('error' in this.#end) throw this.#end.error;
          else return;
        }
        const arrived = log[at] as Arrived;
        const { index, key, resumed } = arrived;
        for (const row of resultsOf(arrived)) yield { row: copyRow(row), key: keyOf(key), index, resumed };
      }
    } finally {
      this.#readers--;
    }
  }

  #history(): Arrived[] {
    const log: Arrived[] = [];
    let at = 0;
    for (let index = 0; index < this.#given; index++) {
      const key = this.#keyAt?.(index) ?? (this.#keys[index] as string);
      const to = at + this.#counts.get(index);
      log.push({ index, key, results: this.rows.slice(at, to), resumed: this.#resumed.get(index) === 1 });
      at = to;
    }
    for (const slot of this.#pending.slots()) {
      if (slot.state !== 'done') continue;
      slot.isTold = true;
      log.push({ index: slot.index, key: slot.key, results: slot.results, resumed: false });
    }
    return log;
  }

  #wake(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
