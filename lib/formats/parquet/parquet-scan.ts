import { Materialiser } from '../../columnar/read/materialiser.js';
import { rowCode } from '../../columnar/read/row-code.js';
import { foreignRows, place, plannedRows, type RowRead } from '../../columnar/read/tree.js';
import type { Decode } from '../../compat/codec.js';
import type { Load } from './native/load.js';
import type { ReadOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import { loadCheck, type LoadCheck } from '../../schema/load-check.js';
import { nativeFilter } from './native-filter.js';
import { parseWhere, type Filter } from '../../options/where.js';
import type { ParquetFacts } from './parquet-facts.js';
import { Pace } from '../../base/pace.js';
import { columnsTaken } from './parquet-columns.js';
import { RowPipeline } from '../../store/row-pipeline.js';
import { selectionOf, type Selection } from '../../select/selection.js';

/**
 * Rows of the first block: the code that makes rows is compiled while it makes the first ones, which takes up to 15 microseconds a row in
 * V8's interpreter, and the event loop waits for a block.
 */
const FIRST_ROWS = 512;

/** One reading of a file from its first row to its last: `begin`, then `next` until there is nothing more. */
export class ParquetScan {
  readonly #facts: ParquetFacts;
  readonly #options: ReadOptions;
  readonly #picked: readonly number[] | undefined;
  readonly #check: LoadCheck | undefined;
  readonly #load: Load;
  readonly #pace: Pace;
  readonly #selection: Selection | undefined;
  #materialiser: Materialiser | undefined;
  readonly #decode: Decode | undefined;
  #pipeline: RowPipeline | undefined;

  /**
   * `load`: a handle of the file that no other scan uses. `picked`: only the rows of these numbers, which ascend; not with `where`,
   * `offset`, `limit`.
   */
  constructor(facts: ParquetFacts, load: Load, options: ReadOptions, picked?: readonly number[]) {
    this.#picked = picked;
    this.#facts = facts;
    this.#load = load;
    this.#options = options;
    this.#check = loadCheck(options, facts.path);
    this.#pace = new Pace(options);
    this.#decode = facts.decode(options.compat);
    // Without a condition the core itself leaves rows out.
    const { offset: _, limit: __, ...all } = options;
    this.#selection = selectionOf(this.#byRange ? all : options);
  }

  /** Whether the wanted rows are those of a range of the file. */
  get #byRange(): boolean {
    return this.#options.where === undefined && this.#decode === undefined;
  }

  /** Whether it is known beforehand how many rows are wanted. */
  get isCounted(): boolean {
    return this.#options.where === undefined;
  }

  /** False once a row did not fit the schema: `next` then only counts what else does not, and throws at the end. */
  get fits(): boolean {
    return (this.#pipeline as RowPipeline).fits;
  }

  /** Starts it; resolves with the number of rows to make room for. */
  async begin(): Promise<number> {
    const { rows, plan, tree: all } = this.#facts;
    const columns = this.#opened();
    const { keep, needed } = columnsTaken(this.#facts, columns, this.#selection, this.#options);
    const prune = needed?.isMore === true ? keep : undefined;
    this.#pipeline = new RowPipeline({ prune, decode: this.#decode, selection: this.#selection, check: this.#check });
    const wanted = this.#wantedRows(rows);
    const tree = await this.#load.scan({
      columns: needed?.columns,
      filter: this.#filter === undefined ? undefined : nativeFilter(this.#filter, plan, all),
      ranges: this.#ranges(rows, wanted),
      threads: this.#options.threads,
      firstRows: FIRST_ROWS,
    });
    const read: RowRead = plan === undefined ? foreignRows(tree) : plannedRows(plan, tree, keep);
    this.#materialiser = new Materialiser(rowCode(read, place(tree).size), wanted);
    this.#pace.totalRows = this.isCounted ? wanted : undefined;
    return wanted;
  }

  #ranges(rows: number, wanted: number): [number, number][] | undefined {
    if (this.#picked !== undefined) return this.#picked.map((row) => [row, row + 1]);
    const { offset = 0 } = this.#options;
    return wanted === rows ? undefined : [[offset, offset + wanted]];
  }

  /** How many rows the core is to give, as far as that is known; all that it finds where there is a condition. */
  #wantedRows(rows: number): number {
    if (this.#picked !== undefined) return this.#picked.length;
    if (!this.#byRange) return rows;
    const { offset = 0, limit = Number.POSITIVE_INFINITY } = this.#options;
    return Math.max(0, Math.min(rows - offset, limit));
  }

  /** The condition that the core may look at: rows in another program's form are other values than those that it would see. */
  get #filter(): Filter | undefined {
    const { where } = this.#options;
    return where === undefined || this.#decode !== undefined ? undefined : parseWhere(where);
  }

  /** Shows the file to the schema; gives the columns that are wanted. */
  #opened(): readonly string[] | undefined {
    const check = this.#check;
    if (check === undefined) return this.#options.columns;
    if (this.#decode === undefined) return check.opened(this.#facts);
    // The columns are of other types than the rows.
    check.begin();
    return this.#options.columns;
  }

  /** Puts the next wanted rows into `rows` from index `at` on; resolves with how many, undefined after the last. */
  async next(rows: Row[], at: number): Promise<number | undefined> {
    this.#pace.check();
    const pipeline = this.#pipeline as RowPipeline;
    const block = pipeline.done ? undefined : await this.#load.next();
    if (block === undefined) {
      this.#pace.finish();
      pipeline.finish();
      return undefined;
    }
    const read = (this.#materialiser as Materialiser).put(block.arena, rows, at);
    this.#load.release(block.index);
    const more = await pipeline.pass(rows, at, at + read, block.certain);
    this.#pace.advance(read);
    if (this.#pace.due) await this.#pace.turn();
    return more;
  }
}
