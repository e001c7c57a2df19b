import { withPath } from '../../base/errors.js';
import type { FileOptions, ReadOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import type { Arriving } from '../../store/arriving.js';
import { allRows } from './all-rows.js';
import { describedParquet } from './describe-files.js';
import { openNative } from './native/open-native.js';
import type { ParquetFacts } from './parquet-facts.js';
import { ParquetScan } from './parquet-scan.js';
import { readSmallParquet } from './read-small-parquet.js';

/** Reads all rows of a Parquet file, ours or another writer's, through the core. */
export async function readParquet(path: string, options: ReadOptions): Promise<Row[]> {
  return (await readSmallParquet(path, options)) ?? readLargeParquet(path, options);
}

/** The same of a file that is not small, or was tried as one. `arriving`: where not all bytes of it are there yet. */
export async function readLargeParquet(path: string, options: ReadOptions, arriving?: Arriving): Promise<Row[]> {
  const { facts, load } = await openNative(path, options, arriving);
  try {
    return await allRows(new ParquetScan(facts, load, options));
  } catch (error) {
    throw withPath(error, path);
  } finally {
    load.close();
  }
}

/** All rows in batches of up to some thousand, each made when it is asked for: one or a few blocks are held. */
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
