import { join } from 'node:path';
import { inParallel } from '../base/in-parallel.js';
import { keptFiles, keptFoldersIn } from './kept-files.js';
import { batchFiles, contentsOf, foundFiles, listOperations, type FoundFile } from './layout.js';

/** The files of an operation that a listing has found: each folder is read once, and no file is opened. */
interface ListedFiles {
  step: string;
  operation: string;
  /** Those that are there, the newest first. */
  found: FoundFile[];
}

/** The files of all operations in a directory, in the order of step and operation. */
export async function operationsIn(directory: string): Promise<ListedFiles[]> {
  return inParallel(await listOperations(directory), async ({ step, operation, paths }) => ({
    step,
    operation,
    found: await foundFiles(paths),
  }));
}

/** The paths of all checkpoints and batches in a directory, batches behind the checkpoints, and of kept results if they are wanted. */
export async function allPaths(directory: string, { kept }: { kept: boolean }): Promise<string[]> {
  const { operations, batches, steps } = await contentsOf(directory);
  const paths = operations.flatMap((operation) => operation.paths);
  for (const { folder } of batches) for (const name of await batchFiles(folder)) paths.push(join(folder, name));
  for (const { folder } of kept ? steps : [])
    for (const each of await keptFoldersIn(folder)) for (const { path } of await keptFiles(each.folder)) paths.push(path);
  return paths;
}
