import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import { itemsOf, type BucketItem } from '../../directory/bucket/bucket-contents.js';
import { BucketHashes } from '../../directory/bucket/bucket-hashes.js';
import { placeIn, remoteHome, type BucketHome } from '../../directory/bucket/bucket-home.js';
import { bucketListing } from '../../directory/bucket/bucket-inventory.js';
import { perhapsParts, PerhapsParts } from '../../directory/bucket/perhaps-parts.js';
import { inParallel } from '../../base/in-parallel.js';
import { isCheckpointName } from '../../directory/is-checkpoint-name.js';
import { RecentFiles } from '../../directory/recent-files.js';
import { chooseStore } from '../../formats/choose.js';
import { remoteInfo } from '../../formats/remote/remote-store.js';
import { BucketDirectory } from '../../resume/places/bucket-directory.js';
import type { Listed } from '../output/list-tables.js';
import type { DirectoryListing } from './listing-of.js';

/** {@link listingOf} for the URL of a directory in a bucket. What a map told of costs is not looked up. @throws `ERR_CKPT_NOT_FOUND` */
export async function bucketListingOf(url: string): Promise<DirectoryListing> {
  const home = remoteHome(url, undefined) as BucketHome;
  const parts = { home, hashes: new BucketHashes(home), store: chooseStore(true), logger: null, recent: new RecentFiles(0) };
  const ofSteps = await bucketListing(parts);
  const flat = await flatListing(home);
  const others = await itemsOf(home, ['batch', 'kept']);
  if (ofSteps.length + flat.length + others.length === 0)
    throw new CheckpointError('ERR_CKPT_NOT_FOUND', `there are no checkpoints at ${home.url}; check the URL`, { path: home.url });
  const listed = [...ofSteps, ...flat];
  return {
    listed,
    maps: await new BucketDirectory(parts).maps(),
    batches: grouped(others, 'batch').map(({ operation, files, bytes }) => ({ operation, batches: files, bytes })),
    kept: grouped(others, 'kept'),
    errors: listed.flatMap(({ error }) => (error === undefined ? [] : [error])),
  };
}

/** What lies directly in the directory, as a Kura manager puts it. */
async function flatListing(home: BucketHome): Promise<Listed[]> {
  const found = new Map<string, { bytes: number; modified: Date }>();
  const folders = new Map<string, { folder: PerhapsParts<never>; bytes: number; modified: Date }>();
  for await (const { key, size, modified = new Date(0) } of home.bucket.list(home.prefix)) {
    const name = key.slice(home.prefix.length);
    const inside = perhapsParts(name);
    if (inside !== undefined) {
      const known = folders.get(inside) ?? { folder: new PerhapsParts<never>(inside), bytes: 0, modified };
      known.folder.see(name);
      folders.set(inside, {
        folder: known.folder,
        bytes: known.bytes + size,
        modified: modified > known.modified ? modified : known.modified,
      });
    }
    if (!name.includes('/') && isCheckpointName(name)) found.set(name, { bytes: 0, modified });
  }
  for (const [name, { folder, ...known }] of folders) if (folder.isOne && !found.has(name)) found.set(name, known);
  const listed = await inParallel([...found], ([name, known]) => listedAt(home, name, known));
  return listed.filter((entry) => entry !== null);
}

/** What is at a path directly in the directory, an object or a folder of parts. Null: it is gone. */
async function listedAt(home: BucketHome, name: string, { bytes, modified }: { bytes: number; modified: Date }): Promise<Listed | null> {
  const place = placeIn(home, name);
  try {
    return { step: null, operation: name, modified, ...(await remoteInfo(place)).info };
  } catch (error) {
    if (!isCheckpointError(error)) throw error;
    const format = name.endsWith('.parquet') ? 'parquet' : 'json';
    const nothing = { rows: 0, hash: null, metadata: {}, delta: null };
    return error.code === 'ERR_CKPT_NOT_FOUND'
      ? null
      : { step: null, operation: name, modified, path: place.url, format, bytes, ...nothing, error };
  }
}

function grouped(
  items: readonly BucketItem[],
  kind: BucketItem['kind'],
): { step: string; operation: string; files: number; bytes: number }[] {
  const groups = new Map<string, { step: string; operation: string; files: number; bytes: number }>();
  for (const item of items) {
    if (item.kind !== kind) continue;
    // Batches of all steps count together, as on disk.
    const step = kind === 'kept' ? (item.step ?? '') : '';
    const name = JSON.stringify([step, item.operation]);
    const group = groups.get(name) ?? { step, operation: item.operation, files: 0, bytes: 0 };
    group.files++;
    group.bytes += item.bytes;
    groups.set(name, group);
  }
  return [...groups.values()];
}
