import { inParallel } from '../in-parallel.js';
import { formatOf, operationListing } from '../inventory.js';
import type { CheckpointListing, StoredFile } from '../manager-options.js';
import { itemsIn, itemsOf, operationsAmong, type BucketItem } from './bucket-contents.js';
import { BucketFiles } from './bucket-files.js';
import type { BucketHome } from './bucket-home.js';
import { folderOfParts } from './folder-of-parts.js';
import type { BucketDirectoryParts } from './bucket-operation.js';

/**
 * All checkpoints, in the order of step and operation: one listing, and the end of each object, some at a time. One that goes meanwhile is
 * left out; one that is replaced is listed as it is then.
 */
export async function bucketListing({ home, hashes }: Pick<BucketDirectoryParts, 'home' | 'hashes'>): Promise<CheckpointListing[]> {
  const items = await itemsOf(home, ['checkpoint', 'part']);
  const operations = operationsAmong(items);
  const config = hashes.snapshot();
  const listing = await inParallel(operations, async ({ step, operation, found }) => {
    const files = new BucketFiles(home, {});
    try {
      const there = await files.find(found.map(({ below }) => below));
      return await operationListing(there, { config, step, operation }, undefined, files.open);
    } finally {
      await files.close();
    }
  });
  return [...listing.filter((entry) => entry !== null), ...foldersOfParts(home, items)];
}

/** Each with the error that a load of it gives. */
function foldersOfParts(home: BucketHome, items: readonly BucketItem[]): CheckpointListing[] {
  const folders = new Map<string, BucketItem[]>();
  for (const item of items) if (item.kind === 'part') folders.set(item.folder, [...(folders.get(item.folder) ?? []), item]);
  return [...folders].map(([folder, parts]) => {
    const { step, operation } = parts[0] as BucketItem;
    const error = folderOfParts(home, folder.slice(0, -'.parquet'.length));
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const modified = new Date(Math.max(...parts.map(({ modifiedMs }) => modifiedMs)));
    return {
      step: step as string,
      operation,
      path: error.path as string,
      format: 'parquet',
      rows: 0,
      bytes,
      hash: null,
      metadata: {},
      columns: [],
      delta: null,
      modified,
      files: [],
      error,
    };
  });
}

/** The bytes of all checkpoints, batches and kept results: no object is opened. */
export async function bucketBytes(home: BucketHome): Promise<number> {
  let bytes = 0;
  for await (const item of itemsIn(home)) if (['checkpoint', 'batch', 'kept'].includes(item.kind)) bytes += item.bytes;
  return bytes;
}

/** The format that most checkpoints and batches are in; null where there are none. */
export async function bucketFormat(home: BucketHome): Promise<StoredFile['format'] | null> {
  const counts = { parquet: 0, json: 0 };
  for await (const item of itemsIn(home)) if (item.kind === 'checkpoint' || item.kind === 'batch') counts[formatOf(item.file)]++;
  if (counts.parquet + counts.json === 0) return null;
  return counts.json > counts.parquet ? 'json' : 'parquet';
}
