import { CheckpointError } from '../../base/errors.js';
import { addUsage, NO_USAGE, type Usage, type UsageTotals } from './usage.js';
import { LIMITS, type Budget } from './budget.js';

type Limit = (typeof LIMITS)[number];

/** What a `map` used. */
export interface MapUsage {
  /** In this run, by rows that failed, too. */
  run: UsageTotals;
  /** That, and what earlier runs used for the results that are kept with this hash. */
  total: UsageTotals;
}

export function noUsage(): MapUsage {
  return { run: { ...NO_USAGE }, total: { ...NO_USAGE } };
}

/** What the attempts for one row used so far. */
export type RowUsage = UsageTotals;

/** Counts what a run uses, and says whether it may begin one more call. */
export class Spending {
  readonly run: UsageTotals = { ...NO_USAGE };
  readonly #earlier: UsageTotals;
  readonly #budget: Budget | undefined;
  /** Attempts that have ended: what one costs is the mean of these. */
  #ended = 0;

  /** `earlier`: what was used for results that are kept. */
  constructor(earlier: UsageTotals, budget: Budget | undefined) {
    this.#earlier = earlier;
    this.#budget = budget;
  }

  get usage(): MapUsage {
    const total = { ...this.#earlier };
    addUsage(total, this.run);
    return { run: { ...this.run }, total };
  }

  /** An attempt has ended. What is said of calls stands for the one that it was. Gives what it counts as. */
  ended({ calls = 1, inputTokens = 0, outputTokens = 0, cost = 0 }: Usage): UsageTotals {
    const usage = { calls, inputTokens, outputTokens, cost };
    addUsage(this.run, usage);
    this.#ended++;
    return usage;
  }

  /** The same where nothing was said. */
  endedUntold(): void {
    this.run.calls++;
    this.#ended++;
  }

  /** More of an attempt that has ended: it took too long, and its function went on. */
  late({ calls = 0, inputTokens = 0, outputTokens = 0, cost = 0 }: Usage): UsageTotals {
    const usage = { calls, inputTokens, outputTokens, cost };
    addUsage(this.run, usage);
    return usage;
  }

  /**
   * Whether one more call may begin beside those on their way. Calls are counted before they begin; of cost and tokens each call on its way
   * counts as the mean of those that have ended.
   */
  allows(running: number): boolean {
    return this.#budget === undefined || LIMITS.every((name) => this.#fits(name, running));
  }

  #fits(name: Limit, running: number): boolean {
    const limit = this.#budget?.[name];
    if (limit === undefined) return true;
    const spent = this.#spent(name);
    // Rows that shared a call have parts of it.
    if (name === 'calls') return spent + running + 1 <= limit + 1e-6;
    const mean = this.#ended === 0 ? 0 : amountOf(this.run, name) / this.#ended;
    // Sums of money are not exact: three times 0.1 fits 0.3.
    return spent < limit && spent + mean * (running + 1) <= limit * (1 + 1e-9);
  }

  #spent(name: Limit): number {
    return amountOf(this.run, name) + (this.#budget?.of === 'run' ? 0 : amountOf(this.#earlier, name));
  }

  /** Why no call begins any more. `far`: how far the run is, in words. */
  error(far: string, isKept: boolean): CheckpointError {
    const name = LIMITS.find((each) => !this.#fits(each, 0)) ?? 'calls';
    const whose = this.#budget?.of === 'run' ? 'by this run' : 'for the results of this operation';
    const spent = Number(this.#spent(name).toPrecision(12));
    const message = `the budget of ${this.#budget?.[name]} (${name}) allows no further call ${far}: ${spent} was used ${whose}`;
    const how = isKept ? 'its results are kept; call it again with a larger budget to go on' : 'nothing is kept without a directory';
    return new CheckpointError('ERR_CKPT_BUDGET', `${message}; ${how}`);
  }
}

function amountOf({ calls, inputTokens, outputTokens, cost }: UsageTotals, name: Limit): number {
  return name === 'calls' ? calls : name === 'cost' ? cost : inputTokens + outputTokens;
}
