import type { Row } from '../../base/rows.js';
import type { ReadOptions } from '../../options/options.js';
import type { OpenFile } from '../../store/store.js';
import { cellOf } from './cell-of.js';
import type { RowOrder } from './row-order.js';
import type { Rows } from './wire.js';

/** Rows of an order as cells. Rows become cells batch by batch: however large they are, few of them are in memory. */
export async function rowsOf(
  file: OpenFile,
  order: RowOrder,
  { offset, limit, columns, signal }: { offset: number; limit: number; columns: readonly string[]; signal: AbortSignal },
): Promise<Rows> {
  const count = Math.max(0, Math.min(limit, order.total - offset));
  const numbers = order.numbers === null ? range(offset, count) : [...order.numbers.subarray(offset, offset + count)];
  const places = new Map(numbers.map((number, place) => [number, place]));
  const cells: Rows['cells'] = Array.from({ length: numbers.length }, () => []);
  const ascending = numbers.toSorted((a, b) => a - b);
  let next = 0;
  for await (const batch of numberedBatches(file, ascending, signal)) {
    for (const row of batch) {
      const place = places.get(ascending[next++] as number);
      if (place !== undefined) cells[place] = columns.map((column) => cellOf(row, column));
    }
  }
  return { total: order.total, offset, numbers, cells };
}

/** The row of a number; undefined where the file has no such row. */
export async function rowOf(file: OpenFile, number: number, signal: AbortSignal): Promise<Row | undefined> {
  for await (const batch of numberedBatches(file, [number], signal)) if (batch.length > 0) return batch[0];
  return undefined;
}

/** The rows of these numbers, which ascend: those that follow one another are read as a range, which costs less than one by one. */
export async function* numberedBatches(
  file: OpenFile,
  ascending: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<Row[], void, undefined> {
  const [first] = ascending;
  if (first === undefined) return;
  const isRange = (ascending.at(-1) as number) - first === ascending.length - 1;
  const reading: ReadOptions = isRange ? { signal, offset: first, limit: ascending.length } : { signal };
  yield* file.batches(reading, isRange ? undefined : ascending);
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
