import { invalid, show } from '../base/messages.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkKeys } from '../options/options.js';
import type { Row, RowLike } from '../base/rows.js';
import { checkHash, checkKey, checkMaxAge } from './map-options.js';
import { checkContent, type ContentOption } from './row-content.js';
import type { KeyOption } from './row-key.js';

/** Options of {@link CheckpointManager.planIncremental}. */
export interface PlanOptions<T extends RowLike = Row> {
  /** What identifies a row, as in the `map`. */
  key: KeyOption<T>;
  /** What of a row is compared, as in the `map`. @default 'all' */
  content?: ContentOption<T>;
  /** The hash of the operation, as in the `map`. */
  hash?: string;
  /** Results that were made longer ago count as changed, as in the `map`. @default no limit @unit ms */
  maxAge?: number;
  /**
   * What the call for a row will cost, as far as that can be known before: for `cost` of the plan.
   *
   * What it throws ends the call as it is. @default none
   */
  cost?: (row: T) => number;
}

const KEYS = keysOf<PlanOptions>({ key: true, content: true, hash: true, maxAge: true, cost: true });

export function checkPlanOptions<T extends RowLike>(given: PlanOptions<T>): PlanOptions<T> {
  const options = asOptions(given, 'planIncremental') as PlanOptions<T>;
  checkKeys(options, KEYS, 'planIncremental');
  checkKey(options.key);
  checkContent(options.content);
  checkHash(options.hash);
  checkMaxAge(options.maxAge);
  if (options.cost !== undefined && typeof options.cost !== 'function')
    throw invalid(`cost must be a function that tells what a row costs, got ${show(options.cost)}`);
  return options;
}
