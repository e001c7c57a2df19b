import type { Format as Formatting, Options, Params, SingleBar } from 'cli-progress';
import type { Context } from '../context.js';
import { countText, percentText } from './quantities.js';
import { printable } from './printable.js';
import { fit } from './text.js';

/** How far a long work is. */
export interface Work {
  /** What is being done: `convert a.json`. */
  what: string;
  done: number;
  /** Undefined where nobody knows: then there is a count and no bar. */
  total: number | undefined;
  unit: 'rows' | 'files';
}

export interface ProgressLine {
  /** Shows how far the work is: at most ten times a second, and not at all in the first {@link DELAY_MS}. */
  update(work: Work): void;
  /** Takes the bar away; the next update brings it back. */
  clear(): void;
}

/** Work that is done before that needs no bar. */
const DELAY_MS = 150;
const WIDEST_BAR = 40;
const NARROWEST_BAR = 10;
const NONE: ProgressLine = { update() {}, clear() {} };

/**
 * Does long work with a progress bar on stderr, if that is a terminal and neither `--json` nor `--quiet` was given. The bar goes when the
 * work ends.
 */
export async function withProgress<T>(context: Context, work: (progress: ProgressLine) => Promise<T>): Promise<T> {
  const { output, json, quiet } = context;
  if (json || quiet || !process.stderr.isTTY) return work(NONE);
  const {
    default: { Format, SingleBar },
  } = await import('cli-progress');
  const progress = new Bar(Format, SingleBar);
  output.beforeLine = () => progress.clear();
  try {
    return await work(progress);
  } finally {
    progress.clear();
    output.beforeLine = undefined;
  }
}

class Bar implements ProgressLine {
  readonly #format: typeof Formatting;
  readonly #make: typeof SingleBar;
  readonly #showFrom = performance.now() + DELAY_MS;
  #bar: SingleBar | undefined;

  constructor(format: typeof Formatting, make: typeof SingleBar) {
    this.#format = format;
    this.#make = make;
  }

  update(work: Work): void {
    if (performance.now() < this.#showFrom) return;
    if (this.#bar === undefined) {
      const format = (options: Options, params: Params, payload: Work): string => this.#text(options, params, payload);
      this.#bar = new this.#make({ format, stream: process.stderr, clearOnComplete: true, hideCursor: true });
      this.#bar.start(work.total ?? 0, work.done, work);
      return;
    }
    this.#bar.setTotal(work.total ?? 0);
    this.#bar.update(work.done, work);
  }

  clear(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #text(options: Options, { progress, value }: Params, { what, total, unit }: Work): string {
    const width = process.stderr.columns || 80;
    const of = total === undefined ? '' : ` of ${countText(total)}`;
    const done = `${total === undefined ? '' : `${percentText(value, total)}  `}${countText(value)}${of} ${unit}`;
    const room = width - done.length - 4 - Math.min(what.length, width / 3);
    const barsize = Math.min(WIDEST_BAR, Math.floor(room));
    const hasBar = total !== undefined && barsize >= NARROWEST_BAR;
    const bar = hasBar ? `${this.#format.BarFormat(Math.min(progress, 1), { ...options, barsize })}  ` : '';
    return fit(`${bar}${done}  ${printable(what)}`, width - 1);
  }
}
