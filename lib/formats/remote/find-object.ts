import type { BucketPlace } from '../../bucket/bucket-of.js';
import { isCheckpointError } from '../../base/errors.js';
import { folderPlace, listRemoteParts } from './folder/list-remote-parts.js';
import { RemoteFile } from './remote-file.js';
import type { RemoteRunning } from './sparse-copy.js';

/** Undefined: there is no object of that name. One without bytes may be the mark of a folder. */
export async function findObject(place: BucketPlace, running: RemoteRunning): Promise<RemoteFile | undefined> {
  if (place.key === '' || place.key.endsWith('/')) return undefined;
  const file = await RemoteFile.find(place, running);
  if (file === null) return undefined;
  if (file.size > 0 || !(await isFolderMark(place, running))) return file;
  await file.close();
  return undefined;
}

async function isFolderMark(place: BucketPlace, { signal }: RemoteRunning): Promise<boolean> {
  try {
    return (await listRemoteParts(folderPlace(place), undefined, signal)).length > 0;
  } catch (error) {
    if (isCheckpointError(error)) return false;
    throw error;
  }
}
