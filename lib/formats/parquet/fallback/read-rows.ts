import type { RowGroup } from 'hyparquet';
import { CheckpointError } from '../../../base/errors.js';
import type { Row } from '../../../base/rows.js';
import { setOwn } from '../../../base/build.js';
import { Pace } from '../../../base/pace.js';
import type { ReadOptions } from '../../../options/options.js';
import { assembleColumn } from './assemble-column.js';
import { holdsVariant, leavesOf, type Field } from './fields.js';
import { checkSumsAreThere } from './checksums.js';
import { checkIndexes } from './check-indexes.js';
import { unknownColumn } from '../../../select/unknown-columns.js';
import { checkLimit, MAX_EMPTY_ROWS } from './limits.js';
import type { LeafData } from './leaf-data.js';
import { readLeaf } from './read-leaf.js';
import { decodingError, ParquetFile } from './parquet-file.js';
import { textError } from './text-mode.js';

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
  const file = await ParquetFile.open(path, options);
  try {
    const rows: Row[] = [];
    for await (const batch of rowBatches(file, options)) for (const row of batch) rows.push(row);
    return { rows, keyValues: file.keyValues };
  } finally {
    await file.close();
  }
}

/** The rows of an open file in batches, each row through `restore`. The columns of one row group are held. */
export async function* rowBatches(
  file: ParquetFile,
  options: ReadOptions,
  restore?: (row: Row) => Row,
): AsyncGenerator<Row[], void, undefined> {
  const { path } = file;
  if (options.verify !== false) {
    checkSumsAreThere(file.footer, file.metadata.row_groups.length * file.leaves);
    await checkIndexes(file);
  }
  const { fields: all, leaves, rows: total } = file;
  const fields = selectFields(all, options.columns, path);
  const pace = new Pace(options, total);
  if (all.length === 0) {
    checkLimit(total, MAX_EMPTY_ROWS, 'the number of rows of a file without columns', path);
    yield* paced(pace, total, () => ({}));
    return pace.finish();
  }
  for (const [index, group] of file.metadata.row_groups.entries()) {
    const columns = await readColumns(file, fields, group, options.verify === false ? null : index * leaves, pace);
    const names = fields.map((field) => field.name);
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

/** The fields to read. Throws `ERR_CKPT_UNKNOWN_COLUMN` for a name that the file does not have. */
function selectFields(fields: Field[], columns: readonly string[] | undefined, path: string): Field[] {
  const names = new Set(fields.map((field) => field.name));
  for (const column of columns ?? []) if (!names.has(column)) throw unknownColumn(path, column, [...names]);
  const selected = columns === undefined ? fields : fields.filter((field) => columns.includes(field.name));
  const variant = selected.find(holdsVariant);
  if (variant === undefined) return selected;
  const advice = 'cast it to JSON or to a struct where it was written, or leave the column out';
  const message = `${path}: column '${variant.name}' is a VARIANT, which arrow-ckpt cannot read; ${advice}`;
  throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', message, { path, column: variant.name });
}

/** `checksums`: the number of the row group's first checksum, or null for no check. */
async function readColumns(
  file: ParquetFile,
  fields: Field[],
  group: RowGroup,
  checksums: number | null,
  pace: Pace,
): Promise<unknown[][]> {
  const columns: unknown[][] = [];
  for (const field of fields) {
    const leaves = new Map<number, LeafData>();
    try {
      for (const leaf of leavesOf(field)) {
        leaves.set(leaf.ordinal, await readLeaf(file, leaf, group.columns[leaf.ordinal]!.meta_data!, checksums));
      }
      columns.push(assembleColumn(field, leaves, Number(group.num_rows)));
    } catch (error) {
      const text = file.footer.ours ? undefined : textError(error, file.path, field.name);
      throw text ?? decodingError(error, file.path, field.name);
    }
    await pace.turn();
  }
  return columns;
}
