import { closedError } from '../../store/closed-error.js';

/** Whether a reader is still open, as its readings ask it: one field, since they ask before each row. */
export class Readings {
  closed = false;
  readonly #path: string;
  readonly #stops = new Set<() => void>();

  constructor(path: string) {
    this.#path = path;
  }

  /** Throws `ERR_CKPT_CLOSED` once the reader is closed. */
  check(): void {
    if (this.closed) throw this.error;
  }

  /** The error of a reading whose reader was closed. */
  get error(): Error {
    return closedError(this.#path);
  }

  /** Calls `stop` once when the reader is closed. What it returns ends that. */
  watch(stop: () => void): () => void {
    this.#stops.add(stop);
    return () => this.#stops.delete(stop);
  }

  close(): void {
    this.closed = true;
    for (const stop of this.#stops) stop();
    this.#stops.clear();
  }
}
