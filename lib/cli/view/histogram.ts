import type { Bar } from './wire.js';

const MOST_BARS = 24;

/** Counts of values between two ends, in bars of one width. */
export class Histogram {
  readonly #min: number;
  readonly #max: number;
  readonly #width: number;
  readonly #counts: number[];
  /** The ends are so far apart that their distance is no number. */
  readonly #isFar: boolean;

  /** @param isWhole all values are integers: then a bar holds whole numbers of them */
  constructor(min: number, max: number, isWhole: boolean) {
    this.#min = min;
    this.#max = max;
    const span = max - min;
    this.#isFar = span === Number.POSITIVE_INFINITY;
    const areSteps = isWhole && !this.#isFar;
    const bars = areSteps && span < MOST_BARS ? span + 1 : span === 0 ? 1 : MOST_BARS;
    const wide = this.#isFar ? max / bars - min / bars : span / bars;
    this.#width = areSteps && span < MOST_BARS ? 1 : areSteps ? Math.ceil((span + 1) / bars) : wide;
    const used = this.#width === 0 ? 1 : areSteps ? Math.floor(span / this.#width) + 1 : bars;
    this.#counts = Array.from({ length: used }, () => 0);
  }

  add(value: number): void {
    const along = this.#isFar ? value / this.#width - this.#min / this.#width : (value - this.#min) / this.#width;
    const place = this.#width === 0 ? 0 : Math.floor(along);
    const bar = Math.min(this.#counts.length - 1, Math.max(0, place));
    this.#counts[bar] = (this.#counts[bar] as number) + 1;
  }

  bars(): Bar[] {
    return this.#counts.map((count, bar) => ({ from: this.#edge(bar), to: this.#edge(bar + 1), count }));
  }

  #edge(bar: number): number {
    const half = (bar / 2) * this.#width;
    return Math.min(this.#max, this.#isFar ? this.#min + half + half : this.#min + bar * this.#width);
  }
}
