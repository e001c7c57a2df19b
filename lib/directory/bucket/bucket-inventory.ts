import { isCheckpointError, type CheckpointError } from '../../base/errors.js';
import { inParallel } from '../../base/in-parallel.js';
import { formatOf, operationListing } from '../inventory.js';
import type { CheckpointListing, StoredFile } from '../manager-options.js';
import { itemsIn, itemsOf, operationsAmong } from './bucket-contents.js';
import { BucketFiles } from './bucket-files.js';
import { placeIn, type BucketHome } from './bucket-home.js';
import { foldersAmong, isOnePart, type FolderName } from './folder-of-parts.js';
import type { BucketDirectoryParts } from './bucket-operation.js';

/**
 * All checkpoints, in the order of step and operation: one listing, and the end of each object, some at a time. One that goes meanwhile is
 * left out; one that is replaced is listed as it is then.
 */
export async function bucketListing({ home, hashes }: Pick<BucketDirectoryParts, 'home' | 'hashes'>): Promise<CheckpointListing[]> {
  const items = await itemsOf(home, ['checkpoint', 'part']);
  const operations = operationsAmong(items);
  const config = hashes.snapshot();
  const named = new Set(operations.map(({ step, operation }) => JSON.stringify([step, operation])));
  const folders = foldersAmong(items).filter(({ step, operation }) => !named.has(JSON.stringify([step, operation])));
  const listing = await inParallel([...operations, ...folders], async (each) => {
    const { step, operation } = each;
    const mirror = { config, step, operation };
    const files = new BucketFiles(home, {});
    try {
      const there = 'found' in each ? await files.find(each.found.map(({ below }) => below)) : await files.findFolder(each.stem);
      return await operationListing(there, mirror, undefined, files.open);
    } catch (error) {
      if (!isCheckpointError(error) || 'found' in each) throw error;
      return noFolderOfParts(home, each, error);
    } finally {
      await files.close();
    }
  });
  return listing.filter((entry) => entry !== null);
}

/** What has the name of a checkpoint, and is none. */
function noFolderOfParts(home: BucketHome, { step, operation, stem }: FolderName, error: CheckpointError): CheckpointListing {
  const nothing = { rows: 0, bytes: 0, hash: null, metadata: {}, columns: [], delta: null, modified: new Date(0), files: [] };
  return { step, operation, path: placeIn(home, `${stem}.parquet`).url, format: 'parquet', ...nothing, error };
}

/** The bytes of all checkpoints, batches and kept results: no object is opened. */
export async function bucketBytes(home: BucketHome): Promise<number> {
  let bytes = 0;
  for await (const item of itemsIn(home)) if (['checkpoint', 'batch', 'kept'].includes(item.kind) || isOnePart(item)) bytes += item.bytes;
  return bytes;
}

/** The format that most checkpoints and batches are in; null where there are none. */
export async function bucketFormat(home: BucketHome): Promise<StoredFile['format'] | null> {
  const counts = { parquet: 0, json: 0 };
  const folders = new Set<string>();
  for await (const item of itemsIn(home)) {
    if (item.kind === 'checkpoint' || item.kind === 'batch') counts[formatOf(item.file)]++;
    else if (isOnePart(item)) folders.add(JSON.stringify([item.step, item.operation]));
  }
  counts.parquet += folders.size;
  if (counts.parquet + counts.json === 0) return null;
  return counts.json > counts.parquet ? 'json' : 'parquet';
}
