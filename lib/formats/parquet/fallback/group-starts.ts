import type { ParquetFile } from './parquet-file.js';

/** The first row of each row group of a file. */
export function startsOf({ metadata }: ParquetFile): number[] {
  let rows = 0;
  return metadata.row_groups.map((group) => {
    const start = rows;
    rows += Number(group.num_rows);
    return start;
  });
}

/** The row group of a row: mostly that of the row before, `near`. */
export function groupOf(starts: readonly number[], row: number, near: number): number {
  const isIn = (group: number): boolean => row >= (starts[group] ?? Infinity) && row < (starts[group + 1] ?? Infinity);
  if (isIn(near)) return near;
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}
