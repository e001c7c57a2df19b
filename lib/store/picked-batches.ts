import type { Row } from '../base/rows.js';

/** Of the rows of all batches those of these numbers, which ascend. After the last of them no batch is asked for. */
export async function* pickedBatches(batches: AsyncIterable<Row[]>, picked: readonly number[]): AsyncGenerator<Row[], void, undefined> {
  let first = 0;
  let next = 0;
  for await (const batch of batches) {
    const rows: Row[] = [];
    for (; next < picked.length && (picked[next] as number) < first + batch.length; next++)
      rows.push(batch[(picked[next] as number) - first] as Row);
    first += batch.length;
    if (rows.length > 0) yield rows;
    if (next === picked.length) return;
  }
}
