import type { BatchContext } from '../batches/map-batches-options.js';
import type { CheckedMapOptions, MapContext, MapOutput } from '../map-options.js';
import type { Row } from '../../base/rows.js';
import type { Slot } from '../slot.js';
import type { Spending } from './spending.js';
import { addUsage, checkUsage, merged, type Usage, type UsageTotals } from './usage.js';

/** The attempts of a run: how many are on their way, and what they used. A call for several rows is one; its rows share what it used. */
export class Attempts {
  /** On their way. */
  running = 0;
  readonly #spending: Spending;
  readonly #usage: CheckedMapOptions<Row>['usage'];
  /** It is kept of each row what it used, also where nothing was told. */
  readonly #isKept: boolean;

  constructor(spending: Spending, { usage, budget }: Pick<CheckedMapOptions<Row>, 'usage' | 'budget'>) {
    this.#spending = spending;
    this.#usage = usage;
    this.#isKept = usage !== undefined || budget !== undefined;
  }

  /** Whether the budget allows one more beside those on their way. */
  get mayBegin(): boolean {
    return this.#spending.allows(this.running);
  }

  begin(): void {
    this.running++;
  }

  /**
   * One has ended. `told`: by `addUsage`. `output`: what the function returned, undefined or null where it has failed or returned nothing.
   * Gives what is wrong with the usage of the output; the results are good all the same.
   */
  end(
    slots: readonly Slot[],
    told: Usage | undefined,
    output: unknown,
    context: MapContext | BatchContext,
  ): { error: unknown } | undefined {
    this.running--;
    let usage = told;
    let wrong: { error: unknown } | undefined;
    if (this.#usage !== undefined && output !== undefined && output !== null) {
      try {
        // The options of a mapBatches have one of its own kind.
        usage = merged(told, checkUsage(this.#usage(output as MapOutput<Row>, context as MapContext), 'usage'));
      } catch (error) {
        wrong = { error };
      }
    }
    const counted = this.#spending.ended(usage ?? {});
    if (usage !== undefined || this.#isKept) share(slots, counted);
    return wrong;
  }

  /** {@link end} for one row: without a list and a sum where nothing is told and nothing kept. */
  endOne(slot: Slot, told: Usage | undefined, output: unknown, context: MapContext): { error: unknown } | undefined {
    if (told !== undefined || this.#isKept) return this.end([slot], told, output, context);
    this.running--;
    this.#spending.endedUntold();
    return undefined;
  }

  /** More of one that has ended. */
  late(slots: readonly Slot[], usage: Usage): void {
    share(slots, this.#spending.late(usage));
  }
}

function share(slots: readonly Slot[], { calls, inputTokens, outputTokens, cost }: UsageTotals): void {
  const { length } = slots;
  for (const slot of slots) {
    const part = { calls: calls / length, inputTokens: inputTokens / length, outputTokens: outputTokens / length, cost: cost / length };
    if (slot.usage === undefined) slot.usage = part;
    else addUsage(slot.usage, part);
  }
}
