import { join } from 'node:path';
import type { LogicalPlan } from '../../lib/columnar/plan.ts';
import { ParquetFile } from '../../lib/formats/parquet/fallback/parquet-file.ts';
import { readKeyValues } from '../../lib/formats/parquet/file-keys.ts';
import type { Engine } from './catalogue.ts';
import { drive, filtersOfFile, type Driven } from './drive.ts';
import type { EngineFile } from './engine-files.ts';
import type { Comparison } from './filters.ts';
import type { Home } from './install.ts';
import { comparisonOf, countDifferences, differencesOf, type Counted, type Difference } from './judge.ts';

/** What one release has made of all files. */
export interface Examined {
  engine: Engine;
  which: 'oldest' | 'newest';
  types: Record<string, string>;
  /** How it compares doubles; undefined where it counts nothing. */
  comparison?: Comparison;
  differences: Difference[];
}

/** Lets a release open all files and filter them, and judges what it found. */
export async function examine(
  engine: Engine,
  which: 'oldest' | 'newest',
  home: Home,
  files: EngineFile[],
  scratch: string,
): Promise<Examined> {
  const driven = await drive(engine.driver, home, files, join(scratch, `${engine.name}-${which}`));
  const counted = files.flatMap((file) => countedOf(file, driven));
  const comparison = counted.length === 0 ? undefined : comparisonOf(counted);
  const differences: Difference[] = [];
  for (const file of files) {
    const outcome = driven.files[file.name]!;
    differences.push(...differencesOf(file, await planOf(file.path), outcome, engine));
    if (comparison !== undefined && outcome.error === undefined)
      differences.push(...countDifferences(file, filtersOfFile(file), outcome, comparison));
  }
  return { engine, which, types: driven.files.types?.types ?? {}, ...(comparison && { comparison }), differences };
}

/** The counts of the small file that tell how an engine compares: those without skipping where it has them. */
function countedOf(file: EngineFile, driven: Driven): Counted[] {
  const { pruned, unpruned = pruned } = driven.files[file.name]!;
  if (file.name !== 'groups' || unpruned === undefined) return [];
  return filtersOfFile(file).flatMap((filter, index) => {
    const count = unpruned[index]?.value;
    return count === undefined ? [] : [{ file: file.name, filter, rows: file.rows, count }];
  });
}

async function planOf(path: string): Promise<LogicalPlan> {
  const file = await ParquetFile.open(path);
  try {
    return readKeyValues(file.footer).plan!;
  } finally {
    await file.close();
  }
}
