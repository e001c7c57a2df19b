import type { OpenFile } from '../../store/store.js';
import { RowText } from '../rows/row-text.js';
import { numberedBatches } from './rows-of.js';
import type { JsonSize } from './wire.js';

/** Rows at the beginning, in the middle and at the end that stand for all others. */
const ROWS_EACH = 48;

/** How large the rows are as one JSON array: counted of few rows, estimated of many. */
export async function jsonSize(file: OpenFile, signal: AbortSignal): Promise<JsonSize> {
  const { rows } = file.info;
  const text = new RowText();
  let seen = 0;
  let bytes = 0;
  for (const offset of windows(rows)) {
    const numbers = Array.from({ length: Math.min(ROWS_EACH, rows - offset) }, (_, index) => offset + index);
    for await (const batch of numberedBatches(file, numbers, signal)) {
      // A comma follows each row, or the bracket.
      for (const row of batch) bytes += Buffer.byteLength(text.line(row, seen++)) + 1;
    }
  }
  const isExact = seen === rows;
  return { bytes: seen === 0 ? 2 : 1 + (isExact ? bytes : Math.round((bytes / seen) * rows)), isExact };
}

function windows(rows: number): number[] {
  if (rows <= 3 * ROWS_EACH) return [0, ROWS_EACH, 2 * ROWS_EACH].filter((offset) => offset < rows);
  return [0, Math.floor(rows / 2), rows - ROWS_EACH];
}
