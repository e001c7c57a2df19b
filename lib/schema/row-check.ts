import { Pace } from '../base/pace.js';
import { checkRow } from '../base/rows-source.js';
import type { Row } from '../base/rows.js';
import type { Contract } from './contract.js';
import type { Predicate } from '../select/predicate.js';
import { generatePredicate } from './generate-predicate.js';
import { Validator, type Fields } from './validator.js';
import { StandardRunner } from './standard-runner.js';
import { Violations } from './violations.js';

/** Rows between two looks at the clock. */
const BLOCK_ROWS = 1024;

/**
 * Rows against a schema, some at a time. Where the columns say all of the schema, generated code looks at each row and the validator at
 * those that it does not pass; else the schema itself is run on each row, in order, one after the other.
 */
export class RowCheck {
  readonly violations = new Violations();
  readonly #contract: Contract;
  readonly #makes: boolean;
  /** One for all runs: after a refusal a save does nothing else that would let the event loop turn. */
  readonly #pace: Pace;
  #validator: Validator | undefined;
  #predicate: Predicate | undefined;
  #runner: StandardRunner | undefined;

  /** `makes`: of a load, where what the schema makes of a row takes its place. */
  constructor(contract: Contract, makes: boolean, signal: AbortSignal | undefined) {
    this.#contract = contract;
    this.#makes = makes;
    this.#pace = new Pace(signal === undefined ? {} : { signal });
  }

  /** Begins. `open`: what is left to look at of the columns, undefined for nothing at all. */
  begin(open: Fields | undefined): void {
    const { standard, fields } = this.#contract;
    if (standard !== undefined) this.#runner = new StandardRunner({ ...this.#contract, standard }, this.#makes, this.violations);
    else if (open !== undefined) {
      this.#validator = new Validator(fields as Fields, this.#makes, this.violations);
      this.#predicate = generatePredicate(open, this.#makes);
    }
  }

  /** Looks at `rows` from `start` to `end`; the first of them is row `index` of the checkpoint. */
  async run(rows: Row[], start: number, end: number, index: number): Promise<void> {
    if (this.#runner === undefined && this.#validator === undefined) return;
    const pace = this.#pace;
    for (let from = start; from < end; from += BLOCK_ROWS) {
      const to = Math.min(end, from + BLOCK_ROWS);
      if (this.#runner !== undefined) await this.#runner.run(rows, from, to, index + from - start, pace);
      else this.#look(rows, from, to, index + from - start);
      if (pace.due) await pace.turn();
    }
  }

  #look(rows: Row[], from: number, to: number, index: number): void {
    const fits = this.#predicate;
    const validator = this.#validator as Validator;
    for (let at = from; at < to; at++) {
      const row = rows[at] as Row;
      if (fits !== undefined && fits(row)) continue;
      const made = validator.row(checkRow(row, index + at - from), index + at - from);
      if (this.#makes && made !== row) rows[at] = made;
    }
  }
}
