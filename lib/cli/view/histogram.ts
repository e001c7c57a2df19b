import type { Bar } from './wire.js';

const MOST_BARS = 24;

/** Counts of values between two ends, in bars of one width. */
export class Histogram {
  readonly #min: number;
  readonly #max: number;
  readonly #width: number;
  readonly #counts: number[];

  /** @param isWhole all values are integers: then a bar holds whole numbers of them */
  constructor(min: number, max: number, isWhole: boolean) {
    this.#min = min;
    this.#max = max;
    const span = max - min;
    const bars = isWhole && span < MOST_BARS ? span + 1 : span === 0 ? 1 : MOST_BARS;
    this.#width = isWhole && span < MOST_BARS ? 1 : isWhole ? Math.ceil((span + 1) / bars) : span / bars;
    const used = this.#width === 0 ? 1 : isWhole ? Math.floor(span / this.#width) + 1 : bars;
    this.#counts = Array.from({ length: used }, () => 0);
  }

  add(value: number): void {
    const place = this.#width === 0 ? 0 : Math.floor((value - this.#min) / this.#width);
    const bar = Math.min(this.#counts.length - 1, Math.max(0, place));
    this.#counts[bar] = (this.#counts[bar] as number) + 1;
  }

  bars(): Bar[] {
    return this.#counts.map((count, bar) => ({
      from: this.#min + bar * this.#width,
      to: Math.min(this.#max, this.#min + (bar + 1) * this.#width),
      count,
    }));
  }
}
