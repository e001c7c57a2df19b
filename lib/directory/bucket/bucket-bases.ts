import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nodeFs } from '../../base/node-modules.js';
import { writeAll } from '../../base/commit/write-all.js';
import { isCheckpointError } from '../../base/errors.js';
import { ParquetFile } from '../../formats/parquet/fallback/parquet-file.js';
import { holderPath } from '../../formats/parquet/pool.js';
import { KEY_DIGESTS, KEY_ID } from '../../formats/parquet/references.js';
import { heldCopies } from '../../formats/remote/held-copies.js';
import type { Range } from '../../formats/remote/ranges.js';
import { RemoteFile } from '../../formats/remote/remote-file.js';
import { SparseCopy, type RemoteRunning } from '../../formats/remote/sparse-copy.js';
import { MAX_BASES, type Base } from '../../options/base.js';
import { namedBases } from '../bases.js';
import { itemsOf } from './bucket-contents.js';
import { placeIn, type BucketHome } from './bucket-home.js';
import { isThere } from './pool-marks.js';

/** Whose values a save in a directory may share: paths below it. */
interface BucketSharing {
  home: BucketHome;
  /** Of the object that is saved. */
  below: string;
  /** What the manager saved or loaded last. */
  recent: readonly string[];
  /** The path of a checkpoint that `base` names; undefined where there is none. */
  find: (step: string, operation: string) => Promise<string | undefined>;
}

/** The paths of the objects that may have the same values. @throws `ERR_CKPT_NOT_FOUND` for one that is named and not there */
export async function basesInBucket(sharing: BucketSharing, base: Exclude<Base, false>): Promise<string[]> {
  if (base === 'auto') return likelyBases(sharing);
  return namedBases(base, sharing.find, sharing.home.url);
}

/** The version before, what the manager worked with last, then the newest objects of the directory. */
async function likelyBases({ home, below, recent }: BucketSharing): Promise<string[]> {
  const likely = new Set([below, ...recent]);
  // A process that has just started knows nothing yet.
  if (recent.length === 0) {
    const items = (await itemsOf(home, ['checkpoint'])).sort((a, b) => b.modifiedMs - a.modifiedMs);
    for (const item of items.slice(0, MAX_BASES)) likely.add(item.below);
  }
  return [...likely].filter((each) => each.endsWith('.parquet')).slice(0, MAX_BASES);
}

/**
 * Brings what a save looks at of its bases to a local folder, which gets a pool: their footers and digests, and those of what they refer
 * to. Only what the pool of the bucket has can be referred to. Gives the local paths. What cannot be had is left out: nothing is lost but
 * the bytes that it might have saved.
 */
export async function bringBases(home: BucketHome, bases: readonly string[], folder: string, running: RemoteRunning): Promise<string[]> {
  const paths: string[] = [];
  for (const base of bases) {
    try {
      const path = await bringBase(home, base, folder, running);
      if (path !== undefined) paths.push(path);
    } catch (error) {
      if (running.signal?.aborted === true || !isCheckpointError(error)) throw error;
    }
  }
  return paths;
}

async function bringBase(home: BucketHome, base: string, folder: string, running: RemoteRunning): Promise<string | undefined> {
  const place = placeIn(home, base);
  const file = await RemoteFile.find(place, running, { alone: true });
  if (file === null) return undefined;
  try {
    if (!file.isParquet) return undefined;
    // Of several bases each that all refer to is brought once.
    const holders = (file.refersTo ?? []).filter(({ id }) => !nodeFs().existsSync(holderPath(folder, id)));
    const copies = await heldCopies(place, holders, folder, { bytes: 0 }, running);
    try {
      for (const [id, copy] of copies) {
        const { digests } = await toldOf(holderPath(folder, id));
        await SparseCopy.fetch([[copy, digests]], running);
      }
    } finally {
      for (const copy of copies.values()) await copy.close();
    }
    const { id, digests } = await toldOf(file.path);
    if (id !== undefined && (await isThere(home, id, running.signal))) await file.fetch(digests, running);
    // Without its digests it is none that can be referred to.
    else for (const range of digests) await blank(file.path, range);
    const path = join(folder, base);
    await mkdir(dirname(path), { recursive: true });
    await rename(file.path, path);
    return path;
  } finally {
    await file.close();
  }
}

async function blank(path: string, [start, end]: Range): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await writeAll(handle, new Uint8Array(end - start), start);
  } finally {
    await handle.close();
  }
}

/** What a file of which the footer is there is called by others, and where its digests are. */
async function toldOf(path: string): Promise<{ id: string | undefined; digests: Range[] }> {
  const file = await ParquetFile.open(path);
  try {
    if (!file.footer.ours) return { id: undefined, digests: [] };
    const { offset, bytes } = Object(JSON.parse(file.keyValues[KEY_DIGESTS] ?? '{}')) as { offset?: unknown; bytes?: unknown };
    const isFine = Number.isSafeInteger(offset) && Number.isSafeInteger(bytes) && (bytes as number) > 0;
    return { id: file.keyValues[KEY_ID], digests: isFine ? [[offset as number, (offset as number) + (bytes as number)]] : [] };
  } finally {
    await file.close();
  }
}
