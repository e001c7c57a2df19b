import { isCheckpointError } from '../../base/errors.js';
import { writeSmall } from '../../bucket/small-object.js';
import { folderPlace, listRemoteParts } from '../../formats/remote/folder/list-remote-parts.js';
import { isIgnored, isPart } from '../../formats/folder/part-names.js';
import type { FoundFile } from '../layout.js';
import type { BucketItem } from './bucket-contents.js';
import { placeIn, type BucketHome } from './bucket-home.js';
import { removeItems } from './remove-items.js';

const EXTENSION = '.parquet';
const REMOVED = 'This checkpoint is being removed, and its parts with it. Where they stay, the removal was ended: remove it again.\n';

/**
 * The folder of parts that is the checkpoint of a path without extension, as a file that is found; undefined where nothing is in it.
 * @throws `ERR_CKPT_NOT_A_FILE` for a folder of anything else
 */
export async function findFolderOfParts(home: BucketHome, stem: string, signal?: AbortSignal): Promise<FoundFile | undefined> {
  // Web servers have no listings.
  if (home.isEscaped) return undefined;
  const folder = folderPlace(placeIn(home, stem + EXTENSION));
  try {
    const parts = await listRemoteParts(folder, undefined, signal);
    return {
      path: folder.url,
      bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
      modifiedMs: parts.reduce((newest, { modifiedMs }) => Math.max(newest, modifiedMs), 0),
      version: parts.map(({ stamp }) => stamp).join(),
    };
  } catch (error) {
    if (isCheckpointError(error) && error.code === 'ERR_CKPT_NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * Removes such a folder. An object of its name counts in its place meanwhile, so that nobody takes what is left of the parts for all: a
 * load says that it is no checkpoint.
 */
export async function removeFolderOfParts(home: BucketHome, stem: string): Promise<void> {
  const { key } = placeIn(home, stem + EXTENSION);
  await writeSmall(home.bucket, key, REMOVED);
  await removeParts(home, stem);
  await home.bucket.delete(key);
}

/** Removes all that is in such a folder: an object of its name counts. */
export async function removeParts(home: BucketHome, stem: string): Promise<void> {
  await removeItems({ home }, home.bucket.list(`${placeIn(home, stem + EXTENSION).key}/`));
}

/** A folder that has the name of a checkpoint. */
export interface FolderName {
  step: string;
  operation: string;
  /** Its path without the extension. */
  stem: string;
}

/** The folders that items are in, as engines write parts: nobody has looked yet whether they are folders of parts. */
export function foldersAmong(items: readonly BucketItem[]): FolderName[] {
  const folders = new Map<string, FolderName>();
  for (const { kind, step, operation, below } of items) {
    if (kind !== 'part' || step === null) continue;
    const stem = below.slice(0, below.indexOf(`${EXTENSION}/`));
    folders.set(stem, { step, operation, stem });
  }
  return [...folders.values()];
}

/** Whether an item is a part by its name. */
export function isOnePart({ kind, file, below }: BucketItem): boolean {
  if (kind !== 'part' || !isPart(file)) return false;
  const inside = below.slice(below.indexOf(`${EXTENSION}/`) + EXTENSION.length + 1);
  return !inside.split('/').some(isIgnored);
}
