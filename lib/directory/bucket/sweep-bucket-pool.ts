import { nodeCrypto } from '../../base/node-modules.js';
import { isCheckpointError } from '../../base/errors.js';
import { writeSmall } from '../../bucket/small-object.js';
import { ensureConditional } from '../../bucket/ensure-conditional.js';
import { POOL_FOLDER } from '../../formats/parquet/pool.js';
import type { BucketEntry } from '../../options/bucket.js';
import { inParallel } from '../../base/in-parallel.js';
import type { Logger } from '../log-lines.js';
import type { SweptHolder } from '../sweep-pool.js';
import { placeIn, type BucketHome } from './bucket-home.js';
import { markOf, marksOf, setMark, type Mark } from './pool-marks.js';
import { wantedInBucket } from './wanted-in-bucket.js';

/** What nobody refers to waits so long before it goes: see pool-marks.ts. */
const GRACE_MS = 3_600_000;
/** So long after it has set the mark a sweep removes a file, or leaves that to the next. */
const REMOVAL_MS = 600_000;

/** How to sweep. */
interface PoolSweep {
  dryRun: boolean;
  logger: Logger | null;
  /** How long what nobody refers to has waited at least. @default {@link GRACE_MS} */
  graceMs?: number;
}

/** What there is of a pool: its files by their ids, and their marks as they were before anybody looked what is referred to. */
interface Seen {
  holders: Map<string, BucketEntry>;
  marks: Map<string, Mark>;
  /** When that was, by the clock of the store if it tells the time. */
  now: number;
}

/**
 * Removes from the pool of a directory in a bucket what no checkpoint refers to, an hour after a sweep has found that first. If there is a
 * checkpoint whose footer cannot be read, nothing goes: it may refer to anything.
 */
export async function sweepBucketPool(home: BucketHome, { dryRun, logger, graceMs = GRACE_MS }: PoolSweep): Promise<SweptHolder[]> {
  const seen = await look(home, dryRun);
  if (seen.holders.size === 0 && seen.marks.size === 0) return [];
  if (!dryRun) await ensureConditional(placeIn(home, `${POOL_FOLDER}/`), undefined);
  const wanted = await wantedInBucket(home);
  if (wanted === undefined) {
    logger?.warn(`${home.url}/${POOL_FOLDER} stays as it is: a checkpoint in ${home.url} cannot be read, and may refer to any file there`);
    return [];
  }
  const removed: SweptHolder[] = [];
  for (const [id, entry] of seen.holders) {
    const mark = seen.marks.get(id);
    const isDue = mark !== undefined && seen.now - mark.at >= graceMs;
    if (wanted.has(id)) {
      // A save has referred to it since, or it is referred to again.
      if (mark?.state === 'condemned' && !dryRun) await setMark(home, id, 'kept', mark);
    } else if (mark === undefined || mark.state === 'kept') {
      if (!dryRun) await setMark(home, id, 'condemned', mark ?? null);
    } else if (isDue && (dryRun || (await remove(home, id, entry, mark)))) {
      removed.push({ path: `${home.url}/${entry.key.slice(home.prefix.length)}`, bytes: entry.size });
    }
  }
  // Of files that went long ago: who has looked at them then has given up.
  for (const [id, mark] of seen.marks) if (!dryRun && !seen.holders.has(id) && seen.now - mark.at >= graceMs) await forget(home, id, mark);
  return removed;
}

/** Marks all files of the pool of a directory that was cleared: a sweep that begins an hour later removes those that nobody refers to. */
export async function condemnPool(home: BucketHome): Promise<void> {
  for await (const { key } of home.bucket.list(`${home.prefix}${POOL_FOLDER}/pool/`)) {
    const id = idOf(key);
    if (id === undefined) continue;
    const mark = await markOf(home, id);
    if (mark === null || mark.state === 'kept') await setMark(home, id, 'condemned', mark);
  }
}

async function look(home: BucketHome, dryRun: boolean): Promise<Seen> {
  const holders = new Map<string, BucketEntry>();
  for await (const entry of home.bucket.list(`${home.prefix}${POOL_FOLDER}/pool/`)) {
    const id = idOf(entry.key);
    if (id !== undefined) holders.set(id, entry);
  }
  const times = new Map<string, number | undefined>();
  const begin = marksOf(home);
  for await (const { key, modified } of home.bucket.list(begin)) times.set(key.slice(begin.length), modified?.getTime());
  const marks = new Map<string, Mark>();
  await inParallel([...times], async ([id, modified]) => {
    const mark = await markOf(home, id);
    // Both times are of one clock: the store's, where it tells.
    if (mark !== null) marks.set(id, { ...mark, at: modified ?? mark.at });
  });
  const isTold = [...times.values()].some((modified) => modified !== undefined);
  return { holders, marks, now: isTold && !dryRun ? await storeTime(home) : Date.now() };
}

/** The time by the clock of the store: that of an object which is made for it. */
async function storeTime(home: BucketHome): Promise<number> {
  const { key } = placeIn(home, `${POOL_FOLDER}/time-${nodeCrypto().randomBytes(8).toString('hex')}`);
  await writeSmall(home.bucket, key, 'What time is it?');
  try {
    for await (const { modified } of home.bucket.list(key)) if (modified !== undefined) return modified.getTime();
    return Date.now();
  } finally {
    await home.bucket.delete(key);
  }
}

/** False where a save refers to it since, another sweep is at it, or this one was held up. */
async function remove(home: BucketHome, id: string, { key }: BucketEntry, mark: Mark): Promise<boolean> {
  const begun = performance.now();
  if (mark.state === 'condemned' && !(await setMark(home, id, 'going', mark))) return false;
  if (performance.now() - begun > REMOVAL_MS) return false;
  // The mark stays for an hour: a save that has found the file before is not to refer to it.
  await home.bucket.delete(key);
  return true;
}

async function forget(home: BucketHome, id: string, { etag }: Mark): Promise<void> {
  try {
    await home.bucket.delete(marksOf(home) + id, { ifMatch: etag });
  } catch (error) {
    if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_CONDITION') throw error;
  }
}

function idOf(key: string): string | undefined {
  return /\/([0-9a-f]{32})\.holder$/.exec(key)?.[1];
}
