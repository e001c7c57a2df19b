import type { Row } from '../../base/rows.js';
import type { ParquetScan } from './parquet-scan.js';

/** Rows to make room for at once: 32 MiB of pointers. */
const MAX_RESERVED_ROWS = 1 << 22;

/** The rows of a scan. */
export async function allRows(scan: ParquetScan): Promise<Row[]> {
  // Growing would copy the array again and again; but a footer may promise anything, and a condition may leave little.
  const wanted = await scan.begin();
  const rows = Array<Row>(scan.isCounted ? Math.min(wanted, MAX_RESERVED_ROWS) : 0);
  let made = 0;
  for (let more = await scan.next(rows, made); more !== undefined; more = await scan.next(rows, made)) made += more;
  rows.length = made;
  return rows;
}
