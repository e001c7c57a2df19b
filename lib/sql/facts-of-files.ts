import { loadBinding } from '../base/addon/binding.js';
import { describeEach } from '../formats/parquet/describe-files.js';
import { readFacts } from '../formats/parquet/fallback/facts-of.js';
import type { ParquetFacts } from '../formats/parquet/parquet-facts.js';
import { parquetFacts } from '../formats/parquet/read-parquet.js';

/** What a Parquet file says of itself, with or without the binary. @throws what is wrong with it */
export function factsOfFile(path: string): Promise<ParquetFacts> {
  return loadBinding() === null ? readFacts(path) : parquetFacts(path);
}

/** The same of several, in order. */
export async function factsOfFiles(paths: readonly string[]): Promise<ParquetFacts[]> {
  const all: ParquetFacts[] = [];
  if (loadBinding() === null) for (const path of paths) all.push(await readFacts(path));
  else for await (const [path, facts] of describeEach(paths)) all.push(facts ?? (await parquetFacts(path)));
  return all;
}
