import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { remoteFolder } from '../../bucket/remote-folder.js';
import { readSmall } from '../../bucket/small-object.js';
import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import { holderPath } from '../../formats/parquet/pool.js';
import { fetchAttachment } from '../../formats/remote/remote-checkpoint.js';
import { RemoteFile } from '../../formats/remote/remote-file.js';
import type { RemoteRunning } from '../../formats/remote/sparse-copy.js';
import { told } from '../../formats/remote/told.js';
import { inParallel } from '../../base/in-parallel.js';
import type { BucketItem } from './bucket-contents.js';
import { placeIn, type BucketHome } from './bucket-home.js';
import { CONFIG_PATH } from './bucket-names.js';

/** How much of an object a copy has. `record`: the footer, and the record of rows that a `map` attached; of text all. */
export type CopyDepth = 'record' | 'whole';

/** How often a directory is looked at anew that others change meanwhile. */
const ATTEMPTS = 10;

/**
 * Calls `work` with a local directory that has copies of objects, each at its path below the directory and with its time, as far as they
 * are wanted: what looks into many files at once works there as on any directory. All copies were there at one moment: if one is gone or
 * another when it is fetched, `list` is asked anew. Errors have the URLs of the objects.
 */
export async function withLocalCopies<T>(
  home: BucketHome,
  list: () => Promise<readonly BucketItem[]>,
  depthOf: (item: BucketItem, all: readonly BucketItem[]) => CopyDepth,
  work: (directory: string, items: ReadonlyMap<string, BucketItem>) => Promise<T>,
  running: RemoteRunning = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const directory = await remoteFolder();
    const items = new Map<string, BucketItem>();
    try {
      const listed = (await list()).filter(({ below }) => isLocalName(below));
      const copied = await inParallel(listed, (item) => copyOf(home, item, directory, depthOf(item, listed), running));
      if (copied.includes(false)) {
        if (attempt < ATTEMPTS) continue;
        throw new CheckpointError('ERR_CKPT_CHANGED', `${home.url} is changed by others again and again; try again`, { path: home.url });
      }
      for (const item of listed) items.set(join(directory, item.below), item);
      await copyHashes(home, directory, running);
      return await work(directory, items);
    } catch (error) {
      throw toldOf(error, directory, items, home);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
}

/** Makes a copy, with what it refers to; false where the object is gone, or another. */
async function copyOf(home: BucketHome, item: BucketItem, directory: string, depth: CopyDepth, running: RemoteRunning): Promise<boolean> {
  const to = join(directory, item.below);
  let file: RemoteFile | null = null;
  try {
    file = await RemoteFile.find(placeIn(home, item.below), running, { alone: depth !== 'whole' });
    if (file === null || file.etag !== item.version) return false;
    try {
      if (depth === 'whole') await file.all(running);
      else await fetchAttachment(file, running);
    } catch (error) {
      // Who reads the copy finds out what is wrong with it.
      if (!isCheckpointError(error) || !['ERR_CKPT_CORRUPT', 'ERR_CKPT_TRUNCATED', 'ERR_CKPT_FORMAT_VERSION'].includes(error.code))
        throw error;
    }
    await mkdir(dirname(to), { recursive: true });
    for (const [id, copy] of file.holders) {
      const held = holderPath(directory, id);
      await mkdir(dirname(held), { recursive: true });
      await rename(copy.path, held);
    }
    await rename(file.path, to);
    const modified = new Date(item.modifiedMs);
    await utimes(to, modified, modified);
    return true;
  } catch (error) {
    if (isCheckpointError(error) && error.code === 'ERR_CKPT_CHANGED') return false;
    throw file?.told(error) ?? error;
  } finally {
    await file?.close();
  }
}

async function copyHashes(home: BucketHome, directory: string, { signal }: RemoteRunning): Promise<void> {
  const { bucket, key } = placeIn(home, CONFIG_PATH);
  const found = await readSmall(bucket, key, signal);
  if (found !== null) await writeFile(join(directory, CONFIG_PATH), found.text);
}

/** An error with the URL of an object in place of its copy's path. */
function toldOf(error: unknown, directory: string, items: ReadonlyMap<string, BucketItem>, home: BucketHome): unknown {
  if (!isCheckpointError(error)) return error;
  const item = error.path === undefined ? undefined : items.get(error.path);
  if (item !== undefined) return told(error, error.path as string, item.path);
  return error.message.includes(directory) || error.path?.startsWith(directory) === true ? told(error, directory, home.url) : error;
}

/** A key of a bucket may be any text: what cannot be the name of a file here has none of our names. */
function isLocalName(path: string): boolean {
  return path.split('/').every((segment) => Buffer.byteLength(segment) <= 255 && !/[\\\0]/.test(segment));
}
