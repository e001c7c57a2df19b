import { invalid, show } from '../base/messages.js';
import type { Row, RowLike } from '../base/rows.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkKeys } from '../options/options.js';

/** How many calls a service takes in a time. */
export interface RateLimitOptions<T extends RowLike = Row> {
  /** The most calls that reach the service in any `interval`, retries among them: from 1 on. */
  requests: number;
  /** The most of what `cost` counts, in any `interval`. Needs `cost`. @default no limit */
  tokens?: number;
  /** Any stretch of time of this length. @unit ms */
  interval: number;
  /**
   * How many of the `tokens` a call for this row takes, at most: from 0 to `tokens`. Called once a row.
   *
   * If it throws, or returns anything else, its row fails with that as the `cause`, and no call is made.
   */
  cost?: (row: T) => number;
}

/** A day. */
export const MOST_INTERVAL_MS = 86_400_000;
const KEYS = keysOf<RateLimitOptions>({ requests: true, tokens: true, interval: true, cost: true });

/** @throws `ERR_CKPT_UNKNOWN_OPTION`, `ERR_CKPT_INVALID_OPTION` */
export function checkRateLimit<T extends RowLike>(given: RateLimitOptions<T>): RateLimitOptions<T> {
  const options = asOptions(given, 'rateLimit') as RateLimitOptions<T>;
  checkKeys(options, KEYS, 'rateLimit');
  const { requests, tokens, interval, cost } = options;
  if (!Number.isSafeInteger(requests) || requests < 1)
    throw invalid(`requests of rateLimit must be an integer from 1 on, got ${show(requests)}`);
  if (typeof interval !== 'number' || !(interval >= 1 && interval <= MOST_INTERVAL_MS))
    throw invalid(`interval of rateLimit must be milliseconds from 1 to ${MOST_INTERVAL_MS}, got ${show(interval)}`);
  if (tokens !== undefined && !(typeof tokens === 'number' && tokens > 0 && Number.isFinite(tokens)))
    throw invalid(`tokens of rateLimit must be a number above 0, got ${show(tokens)}`);
  if (cost !== undefined && typeof cost !== 'function') throw invalid(`cost of rateLimit must be a function, got ${show(cost)}`);
  if ((tokens === undefined) !== (cost === undefined))
    throw invalid(`rateLimit needs both of tokens and cost, or none; it has ${tokens === undefined ? 'cost' : 'tokens'} only`);
  return options;
}
