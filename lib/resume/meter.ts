import type { MapProgress } from './events.js';

/** How often `onProgress` is called at most. */
const TELL_MS = 50;
/** The rate is that of so long ago until now, looked at so often. */
const RATE_MS = 10_000;
const SAMPLE_MS = 250;

/** What a meter counts. */
export type Counts = Pick<MapProgress, 'resumed' | 'computed' | 'failed' | 'calls' | 'concurrency' | 'pausedUntil' | 'usage'>;

/** Tells how far a run is, now and then. */
export class Meter {
  readonly #counts: () => Counts;
  readonly #knownAhead: () => number;
  readonly #totalRows: number | undefined;
  readonly #tell: ((progress: MapProgress) => void)[];
  readonly #samples: { at: number; computed: number }[] = [];
  #told = 0;

  /** `knownAhead`: of the rows that are left, those whose results are most likely known: they take no time. */
  constructor(counts: () => Counts, knownAhead: () => number, totalRows: number | undefined, tell: ((progress: MapProgress) => void)[]) {
    this.#counts = counts;
    this.#knownAhead = knownAhead;
    this.#totalRows = totalRows;
    this.#tell = tell;
  }

  /** Rows are done. */
  tick(): void {
    if (this.#tell.length === 0) return;
    const now = performance.now();
    if (now - this.#told >= TELL_MS) this.#report(now);
  }

  finish(): void {
    this.#report(performance.now());
  }

  /** Something has changed though no row is done. */
  tell(): void {
    if (this.#tell.length > 0) this.finish();
  }

  #report(now: number): void {
    this.#told = now;
    const progress = this.at(now);
    for (const tell of this.#tell) tell(progress);
  }

  /** How far the run is. */
  at(now: number): MapProgress {
    const counts = this.#counts();
    const rows = counts.resumed + counts.computed + counts.failed;
    const rate = this.#rate(now, counts.computed);
    const left = this.#totalRows === undefined ? undefined : this.#totalRows - rows;
    const secondsLeft = left === 0 ? 0 : left === undefined || rate === 0 ? undefined : Math.max(0, left - this.#knownAhead()) / rate;
    return { rows, totalRows: this.#totalRows, ...counts, rate, secondsLeft };
  }

  #rate(now: number, computed: number): number {
    const last = this.#samples.at(-1);
    if (last === undefined || now - last.at >= SAMPLE_MS) this.#samples.push({ at: now, computed });
    while (this.#samples.length > 2 && now - (this.#samples[0]?.at ?? now) > RATE_MS) this.#samples.shift();
    const first = this.#samples[0];
    return first === undefined || now === first.at ? 0 : ((computed - first.computed) / (now - first.at)) * 1000;
  }
}
