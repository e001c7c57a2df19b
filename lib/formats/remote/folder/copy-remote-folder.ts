import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BucketPlace } from '../../../bucket/bucket-of.js';
import { CheckpointError, fromSystemError } from '../../../base/errors.js';
import type { Part } from '../../folder/list-parts.js';
import { vanished } from '../../folder/list-parts.js';
import { RemoteFile } from '../remote-file.js';
import type { RemoteRunning } from '../sparse-copy.js';
import { folderPlace, listRemoteParts, partPlace } from './list-remote-parts.js';

/** Parts that are fetched at a time; each has some requests of its own. */
const AT_ONCE = 3;

/**
 * Makes a local folder of the parts of one in a bucket, all of them. @throws what `listRemoteParts` throws; `ERR_CKPT_CHANGED` for a part
 * that is another by now; `ERR_CKPT_KEY` for a key that cannot be the name of a local file
 */
export async function copyRemoteFolder(place: BucketPlace, to: string, running: RemoteRunning): Promise<void> {
  const folder = folderPlace(place);
  const parts = await listRemoteParts(folder, undefined, running.signal);
  await mkdir(to, { recursive: true });
  // It is one of parts, whatever its name here.
  await writeFile(join(to, '_SUCCESS'), '');
  const work = async (): Promise<void> => {
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) await copyPart(folder, part, to, running);
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    // What is under way ends with its part.
    parts.length = 0;
  }
}

async function copyPart(folder: BucketPlace, { path: url, stamp }: Part, to: string, running: RemoteRunning): Promise<void> {
  const name = url.slice(folder.url.length + 1);
  if (/[\\\0]/.test(name)) throw new CheckpointError('ERR_CKPT_KEY', `${url} cannot be the name of a local file`, { path: url });
  const file = await RemoteFile.find(partPlace(folder, url), running);
  if (file === null) throw vanished(url, undefined);
  try {
    if (file.etag !== stamp) throw new CheckpointError('ERR_CKPT_CHANGED', `${url} was replaced; read the folder again`, { path: url });
    await file.all(running);
    const local = join(to, ...name.split('/'));
    await mkdir(dirname(local), { recursive: true });
    await rename(file.path, local);
  } catch (error) {
    throw fromSystemError(error, 'read', url);
  } finally {
    await file.close();
  }
}
