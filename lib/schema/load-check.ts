import type { ReadOptions } from '../options/options.js';
import type { Row } from '../base/rows.js';
import { mayLack } from '../options/checkpoint-schema.js';
import { loadContract, type Contract } from './contract.js';
import { openFields, type OpenedFile } from './open-fields.js';
import { RowCheck } from './row-check.js';
import { expectedWords } from './words.js';

/** The check of one load, undefined without a `schema`. @throws `ERR_CKPT_INVALID_OPTION` for what is no schema */
export function loadCheck(options: ReadOptions, path: string): LoadCheck | undefined {
  const contract = loadContract(options);
  return contract === undefined ? undefined : new LoadCheck(contract, options, path);
}

/**
 * The schema of one load: `opened` or `begin` once, then `run` for the rows as they come, then `finish`. It puts what the schema makes of a
 * row in its place: defaults, transforms, without the columns that the schema does not name.
 */
export class LoadCheck {
  readonly #contract: Contract;
  readonly #columns: readonly string[] | undefined;
  readonly #path: string;
  readonly #check: RowCheck;

  constructor(contract: Contract, { columns, signal }: ReadOptions, path: string) {
    this.#contract = contract;
    this.#columns = columns;
    this.#path = path;
    this.#check = new RowCheck(contract, true, signal);
  }

  /** A file without columns: JSON, JSONL. */
  begin(): void {
    this.#check.begin(this.#contract.fields);
  }

  /**
   * A file of columns is open: the top-level keys to load, undefined for all.
   * @throws `ERR_CKPT_SCHEMA` if it lacks columns that the schema must have
   */
  opened(file: OpenedFile): readonly string[] | undefined {
    const { fields, standard } = this.#contract;
    if (fields === undefined) {
      this.#check.begin(undefined);
      return this.#columns;
    }
    const names = new Set(file.plan === undefined ? file.columns.map((column) => column.name) : file.plan.row.f.map((field) => field.k));
    // Whole rows are in no column: any key may be in one of them.
    const complete = file.plan?.x === undefined;
    if (file.rows > 0 && complete) this.#refuseMissing(names);
    const drops = fields.extra === 'drop' && this.#columns === undefined;
    const wanted = complete ? fields.columns.filter((column) => names.has(column.name)) : fields.columns;
    const keys = drops ? wanted.map((column) => column.name) : this.#columns;
    this.#check.begin(standard === undefined ? openFields({ ...fields, extra: drops ? 'keep' : fields.extra }, file) : undefined);
    return keys;
  }

  /** Looks at the rows from `from` to `to`; the first of them is row `index` of the checkpoint. */
  run(rows: Row[], from: number, to: number, index: number): Promise<void> {
    return this.#check.run(rows, from, to, index);
  }

  /** Whether all rows so far fit. */
  get fits(): boolean {
    return this.#check.violations.count === 0;
  }

  /** @throws `ERR_CKPT_SCHEMA` if a row did not fit */
  finish(): void {
    const error = this.#check.violations.error(this.#path, 'the rows do not fit');
    if (error !== undefined) throw error;
  }

  #refuseMissing(names: ReadonlySet<string>): void {
    const { violations } = this.#check;
    for (const column of (this.#contract.fields as NonNullable<Contract['fields']>).columns) {
      if (names.has(column.name) || mayLack(column)) continue;
      violations.add({ row: 0, path: column.name, expected: expectedWords(column), got: 'no such column' });
    }
    const error = violations.error(this.#path, 'the checkpoint lacks columns');
    if (error !== undefined) throw error;
  }
}
