import type { CheckpointError } from '../base/errors.js';
import { Pace } from '../base/pace.js';
import type { Row } from '../base/rows.js';
import { copyRow } from '../base/value/copy.js';
import { isOfFile } from '../directory/checkpoint-file.js';
import type { CallRoom } from './call-room.js';
import type { Ending } from './ending.js';
import type { KnownFile } from './known-file.js';
import type { RunParts } from './run-parts.js';
import type { RunState } from './run-state.js';
import { appendResults, type Slot } from './slot.js';

/** Results that are given out at a time. */
const BATCH_ROWS = 4096;

interface OutletParts {
  run: RunParts;
  state: RunState;
  ending: Ending;
  callRoom: CallRoom;
}

/** The loop that gives out results in the order of the input. */
export class Outlet {
  readonly #parts: OutletParts;
  /** Among the results that are given out next are some of this run. */
  #isFresh = false;
  /** Results of earlier runs were told to whoever reads them as they come, up to this row of the input. */
  #toldTo = 0;

  constructor(parts: OutletParts) {
    this.#parts = parts;
  }

  /** The next results: perhaps none, of rows that have none. Undefined: there are no more. */
  async next(): Promise<Row[] | undefined> {
    const rows: Row[] = [];
    for (;;) {
      if (this.#parts.ending.hasCome) throw await this.#parts.ending.drained();
      let taken = 0;
      for (let slot = this.#parts.state.window.head; slot !== undefined && rows.length < BATCH_ROWS; slot = this.#parts.state.window.head) {
        if (slot.state === 'known') {
          slot.results ??= this.resultsNow(slot) ?? (taken === 0 ? await this.#read(slot) : undefined);
          if (slot.results === undefined) break;
        } else if (slot.state === 'done') this.#isFresh = true;
        else if (slot.state !== 'failed') break;
        appendResults(rows, slot);
        this.#takeOut(slot);
        // A slot lives longer than it is here: it must not keep the results of a large checkpoint from the collector.
        if (slot.state === 'known') slot.results = undefined;
        taken++;
      }
      if (taken > 0) {
        this.#parts.state.room.open();
        return rows;
      }
      if (this.#parts.state.isFed && this.#parts.state.window.size === 0) return undefined;
      this.#parts.callRoom.startLosts(); // they want calls, also when no row is fed any more
      await this.#tellAhead();
      await this.#parts.state.ready.wait();
    }
  }

  /** While the next row is waited for: results of earlier runs behind it, for whoever wants them as they come. */
  async #tellAhead(): Promise<void> {
    const { arrivals } = this.#parts.run.control;
    if (arrivals?.isRead !== true) return;
    const pace = new Pace({});
    for (const slot of this.#parts.state.window.from(this.#toldTo)) {
      const next = this.#parts.state.window.head?.state;
      if (this.#parts.ending.hasCome || (next !== 'waiting' && next !== 'running')) return this.#parts.state.ready.open();
      this.#toldTo = slot.index + 1;
      if (slot.state === 'known') {
        slot.results ??= this.resultsNow(slot) ?? (await this.#read(slot));
        if (slot.results !== undefined) arrivals.came(slot);
      }
      if ((slot.index & 255) === 0 && pace.due) await pace.turn();
    }
  }

  #takeOut(slot: Slot): void {
    this.#parts.run.control.arrivals?.took(slot);
    this.#parts.state.window.shift();
    this.#parts.state.weight -= slot.weight;
    if (!this.#parts.state.isFinalWanted) return;
    if (slot.failure !== undefined) return this.#parts.run.final?.noteFailed(slot.number, slot.key, slot.failure, slot.recorded);
    const { finalRows, files } = this.#parts.run.known;
    const isOld = finalRows !== undefined && slot.state === 'known' && this.#parts.run.known.fileOf(slot.number) === files[0];
    this.#parts.run.final?.note(slot.number, slot.key, isOld);
  }

  /** The known results of a row, where they are at hand. */
  resultsNow({ number }: Slot): readonly Row[] | undefined {
    const { table } = this.#parts.run.known;
    return this.#parts.run.known.fileOf(number)?.takeNow(table.offset.get(number), table.count.get(number));
  }

  /** Reads the known results of a row; undefined if their file is damaged: then the row is computed again. */
  async #read(slot: Slot): Promise<readonly Row[] | undefined> {
    const { table } = this.#parts.run.known;
    const file = this.#parts.run.known.fileOf(slot.number);
    if (file === undefined) {
      this.#lose([slot]);
      return undefined;
    }
    try {
      return await file.take(table.offset.get(slot.number), table.count.get(slot.number));
    } catch (error) {
      if (!isOfFile(error)) throw error;
      this.#loseFile(file, error);
      return undefined;
    }
  }

  #loseFile(file: KnownFile, error: CheckpointError): void {
    const { table, files } = this.#parts.run.known;
    const source = files.indexOf(file) + 1;
    const isIn = (slot: Slot): boolean => slot.state === 'known' && slot.results === undefined;
    this.#lose([...this.#parts.state.window].filter((slot) => isIn(slot) && table.source.get(slot.number) === source));
    this.#parts.run.known.lose(file);
    this.#parts.run.onEvent({ type: 'damaged', path: file.path, error });
  }

  #lose(slots: readonly Slot[]): void {
    for (const slot of slots) slot.state = 'waiting';
    this.#parts.state.resumed -= slots.length;
    this.#parts.state.lost.push(...slots);
    if (this.#parts.state.isStopping) this.#parts.ending.stopNow();
  }

  /** Rows for whoever reads a stream, and may change them: copies where rows of this run may not be durable yet. */
  lent(rows: Row[]): Row[] {
    const isHeld = this.#isFresh && this.#parts.run.flusher !== null && !this.#parts.run.known.keepsAll;
    this.#isFresh = false;
    return isHeld ? rows.map((row) => copyRow(row)) : rows;
  }
}
