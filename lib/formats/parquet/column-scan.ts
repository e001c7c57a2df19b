import { BlockValues, Dictionaries } from '../../columnar/columns/block-values.js';
import { blockColumn, emptyColumn, isScalar } from '../../columnar/columns/block-columns.js';
import { Batch } from '../../columnar/columns/batch.js';
import { wantedColumns, type WantedColumn } from '../../columnar/columns/wanted-columns.js';
import { foreignRows, place, plannedRows, type RowRead } from '../../columnar/read/tree.js';
import { Materialiser } from '../../columnar/read/materialiser.js';
import { rowCode } from '../../columnar/read/row-code.js';
import { ARENA_BYTES } from './native/arenas.js';
import type { Block, NativeLoad } from './native/load.js';
import type { ReadOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import { nativeFilter } from './native-filter.js';
import { selectionOf, type Selection } from '../../select/selection.js';
import { parseWhere } from '../../options/where.js';
import type { ParquetFacts } from './parquet-facts.js';
import { Pace } from '../../base/pace.js';
import { columnsTaken } from './parquet-columns.js';

/** Rows of a block at most: a block of columns is as large as its memory allows. */
const COLUMN_BLOCK_ROWS = 1 << 17;
/** Bytes to aim at: most of an arena. */
const COLUMN_BLOCK_BYTES = ARENA_BYTES - (ARENA_BYTES >> 3);

/**
 * One reading of the columns of a file, block by block, without row objects: as `ParquetScan` of rows. Rows in another program's form have
 * no columns: it is not for those.
 */
export class ColumnScan {
  readonly #facts: ParquetFacts;
  readonly #load: NativeLoad;
  readonly #options: ReadOptions;
  readonly #pace: Pace;
  readonly #selection: Selection | undefined;
  #read: RowRead | undefined;
  #wanted: WantedColumn[] = [];
  #dictionaries: Dictionaries | undefined;
  /** Makes the rows of blocks of which the core is not certain. */
  #materialiser: Materialiser | undefined;

  constructor(facts: ParquetFacts, load: NativeLoad, options: ReadOptions) {
    this.#facts = facts;
    this.#load = load;
    this.#options = options;
    this.#pace = new Pace(options);
    // Without a condition the core itself leaves rows out.
    this.#selection = options.where === undefined ? undefined : selectionOf(options);
  }

  /** Starts it; resolves with the number of rows to make room for. */
  async begin(): Promise<number> {
    const { plan, rows, tree: all } = this.#facts;
    const { columns: names, where, offset = 0, limit = Number.POSITIVE_INFINITY, threads } = this.#options;
    const { keep, needed } = columnsTaken(this.#facts, names, this.#selection, this.#options);
    const wanted = where === undefined ? Math.max(0, Math.min(rows - offset, limit)) : rows;
    const tree = await this.#load.scan({
      columns: needed?.columns,
      filter: where === undefined ? undefined : nativeFilter(parseWhere(where), plan, all),
      ranges: wanted === rows ? undefined : [[offset, offset + wanted]],
      threads,
      blockRows: COLUMN_BLOCK_ROWS,
      blockBytes: COLUMN_BLOCK_BYTES,
    });
    this.#read = plan === undefined ? foreignRows(tree) : plannedRows(plan, tree, keep);
    this.#wanted = wantedColumns(this.#read, tree, names);
    const nodes = place(tree).size;
    this.#dictionaries = new Dictionaries(nodes);
    if (where !== undefined) this.#materialiser = new Materialiser(rowCode(this.#read, nodes), 0);
    this.#pace.totalRows = where === undefined ? wanted : undefined;
    return wanted;
  }

  /** The columns of no rows. */
  empty(): Batch {
    const read = this.#read as RowRead;
    return new Batch(
      0,
      this.#wanted.map((wanted) => emptyColumn(wanted, read)),
    );
  }

  /**
   * The next rows; undefined after the last. Their memory is the batch's for good. With `copy` it is only until that returns: batches
   * without texts and lists then need no memory of their own.
   */
  async next(copy?: (batch: Batch) => void): Promise<Batch | undefined> {
    // Nothing of a batch of numbers is of the block's memory once they are copied.
    const isBorrowed = copy !== undefined && this.#wanted.every(isScalar);
    for (;;) {
      this.#pace.check();
      const block = this.#selection?.done === true ? undefined : await this.#load.next();
      if (block === undefined) {
        this.#pace.finish();
        return undefined;
      }
      const batch = this.#batch(block, isBorrowed);
      this.#pace.advance(batch.rows);
      if (batch.rows > 0) copy?.(batch);
      if (isBorrowed) this.#load.release(block.index);
      if (this.#pace.due) await this.#pace.turn();
      if (batch.rows > 0) return batch;
    }
  }

  #batch(block: Block, isBorrowed: boolean): Batch {
    const rows = this.#chosen(block);
    const dictionaries = (this.#dictionaries as Dictionaries).of(block.arena);
    const values = new BlockValues(isBorrowed ? block.arena : this.#load.keep(block), this.#read as RowRead, dictionaries);
    const batch = new Batch(
      values.rows,
      this.#wanted.map((wanted) => blockColumn(wanted, values)),
    );
    return rows === undefined ? batch : batch.take(rows);
  }

  /** Which rows of a block are wanted, undefined for all. */
  #chosen({ arena, certain }: Block): number[] | undefined {
    if (this.#selection === undefined) return undefined;
    const rows: Row[] = [];
    // The predicate needs rows; where the core is certain it needs only their number.
    if (certain) rows.length = arena.u32[0] as number;
    else (this.#materialiser as Materialiser).put(arena, rows, 0);
    const chosen = this.#selection.choose(rows, certain);
    return chosen.length === rows.length ? undefined : chosen;
  }
}
