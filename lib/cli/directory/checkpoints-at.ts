import { CheckpointError } from '../../base/errors.js';
import { placeIn, remoteHome, type BucketHome } from '../../directory/bucket/bucket-home.js';
import { isCheckpointName } from '../../directory/is-checkpoint-name.js';
import type { FoundEntry } from './folder.js';

/** {@link checkpointsBelow} for the URL of a directory in a bucket. @throws `ERR_CKPT_NOT_FOUND` where nothing is */
export async function* checkpointsAt(url: string, signal: AbortSignal): AsyncGenerator<FoundEntry, void, undefined> {
  const home = remoteHome(url, undefined) as BucketHome;
  let isEmpty = true;
  for await (const { key } of home.bucket.list(home.prefix, { signal })) {
    isEmpty = false;
    const path = key.slice(home.prefix.length);
    const parts = path.split('/');
    if (isCheckpointName(parts.at(-1) as string) && !parts.some((name) => name.startsWith('.')))
      yield { path: placeIn(home, path).url, parts };
  }
  if (isEmpty) throw new CheckpointError('ERR_CKPT_NOT_FOUND', `there is nothing at ${home.url}; check the URL`, { path: home.url });
}
