import { CheckpointError } from '../base/errors.js';
import type { Arrivals } from './arrivals.js';
import type { MapProgress } from './events.js';
import { noUsage } from './usage/spending.js';

/** A run that is on its way. */
interface Running {
  readonly progress: MapProgress;
  setConcurrency(concurrency: number): void;
  /** `drain`: the ms that calls have to end, undefined for the default. */
  stop(drain: number | undefined): void;
}

const NOT_BEGUN: MapProgress = {
  rows: 0,
  totalRows: undefined,
  resumed: 0,
  computed: 0,
  failed: 0,
  calls: 0,
  concurrency: 0,
  usage: noUsage(),
  pausedUntil: undefined,
  rate: 0,
  secondsLeft: undefined,
};

/** Stands between a handle and its run: what is asked for before the run has begun is done when it begins. */
export class RunControl {
  /** Settles nothing: for whoever waits for the end beside the handle. */
  readonly ended: Promise<void>;
  /** Of a run that keeps all results. */
  readonly arrivals: Arrivals | undefined;
  /** Aborted when the run is stopped before it has begun, with the error that it ends with. */
  readonly #beginning = new AbortController();
  readonly #ending = new AbortController();
  #run: Running | undefined;
  #last = NOT_BEGUN;
  #isEnded = false;
  #asked: number | undefined;
  #end!: () => void;

  constructor(arrivals?: Arrivals) {
    this.arrivals = arrivals;
    this.ended = new Promise((end) => (this.#end = end));
  }

  get progress(): MapProgress {
    return this.#run?.progress ?? this.#last;
  }

  /** Until the run has begun. */
  get signal(): AbortSignal {
    return this.#beginning.signal;
  }

  /** Aborted when the run comes to its end before all is done. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  endsEarly(): void {
    this.#ending.abort();
  }

  setConcurrency(concurrency: number): void {
    this.#asked = concurrency;
    this.#run?.setConcurrency(concurrency);
  }

  stop(drain: number | undefined): void {
    if (this.#run !== undefined) this.#run.stop(drain);
    else if (!this.#isEnded) {
      const message = 'the map was stopped before it began; call it again to go on';
      this.#beginning.abort(new CheckpointError('ERR_CKPT_STOPPED', message, { done: 0 }));
    }
  }

  /** @throws `ERR_CKPT_STOPPED` if it was stopped before */
  begin(run: Running): void {
    if (this.signal.aborted) throw this.signal.reason;
    this.#run = run;
    if (this.#asked !== undefined) run.setConcurrency(this.#asked);
  }

  /** The run has ended; what it holds is let go. */
  end(outcome: { error?: unknown }): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#last = this.progress;
    this.#run = undefined;
    this.arrivals?.end(outcome);
    this.#end();
  }
}
