import type { BucketPlace } from '../../bucket/bucket-of.js';
import { keyPath } from '../../bucket/keys.js';
import { FOLDERS_UP, POOL_FOLDER } from '../parquet/pool.js';
import type { Holder } from '../parquet/references.js';

/** The part of a bucket that may have a pool: what its keys begin with, and the same of URLs. Both end with a slash, or are empty. */
export type PoolHome = Pick<BucketPlace, 'key' | 'url'>;

/** The folder of an object and those above it, as far as one of them may have the pool: see `foldersAbove`. */
export function poolHomes({ key, url }: BucketPlace): PoolHome[] {
  const homes: PoolHome[] = [];
  // Of a web server: a query is none of the path, and may sign it. What it refers to needs none then, or cannot be had.
  let home: PoolHome = { key: isPath(url) ? key.replace(/[?#].*$/s, '') : key, url };
  for (let left = home.key; left !== '' && homes.length < FOLDERS_UP; left = home.key.replace(/\/$/, '')) {
    home = { key: folderOf(left), url: folderOf(home.url.replace(/\/$/, '')) };
    homes.push(home);
  }
  return homes;
}

/** The object that a file has in the pool. */
export function pooled(home: PoolHome, id: string): PoolHome {
  const name = `${POOL_FOLDER}/pool/${id}.holder`;
  return { key: home.key + name, url: home.url + name };
}

/** Where a file may be to which an object refers: in the pool, or where it was when it was referred to. */
export function holderPlaces(home: PoolHome, { id, hint }: Holder): PoolHome[] {
  if (hint === '') return [pooled(home, id)];
  const end = isPath(home.url) ? keyPath(hint) : hint;
  return [pooled(home, id), { key: home.key + end, url: home.url + end }];
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** Whether its keys are paths of a web server. */
function isPath(url: string): boolean {
  return /^https?:/i.test(url);
}
