import { isCheckpointError } from '../../base/errors.js';
import { itemsIn, type BucketItem } from './bucket-contents.js';
import { pathsOf } from './bucket-names.js';
import type { BucketDirectoryParts } from './bucket-operation.js';
import { findFolderOfParts, foldersAmong, removeFolderOfParts } from './folder-of-parts.js';
import { removeItems } from './remove-items.js';
import { condemnPool } from './sweep-bucket-pool.js';

/** Removes the checkpoints, batches, kept results and hashes of a step; gives the number of objects. */
export async function clearBucketStep(parts: BucketDirectoryParts, step: string): Promise<number> {
  let removed = 0;
  for (const folder of pathsOf(step, 'step')) removed += await removeResults(parts, `${folder}/`);
  await parts.hashes.set(step, undefined, null);
  return removed;
}

/**
 * Removes every checkpoint, batch and kept result of a directory, and the hashes. What is none of them stays. What the pool has goes with a
 * sweep that begins an hour later: somebody may be about to refer to it.
 */
export async function clearBucket(parts: BucketDirectoryParts): Promise<number> {
  const removed = await removeResults(parts, '');
  await parts.hashes.clear();
  await condemnPool(parts.home);
  return removed;
}

async function removeResults(parts: BucketDirectoryParts, below: string): Promise<number> {
  const { home } = parts;
  // Of objects the parts of folders are not counted, and go with their folder.
  const inFolders: BucketItem[] = [];
  let removed = await removeItems(parts, resultsIn(parts, below, inFolders));
  for (const { stem } of foldersAmong(inFolders)) {
    if ((await findFolderOfParts(home, stem).catch(unlessOurs)) === undefined) continue;
    await removeFolderOfParts(home, stem);
    removed++;
  }
  return removed;
}

async function* resultsIn(
  { home }: BucketDirectoryParts,
  below: string,
  inFolders: BucketItem[],
): AsyncGenerator<BucketItem, void, undefined> {
  for await (const item of itemsIn(home, below)) {
    if (['checkpoint', 'batch', 'kept'].includes(item.kind)) yield item;
    else if (item.kind === 'part') inFolders.push(item);
  }
}

/** A folder of anything but parts is not ours. */
function unlessOurs(error: unknown): undefined {
  if (isCheckpointError(error) && ['ERR_CKPT_NOT_A_FILE', 'ERR_CKPT_UNSUPPORTED_FILE', 'ERR_CKPT_LIMIT'].includes(error.code))
    return undefined;
  throw error;
}
