import { dirname } from 'node:path';
import { removeFiles, removeFolder } from '../directory/clear.js';
import { moveToKept } from '../directory/keep-file.js';
import type { OperationFiles } from '../directory/operation-files.js';
import type { BatchLog } from './batch-log.js';
import { isBroken, type FoundBatch } from './found-files.js';
import { isOfOperation } from './ledger-head.js';
import { removeClaims } from './leftovers.js';
import { mergeKept } from './merge-kept.js';

/** Whether a batch is of an operation. */
export function isOf({ head }: FoundBatch, files: OperationFiles): boolean {
  return head !== null && isOfOperation(head, files);
}

/** Those whose results count. */
export function ownOf(batches: readonly FoundBatch[], files: OperationFiles): FoundBatch[] {
  return batches.filter((batch) => isOf(batch, files) && batch.hash === (files.hash ?? null));
}

/**
 * Clears what the final checkpoint makes needless: the batches of this operation, and those that nobody can read. Batches of another hash
 * go to the kept results, if those are wanted.
 */
export async function clearBatches(
  files: OperationFiles,
  folder: string,
  log: BatchLog,
  found: readonly FoundBatch[],
  keeps: boolean,
): Promise<void> {
  const own = new Set(ownOf(found, files));
  const others = found.filter((batch) => isOf(batch, files) && !own.has(batch));
  if (keeps && others.length > 0) await moveToKept(pathsOf(others), await files.kept());
  const needless = [...own, ...(keeps ? [] : others), ...found.filter(({ error }) => isBroken(error))];
  await removeFiles([...new Set([...pathsOf(needless), ...pathsOf(log.batches)])]);
  for (const each of new Set([folder, ...found.map(({ path }) => dirname(path))])) {
    // Only maps of this operation claim batches in its folder, and this one has the lease.
    await removeClaims(each, each === folder);
    await removeFolder(each);
  }
  // Those of a bucket are not brought here for that.
  if (keeps && files.hasKept) await mergeKept(files);
}

function pathsOf(files: readonly { path: string }[]): string[] {
  return files.map(({ path }) => path);
}
