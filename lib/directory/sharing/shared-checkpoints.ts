import { describeFiles } from '../../formats/parquet/describe-files.js';
import type { ParquetFacts } from '../../formats/parquet/parquet-facts.js';
import { KEY_DIGESTS, KEY_ID, referencesOf, type References } from '../../formats/parquet/references.js';
import { MAX_BASES } from '../../options/base.js';
import { contentsOf, foundFiles, type FoundFile } from '../layout.js';

/** Footers that are read at a time. */
const AT_ONCE = 64;

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
  await describeAll(checkpoints);
  return checkpoints.sort((a, b) => a.found.modifiedMs - b.found.modifiedMs);
}

async function describeAll(checkpoints: readonly SharedCheckpoint[]): Promise<void> {
  for (let start = 0; start < checkpoints.length; start += AT_ONCE) {
    const piece = checkpoints.slice(start, start + AT_ONCE);
    const described = await describeFiles(piece.map(({ found }) => found.path));
    for (const [index, facts] of described.entries()) {
      const checkpoint = piece[index] as SharedCheckpoint;
      checkpoint.facts = facts;
      checkpoint.references = facts?.ours === true ? referencesOf(facts.footer.keyValues) : undefined;
    }
  }
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
