import { isProbe } from '../../bucket/ensure-conditional.js';
import { POOL_FOLDER } from '../../formats/parquet/pool.js';
import { RemoteFile } from '../../formats/remote/remote-file.js';
import { inParallel } from '../../base/in-parallel.js';
import { placeIn, type BucketHome } from './bucket-home.js';
import { whileChanged } from './while-changed.js';

/** What is never Parquet. */
const TEXT = /\.(?:json|jsonl|ndjson|lock)$/;

/**
 * The files that objects of a directory refer to, and the objects themselves that may be in the pool, too, by their ids; undefined if one
 * of them does not tell. Any object may be one, at any depth and of any name, but for the pool's own: a reader finds the pool from there.
 */
export async function wantedInBucket(home: BucketHome): Promise<Set<string> | undefined> {
  const paths: string[] = [];
  for await (const { key, size } of home.bucket.list(home.prefix)) {
    const path = key.slice(home.prefix.length);
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (size > 0 && !path.startsWith(`${POOL_FOLDER}/`) && !TEXT.test(name) && !isProbe(name)) paths.push(path);
  }
  const wanted = new Set<string>();
  const told = await inParallel(paths, async (path) => {
    const file = await whileChanged(() => RemoteFile.find(placeIn(home, path), {}, { alone: true }));
    if (file === null) return true;
    try {
      if (!file.isParquet) return !path.endsWith('.parquet');
      const { id, refersTo } = file;
      if (id !== undefined) wanted.add(id);
      for (const holder of refersTo ?? []) wanted.add(holder.id);
      return refersTo !== undefined;
    } finally {
      await file.close();
    }
  });
  return told.includes(false) ? undefined : wanted;
}
