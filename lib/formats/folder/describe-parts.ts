import type { FileOptions } from '../../options/options.js';
import { describeEach } from '../parquet/describe-files.js';
import type { ParquetFacts } from '../parquet/parquet-facts.js';
import { parquetFacts } from '../parquet/read-parquet.js';

/** What parts say of themselves, many at a time; what is wrong with one, an open of it alone tells. */
export async function* describeParts(paths: readonly string[], options: FileOptions): AsyncGenerator<ParquetFacts, void, undefined> {
  if (Object.keys(options).length > 0) for (const path of paths) yield await parquetFacts(path, options);
  else for await (const [path, facts] of describeEach(paths)) yield facts ?? (await parquetFacts(path));
}
