import type { MapProgress } from '../events.js';
import { noUsage } from '../usage/spending.js';
import type { ResultsSoFar } from './results-so-far.js';

/** How often the progress is told at most while other workers are waited for. */
const TELL_MS = 50;

/** How far all workers of a map are together, as one of them knows it. */
export class SharedProgress {
  readonly #results: ResultsSoFar;
  readonly #rows: number;
  readonly #tell: readonly ((progress: MapProgress) => void)[];
  readonly #from = performance.now();
  readonly #leftAtFirst: number;
  #own: Pick<MapProgress, 'computed' | 'calls' | 'rate' | 'concurrency' | 'pausedUntil' | 'usage'>;
  #told = 0;

  constructor(results: ResultsSoFar, rows: number, concurrency: number, tell: readonly ((progress: MapProgress) => void)[]) {
    this.#results = results;
    this.#rows = rows;
    this.#tell = tell;
    this.#leftAtFirst = results.left;
    this.#own = { computed: 0, calls: 0, rate: 0, concurrency, pausedUntil: undefined, usage: noUsage() };
  }

  /** This worker has told how far it is itself. */
  own(progress: MapProgress): void {
    this.#own = progress;
    this.tell();
  }

  /** Tells now, if the last time is long enough ago. */
  tell(isLast = false): void {
    const now = performance.now();
    if (this.#tell.length === 0 || (!isLast && now - this.#told < TELL_MS)) return;
    this.#told = now;
    const progress = this.now();
    for (const tell of this.#tell) tell(progress);
  }

  now(): MapProgress {
    const { left, failures } = this.#results;
    const { computed, calls, rate, concurrency, usage } = this.#own;
    const until = this.#own.pausedUntil;
    const pausedUntil = until !== undefined && until.getTime() > Date.now() ? until : undefined;
    // What this worker has finished may not be durable yet.
    const done = Math.max(this.#rows - left - failures.size, computed);
    const ofAll = (this.#leftAtFirst - left) / (performance.now() - this.#from);
    const secondsLeft = left === 0 ? 0 : ofAll > 0 ? left / ofAll / 1000 : undefined;
    const counts = { resumed: done - computed, computed, failed: failures.size, calls, concurrency, pausedUntil, usage };
    return { rows: done + failures.size, totalRows: this.#rows, ...counts, rate, secondsLeft };
  }
}
