import { loadBinding } from '../../base/addon/binding.js';
import { withPath } from '../../base/errors.js';
import { Pace } from '../../base/pace.js';
import { RecentBytes } from '../../base/recent-bytes.js';
import type { Row } from '../../base/rows.js';
import { Materialiser } from '../../columnar/read/materialiser.js';
import { rowCode, type RowCode } from '../../columnar/read/row-code.js';
import { foreignRows, place, plannedRows } from '../../columnar/read/tree.js';
import type { ReadOptions } from '../../options/options.js';
import { allRows } from './all-rows.js';
import { SmallLoad } from './native/small.js';
import { ParquetFacts } from './parquet-facts.js';
import { ParquetScan } from './parquet-scan.js';

/** Shapes of small files that are remembered. */
const MAX_SHAPES = 16;
/** Bytes of the longest head that is remembered. */
const MAX_HEAD = 16 << 10;

/**
 * Reads all rows of a small Parquet file in one step. Undefined where that is not possible: a part of the rows is wanted, the file is
 * large, there is no binary, or anything is wrong with the file.
 */
export async function readSmallParquet(path: string, options: ReadOptions): Promise<Row[] | undefined> {
  const { columns, where, offset, limit, schema, limits, text, duplicateColumns, verify = true } = options;
  if ([columns, where, offset, limit, schema, limits, text, duplicateColumns].some((part) => part !== undefined)) return undefined;
  const binding = loadBinding();
  const load = binding === null ? undefined : await SmallLoad.read(binding, path, verify, options.compat !== undefined);
  if (load === undefined) return undefined;
  try {
    const code = options.compat === undefined ? codeOf(path, load) : null;
    if (code !== null) return rowsOf(load, code, options);
    return await allRows(new ParquetScan(ParquetFacts.of(path, load.description), load, options));
  } catch (error) {
    throw withPath(error, path);
  }
}

/** By the head of the files, which says all that making rows depends on. Null: the rows are in another program's form. */
const shapes = new RecentBytes<RowCode | null>(MAX_SHAPES);

/** What makes the rows. Checking and reading the plan of each file would take longer than making the rows of a small one. */
function codeOf(path: string, load: SmallLoad): RowCode | null {
  const make = (): RowCode | null => {
    const { plan, tree, compat } = ParquetFacts.of(path, load.description);
    if (compat !== undefined) return null;
    return rowCode(plan === undefined ? foreignRows(tree) : plannedRows(plan, tree), place(tree).size);
  };
  const { head } = load;
  return head.length > MAX_HEAD ? make() : shapes.of(head, make);
}

function rowsOf(load: SmallLoad, code: RowCode, options: ReadOptions): Row[] {
  const pace = new Pace(options, load.rows);
  pace.check();
  const block = load.take();
  const rows = Array<Row>(block === undefined ? 0 : load.rows);
  if (block !== undefined) {
    rows.length = new Materialiser(code, load.rows).put(block.arena, rows, 0);
    load.release();
  }
  pace.advance(rows.length);
  pace.finish();
  return rows;
}
