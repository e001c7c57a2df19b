import { Pace } from '../base/pace.js';
import type { Row } from '../base/rows.js';
import type { ColumnSchema } from '../options/checkpoint-schema.js';
import type { WriteOptions } from '../options/options.js';
import type { StandardSchemaV1 } from '../options/standard-schema-v1.js';
import { contractOf, refuseUnknownColumns, type Contract } from './contract.js';
import type { Predicate } from '../select/predicate.js';
import { generatePredicate } from './generate-predicate.js';
import { StandardRunner } from './standard-runner.js';
import { Validator, type Fields } from './validator.js';
import { Violations } from './violations.js';

/**
 * The check of one map, undefined without a `schema`. `fixed`: what else to look at, by the schema's columns.
 * @throws `ERR_CKPT_INVALID_OPTION` for what is no schema
 */
export function resultCheck(schema: WriteOptions['schema'], fixed?: (columns: readonly ColumnSchema[]) => Look): ResultCheck | undefined {
  if (schema === undefined) return undefined;
  const contract = contractOf(schema);
  if (fixed !== undefined) refuseUnknownColumns(contract);
  return new ResultCheck(contract, fixed?.(contract.fields?.columns ?? []));
}

/** Throws for results of row `row` that have no place in the columns of the checkpoint. */
type Look = (results: readonly Row[], row: number) => void;

/**
 * What the calls of a `map` return against its schema. Calls run beside each other, so each has violations of its own. Rows are looked at,
 * never changed.
 */
export class ResultCheck {
  readonly #contract: Contract;
  readonly #fits: Predicate | undefined;
  readonly #fixed: Look | undefined;
  readonly #pace = new Pace({});

  constructor(contract: Contract, fixed?: Look) {
    this.#contract = contract;
    this.#fixed = fixed;
    const { standard, fields } = contract;
    this.#fits = standard === undefined && fields !== undefined ? generatePredicate(fields, false) : undefined;
  }

  /** The columns that the schema names; none where it does not tell them. */
  get columns(): readonly ColumnSchema[] {
    return this.#contract.fields?.columns ?? [];
  }

  /**
   * Looks at the results of row `row` of the input. A promise only where the schema itself is run.
   * @throws `ERR_CKPT_SCHEMA` if one does not fit; what the schema throws. A promise rejects with it
   */
  look(results: readonly Row[], row: number): Promise<void> | undefined {
    const { standard, fields } = this.#contract;
    if (standard !== undefined) return this.#run({ ...this.#contract, standard }, results, row);
    const fits = this.#fits;
    const odd = fits === undefined ? results : results.filter((result) => !fits(result));
    if (odd.length > 0) {
      const violations = new Violations();
      const validator = new Validator(fields as Fields, false, violations);
      for (const result of odd) validator.row(result, row);
      refuse(violations);
    }
    this.#fixed?.(results, row);
    return undefined;
  }

  async #run(contract: Contract & { standard: StandardSchemaV1 }, results: readonly Row[], row: number): Promise<void> {
    const violations = new Violations();
    const runner = new StandardRunner(contract, false, violations);
    for (const result of results) await runner.run([result], 0, 1, row, this.#pace);
    refuse(violations);
    this.#fixed?.(results, row);
  }
}

function refuse(violations: Violations): void {
  const error = violations.error(undefined, 'what the function returned does not fit');
  if (error !== undefined) throw error;
}
