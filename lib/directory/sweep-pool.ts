import { rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { loadBinding } from '../base/addon/binding.js';
import { makeFolder, syncFolder } from '../base/commit/commit.js';
import { ownerOf } from '../base/commit/temporary-name.js';
import { fromSystemError } from '../base/errors.js';
import { lockPool, POOL_FOLDER } from '../formats/parquet/pool.js';
import type { Logger } from './log-lines.js';
import { isSavedTo, namesIn, wantedIn } from './wanted-holders.js';

/** What nobody refers to waits so long before it goes: a lock may have been taken away from a save that still runs. */
const TRASH_MS = 3_600_000;

/** A file of the pool that was removed. */
export interface SweptHolder {
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
 *
 * The hour is counted from the move to the trash to the beginning of this sweep, before it looks what is referred to. Counted to the moment
 * of the removal, or from the beginning of the sweep that moved it, it would not cover a save that pins in between. The steps of this file
 * and all their interleavings are in crates/arrow-ckpt/tests/protocol.
 */
export async function sweepPool(directory: string, { dryRun, logger, trashMs = TRASH_MS }: PoolSweep): Promise<SweptHolder[]> {
  // Without the binary no footer is read here.
  if ((await isEmpty(directory)) || loadBinding() === null) return [];
  return inPool(directory, async (pool) => {
    const begun = Date.now();
    const wanted = await wantedIn(directory);
    if (wanted === undefined) {
      logger?.warn(`${pool.home} stays as it is: a checkpoint in ${directory} cannot be read, and may refer to any file there`);
      return [];
    }
    const removed = await pool.empty(wanted, { dryRun, before: begun - trashMs });
    if (!dryRun) await pool.trash(wanted);
    return removed;
  });
}

/**
 * Removes what no checkpoint of a directory refers to at once, and `.ckpt` if nothing else is in it: when a directory is cleared, which
 * leaves files that are no checkpoints of a manager. Where somebody saves there meanwhile, a sweep does the rest.
 */
export async function clearPool(directory: string): Promise<void> {
  if (await isEmpty(directory)) return;
  await inPool(directory, async (pool) => {
    const wanted = await wantedIn(directory);
    if (wanted === undefined) return;
    await pool.trash(wanted);
    // A save may have pinned before, and have its name later: until then it has a temporary. So these are looked for first.
    const again = (await isSavedTo(directory)) ? undefined : await wantedIn(directory);
    if (again !== undefined) await pool.empty(again, { dryRun: false, before: Number.POSITIVE_INFINITY });
  });
  // The lock is gone, too. What is not empty stays.
  for (const folder of ['pool', 'trash', '']) await rmdir(join(directory, POOL_FOLDER, folder)).catch(() => {});
}

async function isEmpty(directory: string): Promise<boolean> {
  const folders = ['pool', 'trash'].map((name) => namesIn(join(directory, POOL_FOLDER, name)));
  return (await Promise.all(folders)).flat().length === 0;
}

/** Does what needs the lock of the pool. */
async function inPool<T>(directory: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const lock = await lockPool(directory);
  const pool = new Pool(join(directory, POOL_FOLDER));
  try {
    const result = await work(pool);
    await pool.flush();
    return result;
  } catch (error) {
    throw fromSystemError(error, 'sweep', pool.home);
  } finally {
    await lock.release();
  }
}

/** `.ckpt` of a directory, for who has its lock. */
class Pool {
  readonly home: string;
  readonly #pool: string;
  readonly #trash: string;

  constructor(home: string) {
    this.home = home;
    this.#pool = join(home, 'pool');
    this.#trash = join(home, 'trash');
  }

  /** Takes out of the trash what is wanted, and removes what is not and has been there since `before`. */
  async empty(wanted: ReadonlySet<string>, { dryRun, before }: { dryRun: boolean; before: number }): Promise<SweptHolder[]> {
    const removed: SweptHolder[] = [];
    for (const name of await namesIn(this.#trash)) {
      const [id = '', time = ''] = name.split('.');
      const path = join(this.#trash, name);
      // A save has pinned it again, from here: the pool has it.
      const isDue = wanted.has(id) ? (await namesIn(this.#pool)).includes(`${id}.holder`) : Number(time) < before;
      if (wanted.has(id) && !isDue && !dryRun) {
        await makeFolder(this.#pool);
        await rename(path, join(this.#pool, `${id}.holder`));
      }
      if (!isDue) continue;
      removed.push({ path, bytes: await bytesOf(path) });
      if (!dryRun) await unlink(path);
    }
    return removed;
  }

  /** Moves to the trash what is not wanted. */
  async trash(wanted: ReadonlySet<string>): Promise<void> {
    for (const name of await namesIn(this.#pool)) {
      const id = name.endsWith('.holder') ? name.slice(0, -'.holder'.length) : undefined;
      const path = join(this.#pool, name);
      if (id === undefined) {
        if (ownerOf(name) === 'dead') await rm(path, { force: true });
      } else if (!wanted.has(id)) {
        await makeFolder(this.#trash);
        await rename(path, join(this.#trash, `${id}.${Date.now()}`));
      }
    }
  }

  async flush(): Promise<void> {
    for (const folder of [this.#pool, this.#trash]) await syncFolder(folder).catch(() => {});
  }
}

const bytesOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
