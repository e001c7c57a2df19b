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
