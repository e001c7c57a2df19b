import { invalid, show } from '../../base/messages.js';
import { keysOf } from '../../options/option-keys.js';
import { asOptions, checkKeys } from '../../options/options.js';

/** What a `map` may use at most. At least one limit; each a number from 0 on. */
export interface Budget {
  /** Money, as `usage` and `context.addUsage` tell it. */
  cost?: number;
  /** Tokens of prompts and answers together, told likewise. */
  tokens?: number;
  /**
   * Calls of the service: attempts, or what is told as `calls`.
   *
   * As long as an attempt is one call this limit is never exceeded. Those of money and tokens can be, by what the calls on their way cost
   * more than the mean of those before.
   */
  calls?: number;
  /**
   * What counts: `operation`, also what earlier runs used for the results that are kept with this hash; `run`, this run alone.
   *
   * With `operation` a run that was killed and goes on has what is left.
   * @default 'operation'
   */
  of?: 'operation' | 'run';
}

const KEYS = keysOf<Budget>({ cost: true, tokens: true, calls: true, of: true });
/** What may be limited. */
export const LIMITS = ['cost', 'tokens', 'calls'] as const;

/** @throws `ERR_CKPT_INVALID_OPTION` */
export function checkBudget(given: Budget): Budget {
  const budget = asOptions(given, 'budget') as Budget;
  checkKeys(budget, KEYS, 'budget');
  for (const name of LIMITS) {
    const value = budget[name];
    if (value !== undefined && !(typeof value === 'number' && value >= 0))
      throw invalid(`budget.${name} must be a number from 0 on, got ${show(value)}`);
  }
  if (LIMITS.every((name) => budget[name] === undefined)) throw invalid('budget must limit cost, tokens or calls; it limits none');
  const { of = 'operation' } = budget;
  if (of !== 'operation' && of !== 'run') throw invalid(`budget.of must be 'operation' or 'run', got ${show(of)}`);
  return { ...budget, of };
}
