import { CheckpointError } from '../../base/errors.js';
import { unheeded } from '../../base/guarded.js';
import { show } from '../../base/messages.js';
import { keysOf } from '../../options/option-keys.js';

/** What the calls for a row used, as `usage` or `context.addUsage` says it. What is missing counts as 0. */
export interface Usage {
  /** Calls of the service. @default each attempt is one */
  calls?: number;
  /** Tokens of prompts. */
  inputTokens?: number;
  /** Tokens of answers. */
  outputTokens?: number;
  /** Money, in a currency of your own. */
  cost?: number;
}

/** The same of many rows, in sum. */
export interface UsageTotals {
  calls: number;
  inputTokens: number;
  outputTokens: number;
  cost: number;
}

const KEYS = keysOf<Usage>({ calls: true, inputTokens: true, outputTokens: true, cost: true });

export const NO_USAGE: Readonly<UsageTotals> = { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0 };

/** Adds to a sum. */
export function addUsage(sum: UsageTotals, { calls, inputTokens, outputTokens, cost }: UsageTotals): void {
  sum.calls += calls;
  sum.inputTokens += inputTokens;
  sum.outputTokens += outputTokens;
  sum.cost += cost;
}

/** Both together. What neither says stays unsaid. */
export function merged(one: Usage | undefined, other: Usage): Usage {
  if (one === undefined) return { ...other };
  const sum: Usage = { ...one };
  for (const key of Object.keys(other) as (keyof Usage)[]) sum[key] = (sum[key] ?? 0) + (other[key] ?? 0);
  return sum;
}

/**
 * What a caller says was used.
 * @param from who said it, for the error
 * @throws `ERR_CKPT_INVALID_ARGUMENT` for anything but numbers from 0 on: a NaN in a sum would hide all that was spent
 */
export function checkUsage(given: unknown, from: string): Usage {
  const wrong = (what: string): CheckpointError =>
    new CheckpointError(
      'ERR_CKPT_INVALID_ARGUMENT',
      `${from} must give { calls, inputTokens, outputTokens, cost }, each a number from 0 on or missing; got ${what}`,
    );
  if (given === null || given === undefined) return {};
  if (typeof given !== 'object' || isOther(given)) {
    // A promise that is rejected must not end the process beside.
    unheeded(given);
    throw wrong(show(given));
  }
  const usage: Usage = {};
  for (const key of Object.keys(given)) {
    if (!KEYS.includes(key)) throw wrong(`the key ${show(key)}`);
    const value = (given as Record<string, unknown>)[key];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0 && value < Number.POSITIVE_INFINITY)) throw wrong(`${key}: ${show(value)}`);
    usage[key as keyof Usage] = value;
  }
  return usage;
}

/** An object that says nothing, and is none to say it with: a promise of an async function, a Map, an empty array. */
function isOther(given: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(given);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return Object.keys(given).length === 0 && !isPlain;
}
