import { CheckpointError, isCheckpointError } from '../base/errors.js';
import { unheeded } from '../base/guarded.js';
import { show } from '../base/messages.js';
import { copyRow } from '../base/value/copy.js';
import type { Row } from '../base/rows.js';
import { Adaptive } from './adaptive.js';
import type { MapEvent } from './events.js';
import type { CheckedMapOptions } from './map-options.js';
import { RateLimit, type Ticket } from './rate-limit.js';
import { MOST_PAUSE_MS, statusOf, toldToWait } from './retry-after.js';

/** The first pause where a service says that it is too much, and not for how long; each further one is twice as long. */
const FIRST_PAUSE_MS = 1000;
const MOST_GUESSED_MS = 60_000;
const TOO_MANY: ReadonlySet<number | undefined> = new Set([429, 529]);

/** Says how many calls may be on their way, and when the next may start: concurrency, rate limit, pauses. */
export class Throttle {
  readonly #adaptive: Adaptive;
  readonly #rate: RateLimit | undefined;
  readonly #options: CheckedMapOptions<Row>;
  readonly #onEvent: (event: MapEvent) => void;
  readonly #changed: () => void;
  /** Also overload of which the service says nothing: timeouts, 503. */
  readonly #isAdaptive: boolean;
  /** By `performance.now()`; 0: not. */
  #pausedUntil = 0;
  #reopening: NodeJS.Timeout | undefined;
  /** Pauses of a guessed length, one after the other. */
  #guesses = 0;
  #wasCapped = false;
  /** Calls that are on their way. */
  running = 0;
  /** Calls so far, retries among them. */
  calls = 0;
  /** The number of the last call that had started at the last guess. */
  #guessedAtCall = 0;
  /** The rate limit has held the last call back that wanted to start. */
  #isHeld = false;

  /** `changed`: calls may start that could not. */
  constructor(options: CheckedMapOptions<Row>, onEvent: (event: MapEvent) => void, changed: () => void) {
    const { concurrency, rateLimit } = options;
    this.#options = options;
    this.#onEvent = onEvent;
    this.#changed = changed;
    this.#isAdaptive = typeof concurrency !== 'number';
    this.#adaptive = new Adaptive(typeof concurrency === 'number' ? { initial: concurrency, min: 1, max: concurrency } : concurrency);
    this.#rate = rateLimit === undefined ? undefined : new RateLimit(rateLimit, changed);
  }

  /** The most calls that may be on their way now. */
  get limit(): number {
    return this.#adaptive.limit;
  }

  set limit(limit: number) {
    this.#adaptive.set(limit);
  }

  /** Until when no call starts: a service has said so, or its limit is reached. */
  get pausedUntil(): Date | undefined {
    const now = performance.now();
    const at = this.#pausedUntil > now ? this.#pausedUntil : this.#isHeld ? this.#rate?.opensAt : undefined;
    return at === undefined || at <= now ? undefined : new Date(Date.now() + at - now);
  }

  /** Whether a call may start, as far as pauses and the rate limit go. */
  admits(cost = 0): boolean {
    if (this.#pausedUntil > 0) return false;
    if (this.#rate === undefined) return true;
    this.#isHeld = !this.#rate.admits(this.#costWithin(cost));
    return !this.#isHeld;
  }

  /**
   * What a call for the row takes of the rate limit.
   * @throws what `cost` throws, and `ERR_CKPT_INVALID_OPTION` for an answer that is none, or is more than there is in an interval
   */
  costOf(row: Row, index: number): number {
    const { cost, tokens = 0 } = this.#options.rateLimit ?? {};
    if (cost === undefined) return 0;
    const answer: unknown = cost(copyRow(row));
    if (typeof answer === 'number' && answer >= 0 && answer <= tokens) return answer;
    unheeded(answer);
    const message = `cost of rateLimit must return a number from 0 to tokens, which is ${tokens}; for row ${index} it returned ${show(answer)}`;
    throw new CheckpointError('ERR_CKPT_INVALID_OPTION', message, { row: index });
  }

  /** The rate limit holds calls back, for longer than one would take no notice of. */
  get isHeld(): boolean {
    return this.#isHeld && (this.#rate?.opensAt ?? 0) - performance.now() > 1000;
  }

  get needsCost(): boolean {
    return this.#options.rateLimit?.cost !== undefined;
  }

  /** A call starts, the one whose number is how many there were then. */
  start(cost = 0): Ticket | undefined {
    this.calls++;
    this.#adaptive.started(++this.running);
    return this.#rate?.take(this.#costWithin(cost));
  }

  /** Sums of fractions may come to a little more than there is. */
  #costWithin(cost: number): number {
    return Math.min(cost, this.#options.rateLimit?.tokens ?? 0);
  }

  /** A call has ended. `hasArrived`: its request has certainly reached the service. */
  end(ticket: Ticket | undefined, hasArrived: boolean): void {
    this.running--;
    if (ticket !== undefined && hasArrived) this.#rate?.end(ticket);
  }

  succeeded(): void {
    this.#guesses = 0;
    if (this.#adaptive.succeeded()) this.#changed();
  }

  /**
   * A call has failed: pauses all if the service wants that.
   * @throws what `pauseFor` throws, and `ERR_CKPT_INVALID_OPTION` for an answer that is none
   */
  failed(error: unknown, call: number): void {
    const told = this.#wait(error, call);
    if (told !== undefined || (this.#isAdaptive && isOverload(error))) this.#adaptive.overloaded(call, this.calls);
    if (told !== undefined && told > 0) this.#pause(told, error);
  }

  close(): void {
    this.#rate?.close();
    clearTimeout(this.#reopening);
  }

  #wait(error: unknown, call: number): number | undefined {
    const { pauseFor } = this.#options;
    if (pauseFor === false) return undefined;
    if (pauseFor !== undefined) return checkedPause(pauseFor(error));
    const told = toldToWait(error);
    if (told !== undefined || !TOO_MANY.has(statusOf(error))) return told;
    // Calls that were on their way before the pause say the same again.
    if (this.#guesses > 0 && call <= this.#guessedAtCall) return 0;
    this.#guessedAtCall = this.calls;
    return Math.min(MOST_GUESSED_MS, FIRST_PAUSE_MS * 2 ** this.#guesses++);
  }

  #pause(told: number, error: unknown): void {
    const delay = Math.min(told, MOST_PAUSE_MS);
    const until = performance.now() + delay;
    if (until <= this.#pausedUntil) return;
    // A wait that is about as long as the one before is no news.
    const isNews = until - this.#pausedUntil > 50;
    this.#pausedUntil = until;
    clearTimeout(this.#reopening);
    this.#reopening = setTimeout(() => {
      this.#pausedUntil = 0;
      this.#changed();
    }, delay);
    if (told > delay && !this.#wasCapped) {
      this.#wasCapped = true;
      const message = `a service said to wait for ${Math.round(told / 1000)} s; the map asks again after ${delay / 1000} s`;
      process.emitWarning(message, 'CheckpointWarning');
    }
    if (isNews) this.#onEvent({ type: 'paused', delay, told, error });
  }
}

function isOverload(error: unknown): boolean {
  const status = statusOf(error);
  return TOO_MANY.has(status) || status === 503 || (isCheckpointError(error) && error.code === 'ERR_CKPT_TIMEOUT');
}

function checkedPause(answer: unknown): number | undefined {
  if (answer === undefined || answer === null || answer === false) return undefined;
  if (typeof answer === 'number' && answer >= 0) return answer;
  unheeded(answer);
  const message = `pauseFor must return milliseconds, or undefined for no pause, and must not be async; it returned ${show(answer)}`;
  throw new CheckpointError('ERR_CKPT_INVALID_OPTION', message);
}
