import { invalid, show } from '../base/messages.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkKeys } from '../options/options.js';
import { ms, whole } from './check-number.js';

/** How a row that failed is tried again. */
export interface RetryOptions {
  /** How many times, after the first attempt: 0 to 1000. */
  times: number;
  /**
   * The wait before the first retry; each further one is twice as long.
   *
   * Each is drawn at random between half and all of that.
   * @default 500, or `maxDelay` if that is less @unit ms
   */
  minDelay?: number;
  /** The longest wait. @default 30000, or `minDelay` if that is more @unit ms */
  maxDelay?: number;
  /**
   * Decides by what was thrown. False, null, undefined and `''`: do not try again. True: try again after the usual wait. A number from 0 to
   * 2147483647: wait that many ms (`Retry-After` of a server). Anything else, a promise too, fails the row with `ERR_CKPT_INVALID_OPTION`
   * as its cause. @default always true
   */
  retryIf?: (error: unknown, attempt: number) => boolean | number | null | undefined;
  /**
   * Whether a call counts as failed, and is made again, whose results are refused: they do not fit the `schema`, or are no rows.
   *
   * `retryIf` gets that error, `ERR_CKPT_SCHEMA` for example. Without this option such a row fails at once.
   * @default false
   */
  badResults?: boolean;
}

const RETRY = keysOf<RetryOptions>({ times: true, minDelay: true, maxDelay: true, retryIf: true, badResults: true });
const USUAL_MIN_DELAY = 500;
const USUAL_MAX_DELAY = 30_000;

/** The options of retries, filled in. @throws `ERR_CKPT_UNKNOWN_OPTION`, `ERR_CKPT_INVALID_OPTION` */
export function checkRetries(retries: number | RetryOptions = 0): Required<RetryOptions> {
  if (typeof retries !== 'number') checkKeys(asOptions(retries, 'retries'), RETRY, 'retries');
  const given = typeof retries === 'number' ? { times: retries } : retries;
  const { times, retryIf = () => true, badResults = false } = given;
  // Who gives one of the two means the other one, too.
  const { maxDelay = Math.max(USUAL_MAX_DELAY, given.minDelay ?? 0) } = given;
  const { minDelay = Math.min(USUAL_MIN_DELAY, maxDelay) } = given;
  whole('retries', times, 0, 1000);
  ms('minDelay', minDelay);
  ms('maxDelay', maxDelay);
  if (minDelay > maxDelay) throw invalid(`minDelay of retries must be at most maxDelay, which is ${maxDelay}, got ${show(minDelay)}`);
  if (typeof retryIf !== 'function') throw invalid(`retryIf must be a function, got ${show(retryIf)}`);
  if (typeof badResults !== 'boolean') throw invalid(`badResults must be true or false, got ${show(badResults)}`);
  return { times, minDelay, maxDelay, retryIf, badResults };
}
