import { stringify } from 'csv-stringify/sync';
import { CheckpointError } from '../../base/errors.js';
import type { Row } from '../../base/rows.js';
import { commitTo } from '../output/commit-to.js';
import { cellCasts } from './csv-cells.js';
import { RowText } from './row-text.js';

/** What was written. */
export interface CsvFile {
  rows: number;
  bytes: number;
}

/**
 * Writes rows as CSV with a header, in UTF-8, lines ending in a newline; what cells hold says csv-cells.ts. The file is replaced whole or
 * not at all, as a checkpoint is. No rows: an empty file.
 *
 * @param columns all keys that the rows have, in the order of the columns
 * @throws `ERR_CKPT_NOT_COMPATIBLE` for rows without any key, which CSV has no form for
 */
export async function writeCsv(
  path: string,
  columns: readonly string[],
  batches: AsyncIterable<readonly Row[]>,
  { nullText, signal }: { nullText: string; signal: AbortSignal },
): Promise<CsvFile> {
  const known = new Set(columns);
  const cast = cellCasts(nullText, new RowText());
  return commitTo(path, signal, async (handle) => {
    const file = { rows: 0, bytes: 0 };
    const put = async (records: unknown[][]): Promise<void> => {
      const text = Buffer.from(stringify(records, { cast }));
      file.bytes += text.length;
      await handle.writeFile(text);
    };
    for await (const batch of batches) {
      if (file.rows === 0) await put([[...columns]]);
      await put(batch.map((row, index) => cellsOf(row, columns, known, file.rows + index)));
      file.rows += batch.length;
    }
    return file;
  });
}

function cellsOf(row: Row, columns: readonly string[], known: ReadonlySet<string>, index: number): unknown[] {
  const other = Object.keys(row).find((key) => !known.has(key));
  if (other !== undefined) {
    const message = `row ${index} has a column '${other}' that was not there when the columns were collected: was the file replaced meanwhile?`;
    throw new CheckpointError('ERR_CKPT_IO', message, { row: index, column: other });
  }
  if (columns.length === 0) {
    const message = `row ${index} has no keys, which CSV has no form for; convert to JSON or Parquet`;
    throw new CheckpointError('ERR_CKPT_NOT_COMPATIBLE', message, { row: index });
  }
  // An inherited value is none of the row's: `constructor` may be a column.
  return columns.map((key) => (Object.hasOwn(row, key) ? row[key] : undefined));
}
