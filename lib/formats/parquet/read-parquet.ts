import { withPath } from '../../base/errors.js';
import { loadBinding } from '../../base/addon/binding.js';
import { SmallLoad } from './native/small.js';
import type { FileOptions, ReadOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import { describedParquet } from './describe-files.js';
import { openNative } from './native/open-native.js';
import { ParquetFacts } from './parquet-facts.js';
import { ParquetScan } from './parquet-scan.js';

/** Rows to make room for at once: 32 MiB of pointers. */
const MAX_RESERVED_ROWS = 1 << 22;

/** Reads all rows of a Parquet file, ours or another writer's, through the core. */
export async function readParquet(path: string, options: ReadOptions): Promise<Row[]> {
  return (await readSmallParquet(path, options)) ?? readLargeParquet(path, options);
}

/** The same of a file that is not small, or was tried as one. */
export async function readLargeParquet(path: string, options: ReadOptions): Promise<Row[]> {
  const { facts, load } = await openNative(path, options);
  try {
    return await allRows(new ParquetScan(facts, load, options));
  } catch (error) {
    throw withPath(error, path);
  } finally {
    load.close();
  }
}

/**
 * Reads all rows of a small Parquet file in one step. Undefined where that is not possible: a part of the rows is wanted, the file is
 * large, there is no binary, or anything is wrong with the file.
 */
export async function readSmallParquet(path: string, options: ReadOptions): Promise<Row[] | undefined> {
  const { columns, where, offset, limit, schema, limits, text, duplicateColumns, verify = true } = options;
  if ([columns, where, offset, limit, schema, limits, text, duplicateColumns].some((part) => part !== undefined)) return undefined;
  const binding = loadBinding();
  const load = binding === null ? undefined : await SmallLoad.read(binding, path, verify);
  if (load === undefined) return undefined;
  try {
    return await allRows(new ParquetScan(ParquetFacts.of(path, load.description), load, options));
  } catch (error) {
    throw withPath(error, path);
  }
}

/** The rows of a scan. */
async function allRows(scan: ParquetScan): Promise<Row[]> {
  // Growing would copy the array again and again; but a footer may promise anything, and a condition may leave little.
  const wanted = await scan.begin();
  const rows = Array<Row>(scan.isCounted ? Math.min(wanted, MAX_RESERVED_ROWS) : 0);
  let made = 0;
  for (let more = await scan.next(rows, made); more !== undefined; more = await scan.next(rows, made)) made += more;
  rows.length = made;
  return rows;
}

/** The same rows in batches of up to some thousand, each made when it is asked for: one or a few blocks are held. */
export async function* parquetBatches(path: string, options: ReadOptions): AsyncGenerator<Row[], void, undefined> {
  const { facts, load } = await openNative(path, options);
  try {
    yield* rowBatches(new ParquetScan(facts, load, options));
  } catch (error) {
    throw withPath(error, path);
  } finally {
    load.close();
  }
}

/** The rows of a scan in batches, none of them empty. */
export async function* rowBatches(scan: ParquetScan): AsyncGenerator<Row[], void, undefined> {
  await scan.begin();
  for (;;) {
    const rows: Row[] = [];
    const more = await scan.next(rows, 0);
    if (more === undefined) return;
    rows.length = more;
    if (scan.fits && more > 0) yield rows;
  }
}

/** What a Parquet file says of itself. */
export async function parquetFacts(path: string, options?: FileOptions): Promise<ParquetFacts> {
  const described = options === undefined ? await describedParquet(path) : undefined;
  if (described !== undefined) return described;
  const { facts, load } = await openNative(path, options);
  load.close();
  return facts;
}
