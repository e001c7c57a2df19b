import { CheckpointError } from '../../base/errors.js';
import { itemsOf } from '../../directory/bucket/bucket-contents.js';
import { remoteHome, type BucketHome } from '../../directory/bucket/bucket-home.js';
import { withLocalCopies, type CopyDepth } from '../../directory/bucket/local-copies.js';
import { told } from '../../formats/remote/told.js';

/** How a directory is named to the user. */
export interface Shown {
  name: string;
  /** An error of what is in it, as one of what the user named. */
  told(error: unknown): unknown;
}

/** A directory under its own name. */
export function shownAs(name: string): Shown {
  return { name, told: (error) => error };
}

/**
 * Calls `work` with a temporary local directory that has the checkpoints and batches of one in a bucket: of Parquet as much as `depth`
 * says, of text all. @throws `ERR_CKPT_NOT_FOUND` where there is none
 */
export async function withBucketCopy<T>(
  url: string,
  depth: CopyDepth,
  signal: AbortSignal,
  work: (directory: string, shown: Shown) => Promise<T>,
): Promise<T> {
  const home = remoteHome(url, undefined) as BucketHome;
  const list = (): ReturnType<typeof itemsOf> => itemsOf(home, ['checkpoint', 'batch']);
  return withLocalCopies(
    home,
    list,
    () => depth,
    async (directory, items) => {
      if (items.size === 0)
        throw new CheckpointError('ERR_CKPT_NOT_FOUND', `there are no checkpoints at ${home.url}; check the URL`, { path: home.url });
      const urlOf = (path: string): string => items.get(path)?.path ?? home.url;
      const pathOf = (error: unknown): string | undefined => (error as Partial<CheckpointError>).path;
      return work(directory, { name: home.url, told: (error) => told(error, pathOf(error) ?? directory, urlOf(pathOf(error) ?? '')) });
    },
    { signal },
  );
}
