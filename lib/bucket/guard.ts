import { watchAbort } from '../base/halt.js';

/** The signal of one request: aborted by the caller's, and when nothing has come for too long. */
export class Guard {
  readonly #controller = new AbortController();
  readonly #timeout: number;
  readonly #unwatch: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Whether it was the time that ran out. */
  isLate = false;

  /** `first`: ms until something must have come; from then on `timeout`. */
  constructor(timeout: number, first: number, signal: AbortSignal | undefined) {
    this.#timeout = timeout;
    this.#unwatch = signal && watchAbort(signal, () => this.#controller.abort(signal.reason));
    this.#wait(first);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something came. */
  touch(): void {
    this.#wait(this.#timeout);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#unwatch?.();
  }

  /** Ends the request, too. */
  stop(): void {
    this.end();
    this.#controller.abort();
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isLate = true;
      this.#controller.abort();
    }, ms);
  }
}
