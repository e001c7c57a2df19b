import { describeEach } from '../../formats/parquet/describe-files.js';
import type { ParquetFacts } from '../../formats/parquet/parquet-facts.js';
import { KEY_DIGESTS, KEY_ID, type References } from '../../formats/parquet/references.js';
import { MAX_BASES } from '../../options/base.js';
import type { RewrittenCheckpoint } from './sharing-options.js';
import { contentsOf, foundFiles, type FoundFile } from '../layout.js';

/** A Parquet checkpoint of a directory, as it was when the work began. */
export interface SharedCheckpoint {
  step: string;
  operation: string;
  found: FoundFile;
  /** Undefined where the file cannot be read. */
  facts: ParquetFacts | undefined;
  references: References | undefined;
}

/** The Parquet checkpoints of a directory, no batches, the oldest first. */
export async function sharedCheckpoints(directory: string): Promise<SharedCheckpoint[]> {
  const checkpoints: SharedCheckpoint[] = [];
  for (const { step, operation, paths } of (await contentsOf(directory)).operations) {
    const [found] = await foundFiles(paths.filter((path) => path.endsWith('.parquet')));
    if (found !== undefined) checkpoints.push({ step, operation, found, facts: undefined, references: undefined });
  }
  const byPath = new Map(checkpoints.map((checkpoint) => [checkpoint.found.path, checkpoint]));
  for await (const [path, facts] of describeEach([...byPath.keys()]))
    Object.assign(byPath.get(path) as SharedCheckpoint, { facts, references: facts?.references });
  return checkpoints.sort((a, b) => a.found.modifiedMs - b.found.modifiedMs);
}

/** What is told of it before anything is done. */
export function outcomeOf({ step, operation, found }: SharedCheckpoint): RewrittenCheckpoint {
  return { step, operation, path: found.path, status: 'kept', bytesBefore: found.bytes, bytesAfter: found.bytes };
}

/** What others call a file that they refer to; undefined where nobody can. */
export function idOf({ facts }: Pick<SharedCheckpoint, 'facts'>): string | undefined {
  return facts?.ours === true ? facts.footer.keyValues[KEY_ID] : undefined;
}

/** Whether others can find values in it. */
export function isBase(checkpoint: Pick<SharedCheckpoint, 'facts'>): boolean {
  return idOf(checkpoint) !== undefined && checkpoint.facts?.footer.keyValues[KEY_DIGESTS] !== undefined;
}

/** Of the files that may have the same values the likeliest: those with the most columns of the same names, of these the last. */
export function likeliest<T extends Pick<SharedCheckpoint, 'facts'>>(checkpoint: SharedCheckpoint, others: readonly T[]): T[] {
  const keys = new Set(checkpoint.facts?.keys);
  const common = (other: T): number => other.facts?.keys.filter((key) => keys.has(key)).length ?? 0;
  const ranked = others.map((other, at) => ({ other, at, rank: common(other) }));
  return ranked
    .sort((a, b) => b.rank - a.rank || b.at - a.at)
    .slice(0, MAX_BASES)
    .map(({ other }) => other);
}
