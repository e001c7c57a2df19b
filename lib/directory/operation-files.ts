import { join } from 'node:path';
import { inParallel } from './in-parallel.js';
import { batchFiles, contentsOfStep, foldersIn, foundFiles, listStep, listSteps, type FoundFile } from './layout.js';

/** The files of an operation that a listing has found: each folder is read once, and no file is opened. */
interface OperationFiles {
  step: string;
  operation: string;
  /** Those that are there, the newest first. */
  found: FoundFile[];
}

/** The files of all operations in a directory, in the order of step and operation. */
export async function operationsIn(directory: string): Promise<OperationFiles[]> {
  const operations: { step: string; operation: string; paths: string[] }[] = [];
  for (const { step, folder } of await listSteps(directory)) {
    for (const { operation, paths } of await listStep(folder)) operations.push({ step, operation, paths });
  }
  return inParallel(operations, async ({ step, operation, paths }) => ({ step, operation, found: await foundFiles(paths) }));
}

/** The paths of all checkpoints and batches in a directory, batches behind the checkpoints. Each folder is read once. */
export async function allPaths(directory: string): Promise<string[]> {
  const { steps, batches } = await foldersIn(directory);
  const paths: string[] = [];
  for (const { step, folder } of steps) {
    const contents = await contentsOfStep(folder, step);
    for (const operation of contents.operations) paths.push(...operation.paths);
    batches.push(...contents.batches);
  }
  for (const { folder } of batches) for (const name of await batchFiles(folder)) paths.push(join(folder, name));
  return paths;
}
