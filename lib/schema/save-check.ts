import type { ColumnSchema } from '../options/checkpoint-schema.js';
import type { WriteOptions } from '../options/options.js';
import type { Row } from '../base/rows.js';
import { contractOf, type Contract } from './contract.js';
import { RowCheck } from './row-check.js';

/** The check of one save, undefined without a `schema`. @throws `ERR_CKPT_INVALID_OPTION` for what is no schema */
export function saveCheck(options: WriteOptions, path: string): SaveCheck | undefined {
  return options.schema === undefined ? undefined : new SaveCheck(contractOf(options.schema), options, path);
}

/** The schema of one save: `accepts` for all chunks in order, then `finish`. Rows are looked at, never changed. */
export class SaveCheck {
  readonly #contract: Contract;
  readonly #path: string;
  readonly #check: RowCheck;
  #rows = 0;

  constructor(contract: Contract, { signal }: WriteOptions, path: string) {
    this.#contract = contract;
    this.#path = path;
    this.#check = new RowCheck(contract, false, signal);
    this.#check.begin(contract.fields);
  }

  /** The columns that the schema names; none where it does not tell them. */
  get columns(): readonly ColumnSchema[] {
    return this.#contract.fields?.columns ?? [];
  }

  /**
   * Looks at the next rows; false once a row did not fit: then nothing will be saved, and the rest is looked at to count what else does
   * not.
   */
  async accepts(rows: readonly Row[]): Promise<boolean> {
    await this.#check.run(rows as Row[], 0, rows.length, this.#rows);
    this.#rows += rows.length;
    return this.#check.violations.count === 0;
  }

  /** @throws `ERR_CKPT_SCHEMA` if a row did not fit */
  finish(): void {
    const error = this.#check.violations.error(this.#path, 'nothing is saved');
    if (error !== undefined) throw error;
  }
}
