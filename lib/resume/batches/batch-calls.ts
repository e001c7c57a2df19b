import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import { show } from '../../base/messages.js';
import type { Row } from '../../base/rows.js';
import { copyRow } from '../../base/value/copy.js';
import { RunningCalls } from '../call.js';
import { rowFailure } from '../call-output.js';
import type { Caller, CallerParts } from '../caller.js';
import { delayOf } from '../delay-of.js';
import type { Slot } from '../slot.js';
import { callBatch, type Batch, type BatchCallParts, type RowOutcome } from './batch-call.js';
import { Gathered } from './gathered.js';
import type { BatchFunction, CheckedBatches } from './map-batches-options.js';

/** An input from which no row came for so long is waited for. */
const QUIET_MS = 20;

/** Computes rows by calls of several: gathers them, tries again what failed, and halves it. */
export class BatchCalls implements Caller {
  running = 0;
  readonly width: number;
  readonly #parts: CallerParts;
  readonly #batches: CheckedBatches;
  readonly #call: BatchCallParts;
  readonly #gathered: Gathered;
  /** Halves of calls that failed, and rows to be tried again: they come before others. */
  #next: Batch[] = [];
  /** Calls on their way, those that wait for a retry among them. */
  #calls = 0;
  readonly #retries = new Map<NodeJS.Timeout, Batch>();
  #linger: NodeJS.Timeout | undefined;
  #isAtEnd = false;
  #isFinishing = false;

  constructor(fn: BatchFunction<Row, Row>, batches: CheckedBatches, parts: CallerParts) {
    this.#parts = parts;
    this.#batches = batches;
    this.width = batches.size;
    const { options, check, call, attempts, sink } = parts;
    this.#gathered = new Gathered(batches.size, batches.maxTokens, options.rateLimit?.tokens);
    const wrong = (error: unknown): void => sink.wrong(error);
    this.#call = { fn, run: new RunningCalls(), timers: new Set(), timeout: options.timeout, check, call, attempts, wrong };
  }

  get made(): number {
    return this.#parts.throttle.calls;
  }

  start(slot: Slot): void {
    slot.state = 'running';
    // The row of a caller's array may change before it is called.
    if (!this.#parts.ownsRows) slot.row = copyRow(slot.row);
    this.running++;
    try {
      this.#gathered.add(slot, this.#tokensOf(slot));
    } catch (error) {
      return this.#rowFailed(slot, error);
    }
    // Rows whose earlier results are lost come together, when the input has ended.
    if (this.#isAtEnd) queueMicrotask(() => this.#pump());
    else this.#pump();
  }

  stop(reason: unknown): void {
    this.#isFinishing = true;
    clearTimeout(this.#linger);
    for (const timer of [...this.#retries.keys(), ...this.#call.timers]) clearTimeout(timer);
    this.#retries.clear();
    this.#call.run.stop(reason);
  }

  finish(): void {
    this.#isFinishing = true;
    clearTimeout(this.#linger);
    const retried = [...this.#retries];
    this.#retries.clear();
    for (const [timer] of retried) clearTimeout(timer);
    this.#calls -= retried.length;
    let left = this.#gathered.clear();
    for (const { slots } of [...this.#next, ...retried.map(([, batch]) => batch)]) left += slots.length;
    this.#next = [];
    this.#leave(left);
  }

  opened(): void {
    this.#pump();
  }

  stalled(isEnd: boolean): void {
    this.#isAtEnd ||= isEnd;
    this.#pump(true);
  }

  /** Makes calls as long as there are rows and room. `isAll`: also with fewer rows than there may be. */
  #pump(isAll = this.#isAtEnd): void {
    const { throttle } = this.#parts;
    while (!this.#isFinishing && this.#calls < throttle.limit) {
      if (!this.#mayCall()) return;
      let batch = this.#next.shift();
      if (batch === undefined) {
        const slots = this.#gathered.take(isAll);
        if (slots === undefined) break;
        batch = { slots, attempt: 0 };
      }
      if (!throttle.admits(costOf(batch))) {
        this.#next.unshift(batch);
        break;
      }
      this.#calls++;
      void this.#make(batch);
    }
    this.#wait();
  }

  /** Where the budget allows no call, and none is on its way that may cost less than is thought, the run ends. */
  #mayCall(): boolean {
    const { attempts, sink } = this.#parts;
    if (attempts.mayBegin) return true;
    if (attempts.running === 0 && (this.#next.length > 0 || !this.#gathered.isEmpty)) sink.overspent();
    return false;
  }

  /** Rows of a slow input do not wait for ever. While rows come, be they known ones, the input is not slow. */
  #wait(): void {
    const { since } = this.#gathered;
    const { taken } = this.#parts;
    if (taken === undefined || since === undefined || this.#linger !== undefined || this.#isFinishing) return;
    const left = this.#batches.linger - (performance.now() - since);
    const before = taken();
    this.#linger = setTimeout(
      () => {
        this.#linger = undefined;
        if (this.#gathered.since === undefined) return;
        const isOld = performance.now() - this.#gathered.since >= this.#batches.linger;
        if (isOld && taken() === before) this.#pump(true);
        if (this.#calls < this.#parts.throttle.limit) this.#wait();
      },
      Math.max(left, Math.min(QUIET_MS, this.#batches.linger)),
    );
  }

  async #make(batch: Batch): Promise<void> {
    batch.attempt++;
    for (const slot of batch.slots) slot.attempt++;
    const { throttle } = this.#parts;
    const ticket = throttle.start(costOf(batch));
    const call = throttle.calls;
    let outcomes: RowOutcome[];
    try {
      outcomes = await callBatch(batch, this.#call);
    } catch (error) {
      throttle.end(ticket, !(isCheckpointError(error) && error.code === 'ERR_CKPT_TIMEOUT'));
      if (this.#call.run.isStopped) return this.#end(batch.slots.length);
      try {
        throttle.failed(error, call);
      } catch (thrown) {
        this.#calls--;
        for (const slot of batch.slots) this.#rowFailed(slot, thrown);
        return this.#pump();
      }
      return this.#threw(batch, error);
    }
    throttle.end(ticket, true);
    throttle.succeeded();
    if (this.#call.run.isStopped) return this.#end(batch.slots.length);
    this.#ended(batch, outcomes);
  }

  #end(rows: number): void {
    this.#calls--;
    this.running -= rows;
  }

  /** Rows that are done come first: a failure may end the run. */
  #ended(batch: Batch, outcomes: readonly RowOutcome[]): void {
    this.#calls--;
    const again: Slot[] = [];
    const failed: { slot: Slot; cause: unknown }[] = [];
    let delay = 0;
    let first: unknown;
    for (const { slot, error } of outcomes) {
      if (error === undefined) {
        this.running--;
        this.#parts.sink.done(slot);
        continue;
      }
      const mayPass = error.isThrown || this.#parts.options.retry.badResults;
      const wait = mayPass ? this.#delayOf(batch, slot, error.cause) : undefined;
      if (typeof wait === 'number') {
        if (again.push(slot) === 1) first = error.cause;
        delay = Math.max(delay, wait);
      } else failed.push({ slot, cause: wait === undefined ? error.cause : wait.thrown });
    }
    if (again.length > 0) this.#again({ slots: again, attempt: batch.attempt }, delay, first);
    for (const { slot, cause } of failed) this.#rowFailed(slot, cause);
    this.#pump();
  }

  #threw(batch: Batch, error: unknown): void {
    const { slots } = batch;
    this.#calls--;
    const delay = this.#delayOf(batch, slots[0] as Slot, error);
    if (typeof delay === 'number') this.#again(batch, delay, error);
    else if (delay === undefined && slots.length > 1 && this.#batches.onBatchError === 'halve') this.#halve(slots, error);
    else for (const slot of slots) this.#rowFailed(slot, delay === undefined ? error : delay.thrown);
    this.#pump();
  }

  #halve(slots: readonly Slot[], error: unknown): void {
    this.#parts.sink.event({ type: 'halved', rows: slots.map(({ index }) => index), error });
    if (this.#isFinishing) return this.#leave(slots.length);
    const half = Math.ceil(slots.length / 2);
    this.#next.unshift({ slots: slots.slice(0, half), attempt: 0 }, { slots: slots.slice(half), attempt: 0 });
  }

  /** The call is made again after a time, and keeps its place among those that are on their way. */
  #again(batch: Batch, delay: number, error: unknown): void {
    if (this.#isFinishing) return this.#leave(batch.slots.length);
    this.#calls++;
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      this.#calls--;
      if (this.#parts.attempts.mayBegin) {
        this.#next.unshift(batch);
        return this.#pump();
      }
      this.#leave(batch.slots.length);
      this.#parts.sink.overspent();
    }, delay);
    this.#retries.set(timer, batch);
    const { index } = batch.slots[0] as Slot;
    this.#parts.sink.event({ type: 'retry', row: index, attempt: batch.attempt, delay, error });
  }

  /** Milliseconds; undefined: it is not tried again. `thrown`: by `retryIf`, or the answer was none. */
  #delayOf({ attempt }: Batch, { index }: Slot, error: unknown): number | undefined | { thrown: unknown } {
    const { retry } = this.#parts.options;
    try {
      return attempt > retry.times ? undefined : delayOf(error, { index, attempt }, retry);
    } catch (thrown) {
      return { thrown };
    }
  }

  #tokensOf({ index, row }: Slot): number {
    const { tokens } = this.#batches;
    if (tokens === undefined) return 0;
    const answer: unknown = this.#parts.call(() => tokens(row));
    if (typeof answer === 'number' && answer >= 0) return answer;
    const message = `tokens must return a number from 0 on; for row ${index} it returned ${show(answer)}`;
    throw new CheckpointError('ERR_CKPT_INVALID_OPTION', message, { row: index });
  }

  #rowFailed(slot: Slot, cause: unknown): void {
    this.running--;
    slot.state = 'failed';
    this.#parts.sink.failed(slot, rowFailure(slot, cause));
  }

  #leave(rows: number): void {
    this.running -= rows;
    for (let row = 0; row < rows; row++) this.#parts.sink.left();
  }
}

/** What a call takes of the rate limit. */
function costOf({ slots }: Batch): number {
  return slots.reduce((cost, slot) => cost + (slot.cost ?? 0), 0);
}
