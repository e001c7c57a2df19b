import type { Row } from '../base/rows.js';
import type { CheckpointInfo, ReadOptions } from '../options/options.js';

/** Whether only the end of a file tells of a name that no row has: a file of text shows its columns in its rows. */
export function tellsAtEnd({ format }: CheckpointInfo, { columns, unknownColumns }: ReadOptions): boolean {
  return format !== 'parquet' && unknownColumns !== 'missing' && (columns !== undefined || unknownColumns === 'error');
}

/**
 * Of the rows of all batches those of these numbers, which ascend. After the last of them no batch is asked for, unless all are to be read:
 * `toEnd`.
 */
export async function* pickedBatches(
  batches: AsyncIterable<Row[]>,
  picked: readonly number[],
  toEnd: boolean,
): AsyncGenerator<Row[], void, undefined> {
  let first = 0;
  let next = 0;
  for await (const batch of batches) {
    const rows: Row[] = [];
    for (; next < picked.length && (picked[next] as number) < first + batch.length; next++)
      rows.push(batch[(picked[next] as number) - first] as Row);
    first += batch.length;
    if (rows.length > 0) yield rows;
    if (next === picked.length && !toEnd) return;
  }
}
