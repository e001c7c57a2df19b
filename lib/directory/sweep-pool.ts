import { readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadBinding } from '../base/addon/binding.js';
import { makeFolder, syncFolder } from '../base/commit/commit.js';
import { ownerOf } from '../base/commit/temporary-name.js';
import { fromSystemError } from '../base/errors.js';
import { describeFiles } from '../formats/parquet/describe-files.js';
import { lockPool, POOL_FOLDER } from '../formats/parquet/pool.js';
import { referencesOf } from '../formats/parquet/references.js';
import type { Logger } from './log-lines.js';

/** What nobody refers to waits so long before it goes: a lock may have been taken away from a save that still runs. */
const TRASH_MS = 3_600_000;
/** Footers that are read at a time. */
const AT_ONCE = 64;

/** A file of the pool that was removed. */
interface SweptHolder {
  path: string;
  bytes: number;
}

/** How to sweep. */
interface PoolSweep {
  dryRun: boolean;
  logger: Logger | null;
  /** How long what nobody refers to has waited at least. @default {@link TRASH_MS} */
  trashMs?: number;
}

/**
 * Removes from the pool of a directory what no checkpoint refers to. It goes to `.ckpt/trash` first, and an hour later for good. If there
 * is a checkpoint whose footer cannot be read, nothing goes: it may refer to anything.
 */
export async function sweepPool(directory: string, { dryRun, logger, trashMs = TRASH_MS }: PoolSweep): Promise<SweptHolder[]> {
  const home = join(directory, POOL_FOLDER);
  const [pool, trash] = [join(home, 'pool'), join(home, 'trash')];
  const waits = [...(await namesIn(pool)), ...(await namesIn(trash))];
  // Without the binary no footer is read here.
  if (waits.length === 0 || loadBinding() === null) return [];
  const lock = await lockPool(directory);
  try {
    const begun = Date.now();
    const wanted = await wantedIn(directory);
    if (wanted === undefined) {
      logger?.warn(`${home} stays as it is: a checkpoint in ${directory} cannot be read, and may refer to any file there`);
      return [];
    }
    const removed: SweptHolder[] = [];
    for (const name of await namesIn(trash)) {
      const [id = '', time = ''] = name.split('.');
      const path = join(trash, name);
      // A save has pinned it again, from here: the pool has it.
      const isDue = wanted.has(id) ? (await namesIn(pool)).includes(`${id}.holder`) : Number(time) < begun - trashMs;
      if (wanted.has(id) && !isDue && !dryRun) await rename(path, join(pool, `${id}.holder`));
      if (!isDue) continue;
      removed.push({ path, bytes: await bytesOf(path) });
      if (!dryRun) await unlink(path);
    }
    for (const name of await namesIn(pool)) {
      const id = name.endsWith('.holder') ? name.slice(0, -'.holder'.length) : undefined;
      const path = join(pool, name);
      if (id === undefined) {
        if (ownerOf(name) === 'dead' && !dryRun) await unlink(path);
      } else if (!wanted.has(id) && !dryRun) {
        await makeFolder(trash);
        await rename(path, join(trash, `${id}.${begun}`));
      }
    }
    if (!dryRun) for (const folder of [pool, trash]) await syncFolder(folder).catch(() => {});
    return removed;
  } catch (error) {
    throw fromSystemError(error, 'sweep', home);
  } finally {
    await lock.release();
  }
}

/** The files that checkpoints of a directory refer to; undefined if one of them does not tell. */
export async function wantedIn(directory: string): Promise<Set<string> | undefined> {
  const paths = await parquetBelow(directory);
  // A deletion that was seen must be one that stays.
  for (const folder of new Set(paths.map(dirname))) await syncFolder(folder).catch(() => {});
  const wanted = new Set<string>();
  for (let start = 0; start < paths.length; start += AT_ONCE) {
    const piece = paths.slice(start, start + AT_ONCE);
    for (const [index, file] of (await describeFiles(piece)).entries()) {
      if (file === undefined && (await isThere(piece[index] as string))) return undefined;
      for (const { id } of file === undefined ? [] : (referencesOf(file.footer.keyValues)?.holders ?? [])) wanted.add(id);
    }
  }
  return wanted;
}

/** Every Parquet file of a directory, at any depth, but for the pool's own. */
export async function parquetBelow(directory: string): Promise<string[]> {
  const paths: string[] = [];
  const look = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== POOL_FOLDER) await look(path);
      else if (!entry.isDirectory() && entry.name.endsWith('.parquet')) paths.push(path);
    }
  };
  await look(directory);
  return paths;
}

/** The names in a folder; none where there is no folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
const bytesOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
