import { link, rename, stat, unlink, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { nodeFs } from '../base/node-modules.js';
import { commitFile, syncFolder } from '../base/commit/commit.js';
import { writeAll } from '../base/commit/write-all.js';
import { fromSystemError } from '../base/errors.js';
import { hasPool, lockPool } from '../formats/parquet/pool.js';
import { createIn } from './folders.js';
import { keptStem, nextKept } from './kept-files.js';

/**
 * Gives a checkpoint a second name among kept results, so that it outlives the save that is about to take its first one. A copy where the
 * file system has no links. Durable when it resolves. `directory`: of the manager; gives the new path, undefined where somebody has removed
 * the checkpoint meanwhile.
 */
export async function keepFile(path: string, folder: string, directory: string): Promise<string | undefined> {
  const target = await targetFor(path, folder);
  // A sweep of the pool looks at all files one after the other: what a thin one refers to must not seem unwanted in between.
  const lock = hasPool(directory) ? await lockPool(directory) : undefined;
  try {
    await createIn(folder, async () => {
      try {
        await link(path, target);
      } catch (error) {
        if (WRONG.has((error as NodeJS.ErrnoException).code)) throw error;
        await copy(path, target);
      }
    });
    await syncFolder(folder);
    return target;
  } catch (error) {
    if (await isGone(path)) return undefined;
    throw fromSystemError(error, 'keep', path);
  } finally {
    await lock?.release();
  }
}

/** Moves files of results, none of them thin, to kept results. Durable when it resolves. */
export async function moveToKept(paths: readonly string[], folder: string): Promise<void> {
  for (const path of paths) {
    const target = await targetFor(path, folder);
    try {
      await createIn(folder, async () => {
        try {
          await rename(path, target);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
          await copy(path, target);
          await unlink(path);
        }
      });
    } catch (error) {
      if (!(await isGone(path))) throw fromSystemError(error, 'keep', path);
    }
  }
  // The new names first: a power cut may leave both.
  for (const each of new Set(paths.length === 0 ? [] : [folder, ...paths.map(dirname)])) await syncFolder(each);
}

/** Who clears a directory is in nobody's way. */
async function isGone(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}

/** What a copy would not mend. */
const WRONG: ReadonlySet<string | undefined> = new Set(['ENOENT', 'EEXIST', 'ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO']);

async function targetFor(path: string, folder: string): Promise<string> {
  return keptStem(folder, await nextKept(folder)) + (path.endsWith('.json') ? '.json' : '.parquet');
}

async function copy(path: string, target: string): Promise<void> {
  const { atime, mtime } = await stat(path);
  await commitFile(target, async (handle) => {
    let position = 0;
    for await (const piece of nodeFs().createReadStream(path) as AsyncIterable<Buffer>) {
      await writeAll(handle, piece, position);
      position += piece.length;
    }
  });
  await utimes(target, atime, mtime);
}
