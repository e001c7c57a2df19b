import { isThenable } from '../base/realm.js';
import { CheckpointError } from '../base/errors.js';
import type { Row } from '../base/rows.js';
import { copyRow } from '../base/value/copy.js';
import type { ResultCheck } from '../schema/result-check.js';
import { Call, RunningCalls } from './call.js';
import { callOutput, rowFailure } from './call-output.js';
import type { Caller, CallsSink } from './caller.js';
import { isLookedAt, warnOfChange } from './changed-row.js';
import type { CheckedMapOptions, MapFunction } from './map-options.js';
import { delayOf } from './delay-of.js';
import { resultsOf, type Slot } from './slot.js';
import type { Attempts } from './usage/attempts.js';
import type { Usage } from './usage/usage.js';
import type { Throttle } from './throttle.js';

/** Calls the function of a `map`: tries again what failed, ends what takes too long, and looks at what it returns. */
export class Calls implements Caller {
  /** Rows on their way, those that wait for a retry among them. */
  running = 0;
  readonly width = 1;
  readonly #fn: MapFunction<Row, Row>;
  readonly #options: CheckedMapOptions<Row>;
  readonly #sink: CallsSink;
  readonly #run = new RunningCalls();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Of rows that wait for their next attempt. */
  readonly #retries = new Set<NodeJS.Timeout>();
  /** Rows whose next attempt may start, as soon as there is room. */
  readonly #due: Slot[] = [];
  readonly #throttle: Throttle;
  #isFinishing = false;
  readonly #ownsRows: boolean;
  readonly #check: ResultCheck | undefined;
  readonly #attempts: Attempts;
  readonly #late = (slot: Slot, usage: Usage): void => this.#attempts.late([slot], usage);

  /** `ownsRows`: nobody else has the rows of the slots. `check`: of what the function returns. */
  constructor(
    fn: MapFunction<Row, Row>,
    options: CheckedMapOptions<Row>,
    sink: CallsSink,
    ownsRows: boolean,
    check: ResultCheck | undefined,
    attempts: Attempts,
    throttle: Throttle,
  ) {
    this.#attempts = attempts;
    this.#fn = fn;
    this.#throttle = throttle;
    this.#check = check;
    this.#options = options;
    this.#sink = sink;
    this.#ownsRows = ownsRows;
  }

  get made(): number {
    return this.#throttle.calls;
  }

  start(slot: Slot): void {
    slot.state = 'running';
    // The row of a caller's array may change before the next attempt.
    if (!this.#ownsRows) slot.row = copyRow(slot.row);
    this.running++;
    this.#call(slot);
  }

  /** Nothing that is on its way is wanted any more. */
  stop(reason: unknown): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const timer of this.#retries) clearTimeout(timer);
    this.#retries.clear();
    this.#due.length = 0;
    this.#run.stop(reason);
  }

  /** No further call begins: those on their way may end, rows that wait for another are given up. */
  finish(): void {
    this.#isFinishing = true;
    for (const timer of this.#retries) clearTimeout(timer);
    const left = this.#retries.size + this.#due.length;
    this.#retries.clear();
    this.#due.length = 0;
    for (let row = 0; row < left; row++) {
      this.#end();
      this.#sink.left();
    }
  }

  /** Each row has a call of its own, which waits for no others. */
  stalled(): void {}

  /** Rows that wait to be tried again come first. */
  takes(cost: number): boolean {
    return this.#due.length === 0 && this.#throttle.admits(cost);
  }

  /** Tries rows again for which there is room. */
  opened(): void {
    for (;;) {
      const [slot] = this.#due;
      if (slot === undefined || this.#throttle.running >= this.#throttle.limit || !this.#throttle.admits(slot.cost)) return;
      this.#due.shift();
      if (this.#attempts.mayBegin) this.#call(slot);
      else {
        this.#end();
        this.#sink.overspent();
      }
    }
  }

  #call(slot: Slot): void {
    this.#attempts.begin();
    slot.attempt++;
    const { retry } = this.#options;
    const call = new Call(slot, this.#run, this.#late, this.#throttle.start(slot.cost), this.made);
    let row: Row;
    let output: unknown;
    let promise: Promise<unknown> | undefined;
    try {
      // What an attempt does to its row must not reach the next.
      row = retry.times > 0 || isLookedAt(slot) ? copyRow(slot.row) : slot.row;
      output = this.#fn(row, call);
      // Getters of what came back may throw as the function may.
      if (isThenable(output)) promise = Promise.resolve(output);
    } catch (error) {
      return this.#threw(slot, call, error, true);
    }
    if (promise === undefined) this.#ended(slot, call, row, output);
    else this.#wait(slot, call, row, promise);
  }

  /** By itself, so that functions are made only for what there is to wait for. */
  #wait(slot: Slot, call: Call, row: Row, promise: Promise<unknown>): void {
    const { timeout } = this.#options;
    const threw = (error: unknown): void => this.#threw(slot, call, error, true);
    const returned = (value: unknown): void => this.#ended(slot, call, row, value);
    if (timeout === undefined) {
      promise.then(returned, threw);
      return;
    }
    let settled = false;
    const timer = setTimeout(() => {
      settled = true;
      this.#timers.delete(timer);
      const error = new CheckpointError('ERR_CKPT_TIMEOUT', `row ${slot.index} took longer than ${timeout} ms`, { row: slot.index });
      call.abort(error);
      this.#threw(slot, call, error, false);
    }, timeout);
    this.#timers.add(timer);
    const inTime = (how: (outcome: unknown) => void) => (outcome: unknown) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      this.#timers.delete(timer);
      how(outcome);
    };
    promise.then(inTime(returned), inTime(threw));
  }

  #ended(slot: Slot, call: Call, row: Row, output: unknown): void {
    call.end();
    const wrong = this.#attempts.endOne(slot, call.usage, output, call);
    call.leave(this.#throttle, true);
    this.#throttle.succeeded();
    if (this.#due.length > 0) this.opened();
    try {
      if (row !== slot.row) warnOfChange(slot, row, output);
    } catch (error) {
      return this.#failed(slot, error);
    }
    this.#returned(slot, output);
    if (wrong !== undefined) this.#sink.wrong(wrong.error);
  }

  #returned(slot: Slot, output: unknown): void {
    if (this.#run.isStopped) return this.#end();
    let looking: Promise<void> | undefined;
    try {
      slot.results = callOutput(output, slot.index);
      looking = this.#check?.look(resultsOf(slot), slot.index);
    } catch (error) {
      return this.#refused(slot, error);
    }
    if (looking === undefined) this.#done(slot);
    else this.#looked(slot, looking);
  }

  #looked(slot: Slot, looking: Promise<void>): void {
    const whileRunning = (then: (outcome: unknown) => void) => (outcome: unknown) => (this.#run.isStopped ? this.#end() : then(outcome));
    looking.then(
      whileRunning(() => this.#done(slot)),
      whileRunning((error) => this.#refused(slot, error)),
    );
  }

  /** As a rule it would return the same again. */
  #refused(slot: Slot, error: unknown): void {
    if (this.#options.retry.badResults) this.#again(slot, error);
    else this.#failed(slot, error);
  }

  #done(slot: Slot): void {
    this.#end();
    this.#sink.done(slot);
  }

  #threw(slot: Slot, call: Call, error: unknown, hasArrived: boolean): void {
    call.end();
    this.#attempts.endOne(slot, call.usage, undefined, call);
    call.leave(this.#throttle, hasArrived);
    if (this.#run.isStopped) return this.#end();
    try {
      call.tell(this.#throttle, error);
    } catch (thrown) {
      return this.#failed(slot, thrown);
    }
    if (this.#due.length > 0) this.opened();
    this.#again(slot, error);
  }

  /** Tries the row again if it may be. */
  #again(slot: Slot, error: unknown): void {
    let delay: number | undefined;
    try {
      delay = slot.attempt > this.#options.retry.times ? undefined : delayOf(error, slot, this.#options.retry);
    } catch (thrown) {
      return this.#failed(slot, thrown);
    }
    if (delay === undefined) return this.#failed(slot, error);
    slot.results = undefined;
    if (this.#isFinishing) {
      this.#end();
      return this.#sink.left();
    }
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      this.#due.push(slot);
      this.opened();
    }, delay);
    this.#retries.add(timer);
    this.#sink.event({ type: 'retry', row: slot.index, attempt: slot.attempt, delay, error });
  }

  #failed(slot: Slot, cause: unknown): void {
    this.#end();
    slot.state = 'failed';
    slot.results = undefined;
    this.#sink.failed(slot, rowFailure(slot, cause));
  }

  #end(): void {
    this.running--;
  }
}
