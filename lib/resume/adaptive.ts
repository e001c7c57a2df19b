import { invalid, show } from '../base/messages.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkKeys } from '../options/options.js';
import { checkConcurrency } from './check-number.js';

/** How many rows are computed at a time, found out while the run is on its way. */
export interface AdaptiveConcurrency {
  /** At first. @default 8, or where that is not from `min` to `max` the nearer of these @unit rows */
  initial?: number;
  /** Never fewer. @default 1 @unit rows */
  min?: number;
  /** Never more, up to 100,000. @unit rows */
  max: number;
}

const KEYS = keysOf<AdaptiveConcurrency>({ initial: true, min: true, max: true });

/** @throws `ERR_CKPT_UNKNOWN_OPTION`, `ERR_CKPT_INVALID_OPTION` */
export function checkAdaptive(given: AdaptiveConcurrency): Required<AdaptiveConcurrency> {
  const options = asOptions(given, 'concurrency') as AdaptiveConcurrency;
  checkKeys(options, KEYS, 'concurrency');
  const { min = 1, max } = options;
  checkConcurrency('max of concurrency', max);
  checkConcurrency('min of concurrency', min);
  if (min > max) throw invalid(`min of concurrency must be at most max, which is ${max}, got ${show(min)}`);
  const { initial = Math.min(max, Math.max(min, 8)) } = options;
  checkConcurrency('initial of concurrency', initial);
  if (initial < min || initial > max)
    throw invalid(`initial of concurrency must be from min to max, ${min} to ${max}, got ${show(initial)}`);
  return { initial, min, max };
}

/** How many rows at a time at first. */
export function initialOf(concurrency: number | Required<AdaptiveConcurrency>): number {
  return typeof concurrency === 'number' ? concurrency : concurrency.initial;
}

/** How often the number goes up at most. */
const STEP_MS = 1000;

/**
 * A number of calls that goes down by half when the service is overloaded, and up again while it is not: by one, at most once a second and
 * only after as many successes as calls may run. Until the first overload it doubles.
 */
export class Adaptive {
  limit: number;
  #min: number;
  #max: number;
  #wasOverloaded = false;
  #changedAt = performance.now();
  /** The number of the last call that had started then. */
  #changedAtCall = 0;
  #successes = 0;
  /** As many calls ran as may. */
  #wasFull = false;

  constructor({ initial, min, max }: Required<AdaptiveConcurrency>) {
    this.limit = initial;
    this.#min = min;
    this.#max = max;
  }

  /** From now on this number, which it may go below, but not above. */
  set(limit: number): void {
    this.limit = limit;
    this.#min = Math.min(this.#min, limit);
    this.#max = limit;
  }

  /** A call has started; so many run now. */
  started(running: number): void {
    if (running >= this.limit) this.#wasFull = true;
  }

  /** A call has ended well. Whether more may run now. */
  succeeded(): boolean {
    if (this.limit >= this.#max || ++this.#successes < this.limit || !this.#wasFull) return false;
    const now = performance.now();
    if (now - this.#changedAt < STEP_MS) return false;
    this.#change(now, Math.min(this.#max, this.#wasOverloaded ? this.limit + 1 : this.limit * 2));
    return true;
  }

  /** The service cannot take more, as `call` of so many was told. A call that had started when another was told says nothing new. */
  overloaded(call: number, calls: number): void {
    if (this.#wasOverloaded && call <= this.#changedAtCall) return;
    this.#wasOverloaded = true;
    this.#changedAtCall = calls;
    this.#change(performance.now(), Math.max(this.#min, Math.floor(this.limit / 2)));
  }

  #change(now: number, limit: number): void {
    this.limit = limit;
    this.#changedAt = now;
    this.#successes = 0;
    this.#wasFull = false;
  }
}
