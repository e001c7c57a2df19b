import { loadBinding } from '../../base/addon/binding.js';
import type { FileDescription } from './native/load.js';
import type { CheckpointInfo } from '../../options/options.js';
import { ParquetFacts } from './parquet-facts.js';

/** Files that go to the core at a time: enough that crossing costs little, few enough that all threads have some. */
const AT_ONCE = 64;

/**
 * A Parquet file that was opened, described and closed in one step; undefined where that is not possible, or anything is wrong with it: who
 * opens it alone tells what.
 */
export async function describedParquet(path: string): Promise<ParquetFacts | undefined> {
  const [described] = await describeFiles([path]);
  return described;
}

/** What is known of those of these files that are Parquet and can be read; the others are left out. */
export async function knownInfos(paths: readonly string[]): Promise<Map<string, CheckpointInfo>> {
  const infos = new Map<string, CheckpointInfo>();
  await Promise.all(
    piecesOf(paths.filter((path) => path.endsWith('.parquet'))).map(async (piece) => {
      for (const file of await describeFiles(piece)) if (file !== undefined) infos.set(file.path, file.info());
    }),
  );
  return infos;
}

/** Any number of files, in order, each with what {@link describeFiles} tells of it. */
export async function* describeEach(paths: readonly string[]): AsyncGenerator<[path: string, facts: ParquetFacts | undefined]> {
  for (const piece of piecesOf(paths)) {
    const described = await describeFiles(piece);
    for (const [index, path] of piece.entries()) yield [path, described[index]];
  }
}

function piecesOf(paths: readonly string[]): string[][] {
  const pieces: string[][] = [];
  for (let start = 0; start < paths.length; start += AT_ONCE) pieces.push(paths.slice(start, start + AT_ONCE));
  return pieces;
}

/** Files that are described in one step, in order: see {@link describedParquet}. `[]` without the binary. */
export async function describeFiles(paths: string[]): Promise<(ParquetFacts | undefined)[]> {
  const binding = loadBinding();
  if (binding === null) return [];
  const described = await binding.describeFiles(paths);
  return described.map((text, index) => {
    if (text === null) return undefined;
    try {
      return ParquetFacts.of(paths[index] as string, JSON.parse(text) as FileDescription);
    } catch {
      // A version, a plan: as above.
      return undefined;
    }
  });
}
