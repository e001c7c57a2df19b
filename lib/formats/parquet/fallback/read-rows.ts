import type { Row } from '../../../base/rows.js';
import { setOwn } from '../../../base/build.js';
import { Pace } from '../../../base/pace.js';
import type { ReadOptions } from '../../../options/options.js';
import { unknownColumn } from '../../../select/unknown-columns.js';
import { checkIndexes } from './check-indexes.js';
import { checkSumsAreThere } from './checksums.js';
import type { Column } from './columns.js';
import { checkLimit, MAX_EMPTY_ROWS } from './limits.js';
import { OpenedFile } from './opened-file.js';
import { SharedValues } from './shared-values.js';

/** Rows made between two looks at the clock. */
const BLOCK_ROWS = 1024;

/** Rows as they stand in a Parquet file, and the key-values of its footer. */
interface ParquetRows {
  rows: Row[];
  keyValues: Record<string, string>;
}

/**
 * Reads a Parquet file without the native binary, into the same values as with it: the table is at `leafConverter`.
 * Lists are arrays, structs are objects, a map with string keys is an object and any other map an array of [key, value].
 * A checkpoint's rows are its physical columns here; `fallbackStore` makes of them what was saved.
 */
export async function readParquetRows(path: string, options: ReadOptions = {}): Promise<ParquetRows> {
  const opened = await OpenedFile.open(path, options);
  try {
    const rows: Row[] = [];
    for await (const batch of rowBatches(opened, options)) for (const row of batch) rows.push(row);
    return { rows, keyValues: opened.file.keyValues };
  } finally {
    await opened.close();
  }
}

/** The rows of an open file in batches, each row through `restore`. The columns of one row group are held. */
export async function* rowBatches(
  { file, columns: all }: OpenedFile,
  options: ReadOptions,
  restore?: (row: Row) => Row,
): AsyncGenerator<Row[], void, undefined> {
  const { path, rows: total } = file;
  const verify = options.verify !== false;
  if (verify) {
    checkSumsAreThere(file.footer, file.metadata.row_groups.length * file.leaves);
    await checkIndexes(file);
  }
  const selected = selectColumns(all, options.columns, path);
  const pace = new Pace(options, total);
  const values = new SharedValues(file, verify, () => pace.turn());
  for (const column of selected) values.begin(column);
  if (all.length === 0) {
    checkLimit(total, MAX_EMPTY_ROWS, 'the number of rows of a file without columns', path);
    yield* paced(pace, total, () => ({}));
    return pace.finish();
  }
  const names = selected.map((column) => column.name);
  for (const [index, group] of file.metadata.row_groups.entries()) {
    const columns: unknown[][] = [];
    for (const column of selected) {
      columns.push(await values.values(column, index));
      await pace.turn();
    }
    yield* paced(pace, Number(group.num_rows), (index) => {
      const row: Row = {};
      for (let c = 0; c < names.length; c++) setOwn(row, names[c]!, columns[c]![index]);
      return restore === undefined ? row : restore(row);
    });
  }
  pace.finish();
}

/** `count` rows in batches, with a turn of the event loop where that is due. */
async function* paced(pace: Pace, count: number, make: (index: number) => Row): AsyncGenerator<Row[], void, undefined> {
  for (let start = 0; start < count; start += BLOCK_ROWS) {
    const rows: Row[] = [];
    for (let index = start; index < Math.min(count, start + BLOCK_ROWS); index++) rows.push(make(index));
    yield rows;
    pace.advance(rows.length);
    await pace.turn();
  }
}

/** The columns to read. Throws `ERR_CKPT_UNKNOWN_COLUMN` for a name that the file does not have. */
function selectColumns(all: readonly Column[], names: readonly string[] | undefined, path: string): readonly Column[] {
  const known = new Set(all.map((column) => column.name));
  for (const name of names ?? []) if (!known.has(name)) throw unknownColumn(path, name, [...known]);
  return names === undefined ? all : all.filter((column) => names.includes(column.name));
}
