import { CheckpointError } from '../base/errors.js';
import { Pace } from '../base/pace.js';
import { chunksOf, countOf as rowsOf, type RowsSource } from '../base/rows-source.js';
import { show } from '../base/messages.js';
import { weigh } from '../base/weigh.js';
import { isOfFile } from '../directory/checkpoint-file.js';
import type { Row } from '../base/rows.js';
import { copyRow } from '../base/value/copy.js';
import type { ResultCheck } from '../schema/result-check.js';
import type { Caller, MakeCaller } from './caller.js';
import { Calls } from './calls.js';
import { rowFailure } from './call-output.js';
import type { MapEvent, MapProgress, MapSummary, RowFailure } from './events.js';
import { failureOf } from './failure-record.js';
import { failedBefore, isRetried, onErrorOf } from './failed-rows.js';
import { DRAIN_MS, Ending } from './ending.js';
import type { FinalSave } from './final-save.js';
import type { Flusher } from './flusher.js';
import { Gate } from './gate.js';
import { Identifier, type Identity } from './identifier.js';
import type { Known } from './known.js';
import type { KnownFile } from './known-file.js';
import type { CheckedMapOptions, MapFunction } from './map-options.js';
import { guarded } from '../base/guarded.js';
import { Meter } from './meter.js';
import { keyOf, keyReader, showKey } from './row-key.js';
import type { RunControl } from './run-control.js';
import { appendResults, countOf, Window, type Slot } from './slot.js';
import { Attempts } from './usage/attempts.js';
import { Spending } from './usage/spending.js';
import { NO_USAGE } from './usage/usage.js';
import { Throttle } from './throttle.js';

const CHUNK_ROWS = 1024;
/** Results that are given out at a time. */
const BATCH_ROWS = 4096;
/** How far a stream may read ahead of the row whose results are given out next: in rows, and in characters and bytes of results. */
const AHEAD_ROWS = 4096;
const AHEAD_WEIGHT = 1 << 25;
/** What a run works with. */
interface Parts {
  source: RowsSource;
  fn: MapFunction<Row, Row>;
  options: CheckedMapOptions<Row>;
  known: Known;
  /** Computes the rows in place of calls of `fn`. */
  caller?: MakeCaller | undefined;
  /** Calls a function of the user's. */
  call: <T>(work: () => T) => T;
  /** Of what the function returns. */
  check: ResultCheck | undefined;
  /** Null: nothing is kept. */
  flusher: Flusher | null;
  final: FinalSave | null;
  onEvent: (event: MapEvent) => void;
  /** Nothing can be written here: a call would be paid for nothing. */
  cannotSave?: { error: unknown } | undefined;
  control: RunControl;
  /** The index of a row in the input by its place in the source; undefined: they are the same. */
  indexOf?: ((place: number) => number) | undefined;
  /** Shows the progress. */
  update: ((progress: MapProgress) => void) | undefined;
}

/**
 * The work of a `map`. Two loops and a clock:
 *
 * - One takes rows from the input, looks whether their results are known, and starts a call where they are not and there is room.
 * - One gives out results in the order of the input, and writes them to the final checkpoint.
 * - What is finished and not durable yet is flushed by number and by time.
 */
export class Engine {
  readonly #parts: Parts;
  readonly #options: CheckedMapOptions<Row>;
  readonly #known: Known;
  readonly #calls: Caller;
  readonly #spending: Spending;
  readonly #attempts: Attempts;
  readonly #meter: Meter;
  readonly #identifier: Identifier;
  readonly #window = new Window();
  /** Rows whose known results could not be read: they have a place in the window, and want a call. */
  #lost: Slot[] = [];
  /** Opened when a call may have room to start, and when results may be there. */
  readonly #room = new Gate();
  readonly #ready = new Gate();
  /** Aborted when no more rows are wanted of the input. */
  readonly #feeding = new AbortController();
  #input = 0;
  #fed = false;
  #resumed = 0;
  #computed = 0;
  #failures: RowFailure[] = [];
  /** No row has failed that the final checkpoint would have to have. */
  #isFinalWanted = true;
  #weight = 0;
  #isLookedAhead = false;
  /** Among the results that are given out next are some of this run. */
  #isFresh = false;
  readonly #ending: Ending;
  readonly #throttle: Throttle;
  /** Asked to come to an end: no call begins. */
  #isStopping = false;
  /** Results of earlier runs were told to whoever reads them as they come, up to this row of the input. */
  #toldTo = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#options = parts.options;
    this.#known = parts.known;
    this.#ending = new Ending({
      calls: () => this.#calls,
      flusher: parts.flusher,
      signal: parts.options.signal,
      room: this.#room,
      ready: this.#ready,
      feeding: this.#feeding,
      endsEarly: () => parts.control.endsEarly(),
      stopped: () => this.#stopped(),
    });
    const sink = {
      done: (slot: Slot) => this.#done(slot),
      failed: (slot: Slot, error: CheckpointError) => this.#rowFailed(slot, error),
      left: () => this.#rowLeft(),
      overspent: () => this.#overspent(),
      wrong: (error: unknown) => this.#ending.fail(error, true),
      event: parts.onEvent,
    };
    const { source, options, known, check, call } = parts;
    const opened = (): void => {
      this.#calls.opened?.();
      this.#roomMade();
    };
    const throttle = new Throttle(options, (event) => this.#paused(event), opened);
    this.#throttle = throttle;
    const ownsRows = !Array.isArray(source);
    this.#spending = new Spending(known.spent, options.budget);
    const attempts = new Attempts(this.#spending, options);
    this.#attempts = attempts;
    // A worker's source says itself when no row comes.
    const taken = Symbol.asyncIterator in source && parts.indexOf === undefined ? () => this.#input : undefined;
    this.#calls =
      parts.caller?.({ options, sink, ownsRows, check, known, attempts, call, throttle, taken }) ??
      new Calls(parts.fn, options, sink, ownsRows, check, attempts, throttle);
    this.#identifier = new Identifier(parts.known, parts.options);
    const tell = guarded(parts.options.onProgress, 'onProgress');
    this.#meter = new Meter(
      () => ({
        resumed: this.#resumed,
        computed: this.#computed,
        failed: this.#failures.length,
        calls: this.#calls.made,
        concurrency: throttle.limit,
        pausedUntil: throttle.pausedUntil,
        usage: this.#spending.usage,
      }),
      () => this.#identifier.knownAhead,
      rowsOf(parts.source),
      [tell, parts.update].filter((told) => told !== undefined),
    );
    parts.flusher?.watch(
      () => this.#roomMade(),
      (error) => this.#ending.fail(error, true),
    );
  }

  get progress(): MapProgress {
    return this.#meter.at(performance.now());
  }

  setConcurrency(concurrency: number): void {
    this.#throttle.limit = concurrency;
    this.#calls.opened?.();
    this.#roomMade();
    this.#calls.stalled(this.#fed);
  }

  /** Comes to an end in order: calls that are on their way have `drain` ms. If all rows have theirs, the run may still be done. */
  stop(drain = this.#options.timeout ?? DRAIN_MS): void {
    this.#isStopping = true;
    this.#parts.onEvent({ type: 'stopping', drain });
    this.#ending.within(drain);
    this.#calls.finish();
    if (!this.#fed || this.#lost.length > 0) this.#ending.stopNow();
  }

  /** Runs; gives the results out in order. Whoever stops early stops the run: what is finished is flushed. */
  async *run(): AsyncGenerator<Row[], MapSummary, undefined> {
    const { signal } = this.#options;
    const onAbort = (): void => this.#ending.fail(signal?.reason, false);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    try {
      this.#parts.control.begin(this);
      const slots = (): Window => this.#window;
      const look = (slot: Slot): unknown => (slot.results ??= this.#resultsNow(slot));
      const { source } = this.#parts;
      const readKey = keyReader(this.#options.key);
      // Keys of all rows would be as much memory as small results.
      const keyAt = Array.isArray(source) ? (index: number): string => readKey(source[index] as Row, index) : undefined;
      this.#parts.control.arrivals?.watch({ slots, look, asked: () => this.#ready.open(), keyAt });
      void this.#feed();
      for (;;) {
        const rows = await this.#next();
        if (rows === undefined) break;
        if (this.#isFinalWanted) await this.#parts.final?.put(rows);
        if (rows.length > 0) yield this.#lent(rows);
      }
      const path = await this.#finish();
      await this.#calls.close?.(true);
      this.#meter.finish();
      return this.#summary(path);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      // Whoever stops early comes here without a failure.
      this.#ending.fail(new CheckpointError('ERR_CKPT_CLOSED', 'the map has ended'), false);
      this.#ending.close();
      this.#throttle.close();
      await this.#parts.final?.abort();
      await this.#parts.flusher?.stop();
      await this.#calls.close?.(false);
      await this.#known.close();
    }
  }

  /** Rows for whoever reads a stream, and may change them: copies where rows of this run may not be durable yet. */
  #lent(rows: Row[]): Row[] {
    const isHeld = this.#isFresh && this.#parts.flusher !== null && !this.#known.keepsAll;
    this.#isFresh = false;
    return isHeld ? rows.map((row) => copyRow(row)) : rows;
  }

  async #feed(): Promise<void> {
    try {
      await this.#takeIn();
    } catch (error) {
      this.#ending.fail(error, true);
    }
    this.#fed = true;
    this.#calls.stalled(true);
    this.#ready.open();
  }

  async #takeIn(): Promise<void> {
    const { source } = this.#parts;
    const pace = new Pace({});
    // A source that waits for its rows is not waited for until there are many.
    const size = Symbol.asyncIterator in source ? 1 : CHUNK_ROWS;
    for await (const chunk of chunksOf(source, size, { signal: this.#feeding.signal })) {
      for (const given of chunk) {
        const place = this.#input++;
        const index = this.#parts.indexOf?.(place) ?? place;
        const identity = this.#identifier.identify(given, index);
        if ((identity.state === 'new' || identity.state === 'changed') && this.#known.more !== undefined) await this.#askKept(identity);
        const { row, number, key: text, state, error } = identity;
        // Weighed once: a function may make its row smaller.
        const weight = this.#known.keepsAll ? 0 : weigh(row);
        const slot: Slot = {
          index,
          number,
          key: text,
          state: state === 'known' ? state : 'waiting',
          row,
          weight,
          attempt: 0,
          results: undefined,
        };
        this.#window.push(slot);
        this.#weight += weight;
        if (slot.state === 'known') {
          this.#resumed++;
          this.#meter.tick();
        } else if (state === 'refused') {
          this.#refused(slot, error);
        } else if (!this.#failsAgain(slot)) {
          if (!this.#isLookedAhead) await this.#lookAhead(index + 1, pace);
          if (this.#throttle.needsCost && !this.#isPriced(slot)) continue;
          while (!this.#hasRoom(slot.cost)) {
            if (this.#throttle.isHeld) this.#meter.tell();
            if (this.#parts.control.arrivals?.isRead === true) this.#ready.open();
            await this.#room.wait();
          }
          if (this.#ending.hasCome) return;
          this.#calls.start(slot);
        }
        while (this.#isFarAhead()) {
          this.#calls.stalled(false);
          this.#ready.open();
          await this.#room.wait();
        }
        if ((index & 31) === 0 && pace.due) {
          this.#ready.open();
          await pace.turn();
        }
        if (this.#ending.hasCome) return;
      }
      this.#ready.open();
    }
    // A worker has only some of the rows, and whoever gave it those has looked at all.
    if (this.#parts.indexOf === undefined) this.#identifier.finish();
  }

  /** The first row that is not among the usual results: kept ones may have it. They are looked at only now. */
  async #askKept(identity: Identity): Promise<void> {
    this.#ready.open();
    if ((await this.#known.complete()) && this.#identifier.isKnownNow(identity)) identity.state = 'known';
  }

  /** Before the first call: what is wrong with later keys, and whether results can be kept at all. */
  async #lookAhead(from: number, pace: Pace): Promise<void> {
    this.#isLookedAhead = true;
    const { source, cannotSave } = this.#parts;
    if (cannotSave !== undefined) throw cannotSave.error;
    this.#ready.open();
    if (Array.isArray(source)) await this.#identifier.lookAhead(source, from, pace);
  }

  /** A row of the input that cannot be compared has no results that could be found again. */
  #refused(slot: Slot, cause: unknown): void {
    if (this.#options.onError === 'throw') throw cause;
    slot.state = 'failed';
    const { index, key } = slot;
    const message = `row ${index} (key ${showKey(key)}) cannot be compared with earlier runs: ${cause instanceof Error ? cause.message : show(cause)}`;
    this.#rowFailed(slot, new CheckpointError('ERR_CKPT_ROW_FAILED', message, { row: index, cause }));
  }

  /** Whether a row failed in an earlier run, with this content, and is not to be called again. */
  #failsAgain(slot: Slot): boolean {
    const recorded = this.#known.failureOf(slot.number);
    if (recorded === undefined || isRetried(recorded, this.#options)) return false;
    slot.state = 'failed';
    slot.recorded = recorded;
    this.#rowFailed(slot, failedBefore(slot, recorded));
    return true;
  }

  /** Waits until a call may begin: for a source that takes no row before. */
  async room(): Promise<void> {
    while (!this.#hasRoom()) await this.#room.wait();
  }

  /** No row comes before those that are on its way are done: they are called, be they fewer than a call takes. */
  idle(): void {
    this.#calls.stalled(false);
  }

  /** `cost`: what the call would take of the rate limit. */
  #hasRoom(cost = 0): boolean {
    if (this.#ending.hasCome) return true;
    if (this.#lost.length > 0) this.#startLosts();
    return this.#lost.length === 0 && this.#hasCallRoom(cost);
  }

  #startLosts(): void {
    for (;;) {
      const [slot] = this.#lost;
      if (slot === undefined || this.#ending.hasCome || !this.#hasCallRoom(slot.cost)) return;
      this.#lost.shift();
      if (!this.#throttle.needsCost || this.#isPriced(slot)) this.#startLost(slot);
    }
  }

  /** Looks what a call for the row takes of the rate limit. False: the row has failed by that. */
  #isPriced(slot: Slot): boolean {
    try {
      slot.cost = this.#parts.call(() => this.#throttle.costOf(slot.row, slot.index));
      return true;
    } catch (error) {
      slot.state = 'failed';
      this.#rowFailed(slot, rowFailure(slot, error));
      return false;
    }
  }

  /** All calls wait: whoever looks at the progress sees it, though no row is done meanwhile. */
  #paused(event: MapEvent): void {
    this.#parts.onEvent(event);
    this.#meter.tell();
  }

  #hasCallRoom(cost = 0): boolean {
    const { batchSize } = this.#options;
    const { running, width } = this.#calls;
    if (!this.#attempts.mayBegin) {
      // Those on their way may cost less than is thought.
      if (this.#attempts.running === 0) this.#overspent();
      return false;
    }
    const most = this.#throttle.limit * width;
    if (running >= most || running + (this.#parts.flusher?.pending ?? 0) >= most + batchSize) return false;
    return this.#calls.takes?.(cost) ?? true;
  }

  /** The row came long ago: the record must not say of what it was then that it gave these results. */
  #startLost(slot: Slot): void {
    const { cannotSave } = this.#parts;
    if (cannotSave !== undefined) return this.#ending.fail(cannotSave.error, false);
    if (this.#identifier.isAsItWas(slot)) return this.#calls.start(slot);
    slot.state = 'failed';
    const { index } = slot;
    const message = `row ${index} has changed while the map was running; its earlier results cannot be read, and were of other content`;
    this.#rowFailed(slot, new CheckpointError('ERR_CKPT_ROW_FAILED', message, { row: index }));
  }

  #isFarAhead(): boolean {
    if (this.#known.keepsAll || this.#ending.hasCome) return false;
    const { size } = this.#window;
    const most = this.#throttle.limit * this.#calls.width;
    return size > most && (size > AHEAD_ROWS + most || this.#weight > AHEAD_WEIGHT);
  }

  /** The next results: perhaps none, of rows that have none. Undefined: there are no more. */
  async #next(): Promise<Row[] | undefined> {
    const rows: Row[] = [];
    for (;;) {
      if (this.#ending.hasCome) throw await this.#ending.drained();
      let taken = 0;
      for (let slot = this.#window.head; slot !== undefined && rows.length < BATCH_ROWS; slot = this.#window.head) {
        if (slot.state === 'known') {
          slot.results ??= this.#resultsNow(slot) ?? (taken === 0 ? await this.#read(slot) : undefined);
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
        this.#room.open();
        return rows;
      }
      if (this.#fed && this.#window.size === 0) return undefined;
      this.#startLosts(); // they want calls, also when no row is fed any more
      await this.#tellAhead();
      await this.#ready.wait();
    }
  }

  /** While the next row is waited for: results of earlier runs behind it, for whoever wants them as they come. */
  async #tellAhead(): Promise<void> {
    const { arrivals } = this.#parts.control;
    if (arrivals?.isRead !== true) return;
    const pace = new Pace({});
    for (const slot of this.#window.from(this.#toldTo)) {
      const next = this.#window.head?.state;
      if (this.#ending.hasCome || (next !== 'waiting' && next !== 'running')) return this.#ready.open();
      this.#toldTo = slot.index + 1;
      if (slot.state === 'known') {
        slot.results ??= this.#resultsNow(slot) ?? (await this.#read(slot));
        if (slot.results !== undefined) arrivals.came(slot);
      }
      if ((slot.index & 255) === 0 && pace.due) await pace.turn();
    }
  }

  #takeOut(slot: Slot): void {
    this.#parts.control.arrivals?.took(slot);
    this.#window.shift();
    this.#weight -= slot.weight;
    if (!this.#isFinalWanted) return;
    if (slot.failure !== undefined) return this.#parts.final?.noteFailed(slot.number, slot.key, slot.failure, slot.recorded);
    const { finalRows, files } = this.#known;
    const isOld = finalRows !== undefined && slot.state === 'known' && this.#known.fileOf(slot.number) === files[0];
    this.#parts.final?.note(slot.number, slot.key, isOld);
  }

  #resultsNow({ number }: Slot): readonly Row[] | undefined {
    const { table } = this.#known;
    return this.#known.fileOf(number)?.takeNow(table.offset.get(number), table.count.get(number));
  }

  /** Reads the known results of a row; undefined if their file is damaged: then the row is computed again. */
  async #read(slot: Slot): Promise<readonly Row[] | undefined> {
    const { table } = this.#known;
    const file = this.#known.fileOf(slot.number);
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
    const { table, files } = this.#known;
    const source = files.indexOf(file) + 1;
    const isIn = (slot: Slot): boolean => slot.state === 'known' && slot.results === undefined;
    this.#lose([...this.#window].filter((slot) => isIn(slot) && table.source.get(slot.number) === source));
    this.#known.lose(file);
    this.#parts.onEvent({ type: 'damaged', path: file.path, error });
  }

  #lose(slots: readonly Slot[]): void {
    for (const slot of slots) slot.state = 'waiting';
    this.#resumed -= slots.length;
    this.#lost.push(...slots);
    if (this.#isStopping) this.#ending.stopNow();
  }

  #done(slot: Slot): void {
    slot.state = 'done';
    const { table, oldest } = this.#known;
    table.count.set(slot.number, countOf(slot));
    // What the table says so far is of the results before.
    if (slot.usage !== undefined || oldest > 0 || table.hasDetails)
      table.setDetails(slot.number, { ...(slot.usage ?? NO_USAGE), time: Date.now() });
    this.#computed++;
    this.#parts.flusher?.add(slot);
    this.#parts.control.arrivals?.came(slot);
    this.#settled(slot);
  }

  #rowFailed(slot: Slot, error: CheckpointError): void {
    const { recorded } = slot;
    const failure = { row: slot.index, key: keyOf(slot.key), error, resumed: recorded !== undefined };
    this.#failures.push(failure);
    slot.failure = recorded ?? failureOf('cause' in error ? error.cause : error, slot.attempt);
    if (recorded === undefined) this.#parts.flusher?.add(slot);
    this.#parts.onEvent({ type: 'failed', ...failure });
    const { onError, wrong } = onErrorOf(failure, this.#options);
    if (onError !== 'skip') this.#isFinalWanted = false;
    if (onError === 'throw') this.#ending.fail(wrong ?? error, true);
    this.#settled(slot);
  }

  /** A row that has no results is given up: the run has failed, or is to end. */
  #rowLeft(): void {
    if (!this.#ending.hasCome) this.#ending.stopNow();
    this.#ready.open();
  }

  /** No further call fits the budget: the run ends when those on their way have. */
  #overspent(): void {
    if (this.#ending.hasCome) return this.#ready.open();
    this.#ending.within(this.#options.timeout ?? DRAIN_MS);
    this.#ending.fail(this.#spending.error(this.#far().text, this.#parts.flusher !== null), true);
  }

  #settled(slot: Slot): void {
    this.#meter.tick();
    this.#roomMade();
    if (slot === this.#window.head || this.#ending.hasCome) this.#ready.open();
  }

  #roomMade(): void {
    this.#room.open();
    // The other loop starts lost rows, too: the one that feeds may have come to its end.
    if (this.#lost.length > 0) this.#ready.open();
  }

  /** The error of a run that was asked to end, as far as it is now. */
  #stopped(): CheckpointError {
    const { done, total, text } = this.#far();
    const kept = this.#parts.flusher === null ? 'nothing is kept without a directory' : 'their results are kept; call it again to go on';
    return new CheckpointError('ERR_CKPT_STOPPED', `the map was stopped ${text}: ${kept}`, {
      done,
      ...(total !== undefined && { left: total - done }),
    });
  }

  #far(): { done: number; total: number | undefined; text: string } {
    const done = this.#resumed + this.#computed + this.#identifier.knownAhead;
    const total = rowsOf(this.#parts.source);
    return { done, total, text: total === undefined ? `after ${done} rows` : `after ${done} of ${total} rows` };
  }

  /** All rows are done: the final checkpoint, or where some failed the last batch. */
  async #finish(): Promise<string | null> {
    const { final, flusher } = this.#parts;
    if (final === null) return null;
    if (this.#isFinalWanted) {
      const path = await final.finish();
      await flusher?.clear();
      return path;
    }
    await final.abort();
    await flusher?.flush();
    return null;
  }

  #summary(path: string | null): MapSummary {
    const { table, finalRows = 0 } = this.#known;
    let removed = 0;
    for (let number = 0; number < finalRows; number++) removed += 1 - table.seen.get(number);
    const counts = { input: this.#input, resumed: this.#resumed, computed: this.#computed, removed, calls: this.#calls.made };
    return { ...counts, usage: this.#spending.usage, failed: this.#failures, path };
  }
}
