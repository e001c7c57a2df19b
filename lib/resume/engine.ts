import { CheckpointError } from '../base/errors.js';
import { guarded } from '../base/guarded.js';
import type { Row } from '../base/rows.js';
import { countOf as rowsOf } from '../base/rows-source.js';
import { CallRoom } from './call-room.js';
import type { Caller } from './caller.js';
import { Calls } from './calls.js';
import { DRAIN_MS, Ending } from './ending.js';
import type { MapEvent, MapProgress, MapSummary } from './events.js';
import { onErrorOf } from './failed-rows.js';
import { failureOf } from './failure-record.js';
import { Identifier } from './identifier.js';
import { Intake } from './intake.js';
import type { Known } from './known.js';
import type { CheckedMapOptions } from './map-options.js';
import { Meter } from './meter.js';
import { Outlet } from './outlet.js';
import { keyOf, keyReader } from './row-key.js';
import type { RunParts } from './run-parts.js';
import { RunState } from './run-state.js';
import { countOf, type Slot, type Window } from './slot.js';
import { Throttle } from './throttle.js';
import { Attempts } from './usage/attempts.js';
import { Spending } from './usage/spending.js';
import { NO_USAGE } from './usage/usage.js';

/**
 * The work of a `map`. Two loops and a clock:
 *
 * - One takes rows from the input, looks whether their results are known, and starts a call where they are not and there is room.
 * - One gives out results in the order of the input, and writes them to the final checkpoint.
 * - What is finished and not durable yet is flushed by number and by time.
 */
export class Engine {
  readonly #parts: RunParts;
  readonly #options: CheckedMapOptions<Row>;
  readonly #known: Known;
  readonly #calls: Caller;
  readonly #spending: Spending;
  readonly #meter: Meter;
  readonly #identifier: Identifier;
  readonly #state = new RunState();
  /** Aborted when no more rows are wanted of the input. */
  readonly #feeding = new AbortController();
  readonly #ending: Ending;
  readonly #throttle: Throttle;
  readonly #callRoom: CallRoom;
  readonly #intake: Intake;
  readonly #outlet: Outlet;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#options = parts.options;
    this.#known = parts.known;
    this.#ending = new Ending({
      calls: () => this.#calls,
      flusher: parts.flusher,
      signal: parts.options.signal,
      room: this.#state.room,
      ready: this.#state.ready,
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
      this.#state.roomMade();
    };
    const throttle = new Throttle(options, (event) => this.#paused(event), opened);
    this.#throttle = throttle;
    const ownsRows = !Array.isArray(source);
    this.#spending = new Spending(known.spent, options.budget);
    const attempts = new Attempts(this.#spending, options);
    // A worker's source says itself when no row comes.
    const taken = Symbol.asyncIterator in source && parts.indexOf === undefined ? () => this.#state.input : undefined;
    this.#calls =
      parts.caller?.({ options, sink, ownsRows, check, known, attempts, call, throttle, taken }) ??
      new Calls(parts.fn, options, sink, ownsRows, check, attempts, throttle);
    this.#identifier = new Identifier(parts.known, parts.options);
    const tell = guarded(parts.options.onProgress, 'onProgress');
    this.#meter = new Meter(
      () => ({
        resumed: this.#state.resumed,
        computed: this.#state.computed,
        failed: this.#state.failures.length,
        calls: this.#calls.made,
        concurrency: throttle.limit,
        pausedUntil: throttle.pausedUntil,
        usage: this.#spending.usage,
      }),
      () => this.#identifier.knownAhead,
      rowsOf(parts.source),
      [tell, parts.update].filter((told) => told !== undefined),
    );
    const shared = { run: parts, state: this.#state, ending: this.#ending, calls: this.#calls, throttle, identifier: this.#identifier };
    const { failed, overspent } = sink;
    const callRoom = new CallRoom({ ...shared, attempts, failed, overspent });
    this.#callRoom = callRoom;
    this.#intake = new Intake({ ...shared, callRoom, meter: this.#meter, feeding: this.#feeding.signal, failed });
    this.#outlet = new Outlet({ ...shared, callRoom });
    parts.flusher?.watch(
      () => this.#state.roomMade(),
      (error) => this.#ending.fail(error, true),
    );
  }

  get progress(): MapProgress {
    return this.#meter.at(performance.now());
  }

  setConcurrency(concurrency: number): void {
    this.#throttle.limit = concurrency;
    this.#calls.opened?.();
    this.#state.roomMade();
    this.#calls.stalled(this.#state.isFed);
  }

  /** Comes to an end in order: calls that are on their way have `drain` ms. If all rows have theirs, the run may still be done. */
  stop(drain = this.#options.timeout ?? DRAIN_MS): void {
    this.#state.isStopping = true;
    this.#parts.onEvent({ type: 'stopping', drain });
    this.#ending.within(drain);
    this.#calls.finish();
    if (!this.#state.isFed || this.#state.lost.length > 0) this.#ending.stopNow();
  }

  /** Runs; gives the results out in order. Whoever stops early stops the run: what is finished is flushed. */
  async *run(): AsyncGenerator<Row[], MapSummary, undefined> {
    const { signal } = this.#options;
    const onAbort = (): void => this.#ending.fail(signal?.reason, false);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    try {
      this.#parts.control.begin(this);
      const slots = (): Window => this.#state.window;
      const look = (slot: Slot): unknown => (slot.results ??= this.#outlet.resultsNow(slot));
      const { source } = this.#parts;
      const readKey = keyReader(this.#options.key);
      // Keys of all rows would be as much memory as small results.
      const keyAt = Array.isArray(source) ? (index: number): string => readKey(source[index] as Row, index) : undefined;
      this.#parts.control.arrivals?.watch({ slots, look, asked: () => this.#state.ready.open(), keyAt });
      void this.#feed();
      for (;;) {
        const rows = await this.#outlet.next();
        if (rows === undefined) break;
        if (this.#state.isFinalWanted) await this.#parts.final?.put(rows);
        if (rows.length > 0) yield this.#outlet.lent(rows);
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

  async #feed(): Promise<void> {
    try {
      await this.#intake.takeIn();
    } catch (error) {
      this.#ending.fail(error, true);
    }
    this.#state.isFed = true;
    this.#calls.stalled(true);
    this.#state.ready.open();
  }

  /** Waits until a call may begin: for a source that takes no row before. */
  room(): Promise<void> {
    return this.#callRoom.wait();
  }

  /** No row comes before those that are on its way are done: they are called, be they fewer than a call takes. */
  idle(): void {
    this.#calls.stalled(false);
  }

  /** All calls wait: whoever looks at the progress sees it, though no row is done meanwhile. */
  #paused(event: MapEvent): void {
    this.#parts.onEvent(event);
    this.#meter.tell();
  }

  #done(slot: Slot): void {
    slot.state = 'done';
    const { table, oldest } = this.#known;
    table.count.set(slot.number, countOf(slot));
    // What the table says so far is of the results before.
    if (slot.usage !== undefined || oldest > 0 || table.hasDetails)
      table.setDetails(slot.number, { ...(slot.usage ?? NO_USAGE), time: Date.now() });
    this.#state.computed++;
    this.#parts.flusher?.add(slot);
    this.#parts.control.arrivals?.came(slot);
    this.#settled(slot);
  }

  #rowFailed(slot: Slot, error: CheckpointError): void {
    const { recorded } = slot;
    const failure = { row: slot.index, key: keyOf(slot.key), error, resumed: recorded !== undefined };
    this.#state.failures.push(failure);
    slot.failure = recorded ?? failureOf('cause' in error ? error.cause : error, slot.attempt);
    if (recorded === undefined) this.#parts.flusher?.add(slot);
    this.#parts.onEvent({ type: 'failed', ...failure });
    const { onError, wrong } = onErrorOf(failure, this.#options);
    if (onError !== 'skip') this.#state.isFinalWanted = false;
    if (onError === 'throw') this.#ending.fail(wrong ?? error, true);
    this.#settled(slot);
  }

  /** A row that has no results is given up: the run has failed, or is to end. */
  #rowLeft(): void {
    if (!this.#ending.hasCome) this.#ending.stopNow();
    this.#state.ready.open();
  }

  /** No further call fits the budget: the run ends when those on their way have. */
  #overspent(): void {
    if (this.#ending.hasCome) return this.#state.ready.open();
    this.#ending.within(this.#options.timeout ?? DRAIN_MS);
    this.#ending.fail(this.#spending.error(this.#far().text, this.#parts.flusher !== null), true);
  }

  #settled(slot: Slot): void {
    this.#meter.tick();
    this.#state.roomMade();
    if (slot === this.#state.window.head || this.#ending.hasCome) this.#state.ready.open();
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
    const done = this.#state.resumed + this.#state.computed + this.#identifier.knownAhead;
    const total = rowsOf(this.#parts.source);
    return { done, total, text: total === undefined ? `after ${done} rows` : `after ${done} of ${total} rows` };
  }

  /** All rows are done: the final checkpoint, or where some failed the last batch. */
  async #finish(): Promise<string | null> {
    const { final, flusher } = this.#parts;
    if (final === null) return null;
    if (this.#state.isFinalWanted) {
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
    const counts = {
      input: this.#state.input,
      resumed: this.#state.resumed,
      computed: this.#state.computed,
      removed,
      calls: this.#calls.made,
    };
    return { ...counts, usage: this.#spending.usage, failed: this.#state.failures, path };
  }
}
