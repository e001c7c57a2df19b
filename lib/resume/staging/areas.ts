import { join } from 'node:path';
import { placeIn, type BucketHome } from '../../directory/bucket/bucket-home.js';
import { indexOfKept, KEPT_FOLDER, keptFolder } from '../../directory/kept-files.js';
import { BATCHES, EXTENSIONS, isBatchFile } from '../../directory/layout.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import { isJobFile } from '../jobs/job-record.js';

/** Some files of an operation, of one kind. */
export interface Area {
  /** What their paths begin with here, and those of their objects below the directory. The rest is the same. */
  here: string;
  there: string;
  /** Whether a file is one, by that rest of its path. */
  has: (name: string) => boolean;
}

export type AreaName = 'batches' | 'kept' | 'final';

const ENDS: ReadonlySet<string> = new Set(EXTENSIONS.map((extension) => extension.slice(1)));

/** The files of an operation here and, below the path `stem`, there. */
export async function areasOf(files: OperationFiles, stem: string): Promise<Record<AreaName, Area>> {
  const [folder, name] = [stem.slice(0, stem.lastIndexOf('/') + 1), stem.slice(stem.lastIndexOf('/') + 1)];
  return {
    batches: { here: join(await files.batches(), '/'), there: `${stem}${BATCHES}/`, has: (each) => isBatchFile(each) || isJobFile(each) },
    kept: { here: join(keptFolder(files.stem), '/'), there: `${folder}${KEPT_FOLDER}/${name}/`, has: (each) => indexOfKept(each) >= 0 },
    final: { here: `${files.stem}.`, there: `${stem}.`, has: (each) => ENDS.has(each) },
  };
}

/**
 * The path of an operation's files below the directory, where they are under a name that a local directory gave them: see bucket-names.ts.
 * Undefined: there are none.
 */
export async function otherStem(home: BucketHome, stems: readonly string[], signal: AbortSignal | undefined): Promise<string | undefined> {
  const isThere = async (path: string): Promise<boolean> => {
    for await (const _ of home.bucket.list(placeIn(home, path).key, signal && { signal })) return true;
    return false;
  };
  const ends = [...EXTENSIONS, `${BATCHES}/`];
  const found = await Promise.all(stems.map(async (stem) => (await Promise.all(ends.map((end) => isThere(stem + end)))).includes(true)));
  return stems[found.indexOf(true)];
}
