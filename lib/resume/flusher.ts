import type { BatchLog } from './batch-log.js';
import type { MapEvent } from './events.js';
import type { KnownTable } from './known-table.js';
import { LedgerWriter } from './ledger-writer.js';
import type { CheckedMapOptions } from './map-options.js';
import type { Row } from '../base/rows.js';
import { appendResults, type Slot } from './slot.js';

/**
 * Makes finished rows durable, one batch file at a time: when there are enough of them, and when the first of them has waited long enough.
 * Half of `batchSize` is written while the other half gathers, so that never more than `batchSize` finished rows are not durable, and none
 * waits for the disk.
 */
export class Flusher {
  readonly #log: BatchLog;
  readonly #table: KnownTable;
  readonly #options: Pick<CheckedMapOptions<Row>, 'batchSize' | 'flushEvery'>;
  readonly #onEvent: (event: MapEvent) => void;
  readonly #clear: () => Promise<void>;
  #gathered: Slot[] = [];
  /** Rows that are being written. */
  #writing = 0;
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The time of the first of the gathered has come. */
  #isDue = false;
  #failure: { error: unknown } | undefined;
  #flushed: () => void = () => {};
  #failed: (error: unknown) => void = () => {};

  /** `clear`: removes the batches, when the final checkpoint is durable. */
  constructor(
    log: BatchLog,
    table: KnownTable,
    options: Pick<CheckedMapOptions<Row>, 'batchSize' | 'flushEvery'>,
    onEvent: (event: MapEvent) => void,
    clear: () => Promise<void>,
  ) {
    this.#log = log;
    this.#table = table;
    this.#options = options;
    this.#onEvent = onEvent;
    this.#clear = clear;
  }

  /** Who wants to know of each flush, and of the first that fails. */
  watch(flushed: () => void, failed: (error: unknown) => void): void {
    this.#flushed = flushed;
    this.#failed = failed;
  }

  /** Finished rows that are not durable yet. */
  get pending(): number {
    return this.#gathered.length + this.#writing;
  }

  /** A row is finished, or has failed. */
  add(slot: Slot): void {
    if (this.#failure !== undefined) return;
    this.#gathered.push(slot);
    if (this.#timer === undefined && !this.#isDue) this.#timer = setTimeout(() => this.#due(), this.#options.flushEvery);
    this.#flushIfWanted();
  }

  /** Makes all durable that is finished. @throws what the save throws */
  async flush(): Promise<void> {
    while (this.pending > 0) {
      this.#begin();
      await this.#flushing;
      if (this.#failure !== undefined) throw this.#failure.error;
    }
  }

  /** The final checkpoint is durable: the batches are not needed any more. */
  async clear(): Promise<void> {
    this.#drop();
    await this.#flushing;
    await this.#clear();
  }

  /** The run has ended: the finished rows become durable if they can. */
  async stop(): Promise<void> {
    await this.#flushing;
    if (this.#failure === undefined) await this.flush().catch(() => {});
    this.#drop();
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDue = false;
    this.#gathered = [];
  }

  #due(): void {
    this.#timer = undefined;
    this.#isDue = true;
    this.#flushIfWanted();
  }

  #flushIfWanted(): void {
    if (this.#gathered.length === 0) this.#isDue = false;
    else if (this.#isDue || this.#gathered.length * 2 >= this.#options.batchSize) this.#begin();
  }

  #begin(): void {
    if (this.#flushing !== undefined || this.#gathered.length === 0) return;
    const slots = this.#gathered;
    this.#drop();
    this.#writing = slots.length;
    this.#flushing = this.#write(slots)
      .catch((error: unknown) => {
        this.#failure = { error };
        this.#failed(error);
      })
      .finally(() => {
        this.#flushing = undefined;
        this.#writing = 0;
        this.#flushed();
        if (this.#failure === undefined) this.#flushIfWanted();
      });
  }

  async #write(slots: Slot[]): Promise<void> {
    // Nearly the order of the input, whichever calls came back first: a resumed run reads them in that order.
    slots.sort((a, b) => a.index - b.index);
    const rows: Row[] = [];
    const ledger = new LedgerWriter();
    for (const slot of slots) {
      if (slot.failure !== undefined) {
        ledger.fail(slot.number, slot.key, slot.failure);
        continue;
      }
      appendResults(rows, slot);
      ledger.add(slot.number, slot.key);
    }
    const path = await this.#log.write(rows, ledger, this.#table);
    this.#writing = 0;
    this.#flushed();
    if (ledger.rows > 0) this.#onEvent({ type: 'flushed', rows: ledger.rows, path });
    await this.#log.compact();
  }
}
