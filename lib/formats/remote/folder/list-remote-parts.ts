import type { BucketPlace } from '../../../bucket/bucket-of.js';
import { CheckpointError, isCheckpointError } from '../../../base/errors.js';
import { MAX_PARTS } from '../../../options/limits.js';
import { FoundParts } from '../../folder/found-parts.js';
import type { Part } from '../../folder/list-parts.js';
import { isPart } from '../../folder/part-names.js';

/** What some engines leave in a bucket where a folder was. */
const FOLDER_MARK = '_$folder$';

/** What a listing said of a part. */
interface Listed {
  size: number;
  etag: string;
  modified: Date | undefined;
}

/** The place of a folder: the keys of what is in it begin with its key and a slash. */
export function folderPlace(place: BucketPlace): BucketPlace {
  return { ...place, key: place.key.replace(/\/+$/, ''), url: place.url.replace(/\/+$/, '') };
}

/** The place of a part by its URL. */
export function partPlace(folder: BucketPlace, url: string): BucketPlace {
  return { ...folder, key: prefixOf(folder) + url.slice(folder.url.length + 1), url };
}

/**
 * The parts of a folder in a bucket, by the rules of `listParts`: their paths are their URLs, and what stamps them is the ETag.
 * @throws `ERR_CKPT_NOT_FOUND` where nothing is below the key; what `listParts` throws for a folder of anything else; of the bucket
 */
export async function listRemoteParts(folder: BucketPlace, most: number = MAX_PARTS, signal?: AbortSignal): Promise<Part[]> {
  const prefix = prefixOf(folder);
  const found = new FoundParts(folder.url, Math.min(most, MAX_PARTS));
  const listed = new Map<string, Listed>();
  let isEmpty = true;
  try {
    for await (const { key, size, etag, modified } of folder.bucket.list(prefix, { ...(signal !== undefined && { signal }) })) {
      const name = key.slice(prefix.length);
      // An object with the name of the folder is the mark of one.
      if (name === '') continue;
      isEmpty = false;
      if (see(found, name.split('/'), size)) listed.set(name, { size, etag, modified });
    }
  } catch (error) {
    // Web servers have no listings, and who may read an object may not list others: then there is nothing of that name.
    if (isEmpty && isCheckpointError(error) && ['ERR_CKPT_NOT_FOR_BUCKETS', 'ERR_CKPT_PERMISSION'].includes(error.code))
      throw noSuch(folder);
    throw error;
  }
  if (isEmpty) throw noSuch(folder);
  return found.all().map(({ steps, pairs }) => {
    const name = steps.join('/');
    const { size, etag, modified } = listed.get(name) as Listed;
    return { path: `${folder.url}/${name}`, pairs, bytes: size, modifiedMs: modified?.getTime() ?? 0, stamp: etag };
  });
}

/** Whether an object is a part. */
function see(found: FoundParts, segments: readonly string[], size: number): boolean {
  found.count();
  let pairs: ReturnType<FoundParts['inside']> = [];
  for (const [depth, name] of segments.entries()) {
    if (depth === segments.length - 1) break;
    if (!found.isData(name, depth)) return false;
    pairs = found.inside(segments.slice(0, depth + 1), pairs);
  }
  const name = segments.at(-1) as string;
  if (name === '' || name.endsWith(FOLDER_MARK) || !found.isData(name, segments.length - 1)) return false;
  // Azure lists a folder as an object without bytes.
  if (size === 0 && !isPart(name)) return false;
  found.add(segments, pairs);
  return true;
}

function prefixOf({ key }: BucketPlace): string {
  return key === '' ? '' : `${key}/`;
}

function noSuch({ url }: BucketPlace): CheckpointError {
  return new CheckpointError('ERR_CKPT_NOT_FOUND', `cannot read ${url}: there is no such object`, { path: url });
}
