import type { FileOptions } from '../../options/options.js';
import { readFacts } from '../parquet/fallback/facts-of.js';
import type { ParquetFacts } from '../parquet/parquet-facts.js';

/** As `describeParts`, without the binary. */
export async function* describePartsSlowly(paths: readonly string[], options: FileOptions): AsyncGenerator<ParquetFacts, void, undefined> {
  for (const path of paths) yield await readFacts(path, options);
}
