import { CheckpointError } from '../../base/errors.js';
import { placeIn, remoteHome, type BucketHome } from '../../directory/bucket/bucket-home.js';
import { PerhapsParts } from '../../directory/bucket/perhaps-parts.js';
import { isCheckpointName } from '../../directory/is-checkpoint-name.js';
import type { FoundEntry } from './folder.js';

/**
 * The checkpoints below the URL of a directory in a bucket, as `checkpointsBelow` gives those of a local one. @throws `ERR_CKPT_NOT_FOUND`
 * where nothing is
 */
export async function* checkpointsAt(url: string, signal: AbortSignal): AsyncGenerator<FoundEntry, void, undefined> {
  const home = remoteHome(url, undefined) as BucketHome;
  const entryOf = (parts: readonly string[]): FoundEntry => ({ path: placeIn(home, parts.join('/')).url, parts });
  let isEmpty = true;
  let open: PerhapsParts<readonly string[]> | undefined;
  const opened = function* (): Generator<FoundEntry, void, undefined> {
    if (open?.isOne === true) yield entryOf(open.folder.split('/'));
    else for (const parts of open?.items() ?? []) yield entryOf(parts);
    open = undefined;
  };
  for await (const { key } of home.bucket.list(home.prefix, { signal })) {
    isEmpty = false;
    const parts = key.slice(home.prefix.length).split('/');
    const at = parts.findIndex((name, index) => index < parts.length - 1 && name.endsWith('.parquet'));
    const folder = at < 0 ? undefined : parts.slice(0, at + 1).join('/');
    if (open !== undefined && open.folder !== folder) yield* opened();
    if (folder !== undefined) (open ??= new PerhapsParts(folder)).see(`folder/${parts.slice(at + 1).join('/')}`);
    if (!isCheckpointName(parts.at(-1) as string) || parts.some((name) => name.startsWith('.'))) continue;
    if (open === undefined) yield entryOf(parts);
    else open.add(parts);
  }
  yield* opened();
  if (isEmpty) throw new CheckpointError('ERR_CKPT_NOT_FOUND', `there is nothing at ${home.url}; check the URL`, { path: home.url });
}
