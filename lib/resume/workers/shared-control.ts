import { CheckpointError } from '../../base/errors.js';
import { watchAbort } from '../../base/halt.js';
import type { Arrivals } from '../arrivals.js';
import type { MapProgress } from '../events.js';
import { RunControl } from '../run-control.js';

/** Stands between the handle of a worker and what it does one after the other: what it computes, and the reading of all results. */
export class SharedControl {
  readonly #ending = new AbortController();
  readonly #unwatch: (() => void) | undefined;
  #now: RunControl | undefined;
  #concurrency: number | undefined;
  #look: () => MapProgress;

  /** @throws `ERR_CKPT_STOPPED` if it was stopped before */
  constructor(outer: RunControl, progress: MapProgress, signal: AbortSignal | undefined) {
    this.#look = () => progress;
    outer.begin(this);
    this.#unwatch = signal && watchAbort(signal, () => this.#ending.abort(signal.reason));
  }

  get progress(): MapProgress {
    return this.#look();
  }

  /** From now on the progress is looked up there. */
  follow(look: () => MapProgress): void {
    this.#look = look;
  }

  /** Aborted where nothing runs that could be told: while other workers are waited for. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** For what runs next. */
  next(arrivals: Arrivals | undefined): RunControl {
    this.#now = new RunControl(arrivals);
    if (this.#concurrency !== undefined) this.#now.setConcurrency(this.#concurrency);
    return this.#now;
  }

  /** Nothing runs now. */
  wait(): void {
    this.#now = undefined;
  }

  setConcurrency(concurrency: number): void {
    this.#concurrency = concurrency;
    this.#now?.setConcurrency(concurrency);
  }

  stop(drain: number | undefined): void {
    if (this.#now !== undefined) return this.#now.stop(drain);
    const { rows, totalRows = rows } = this.progress;
    this.#ending.abort(stoppedAfter(rows, totalRows));
  }

  end(): void {
    this.#unwatch?.();
  }
}

/** The error of a worker that was asked to end. */
export function stoppedAfter(done: number, total: number): CheckpointError {
  const message = `the map was stopped after ${done} of ${total} rows, those of other workers among them, who go on; call it again to join them`;
  return new CheckpointError('ERR_CKPT_STOPPED', message, { done, left: total - done });
}
