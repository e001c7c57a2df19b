import { basename, dirname, join, resolve } from 'node:path';
import { nodeFs } from '../../base/node-modules.js';
import { makeFolder } from '../../base/commit/commit.js';
import { environment } from '../../base/environment.js';
import { FileLock } from '../../base/lock/file-lock.js';

/** The folder of the pool, in the root of what shares values: the directory of a manager. */
export const POOL_FOLDER = '.ckpt';

/** So many folders, a file's own first, are looked through for the pool. */
export const FOLDERS_UP = 8;

/** The folder of a file and those above it, as far as one of them may have the pool: by their names, then where links lead. */
export function foldersAbove(path: string): string[] {
  return [...new Set([...above(path), ...above(realPath(resolve(path)))])];
}

/** Where links lead, as far as the path is there. */
function realPath(path: string): string {
  try {
    return nodeFs().realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(realPath(dirname(path)), basename(path));
  }
}

function above(path: string): string[] {
  const folders: string[] = [];
  let folder = dirname(resolve(path));
  while (folders.length < FOLDERS_UP && folders.at(-1) !== folder) {
    folders.push(folder);
    folder = dirname(folder);
  }
  return folders;
}

export function hasPool(folder: string): boolean {
  try {
    return nodeFs().statSync(join(folder, POOL_FOLDER)).isDirectory();
  } catch {
    return false;
  }
}

/** Smaller files stay whole: no dependence for no gain. */
export const SMALLEST_FILE = 1 << 20;

/** Tests want small files to share, too. */
export const sharesAnySize = (): boolean => environment('ARROW_CKPT_SHARE_ANY') === '1';

/** How often the folder is made again, if another process removes it. */
const ATTEMPTS = 100;

/** What a save may share: paths as the file system has them. */
export interface ShareRequest {
  /** The folder that has, or gets, {@link POOL_FOLDER}. */
  root: string;
  /** Checkpoints that may have the same values, the likeliest first. */
  bases: readonly string[];
  /** Blocks of whole files instead of values. */
  reflink?: boolean;
}

/**
 * The lock of the pool: whoever pins a file there, or sweeps it, has it for moments.
 * @throws `ERR_CKPT_LOCKED`, errors of the file system
 */
export async function lockPool(root: string, signal?: AbortSignal): Promise<FileLock> {
  const folder = join(root, POOL_FOLDER);
  const options = { signal, what: 'the pool of shared files', queues: true, brief: true };
  for (let attempt = 1; ; attempt++) {
    try {
      await makeFolder(folder);
      return await FileLock.take(join(folder, 'lock'), options);
    } catch (error) {
      // Who clears the directory has removed the folder in between.
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== 'ENOENT' && code !== 'ERR_CKPT_NOT_FOUND') || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The path that a file has in the pool of a folder. */
export function holderPath(root: string, id: string): string {
  return join(root, POOL_FOLDER, 'pool', `${id}.holder`);
}

/** Files of one id in the trash that are looked at. */
export const MAX_TRASHED = 16;

/** Where a file may be to which the checkpoint at `path` refers, in the order of FORMAT.md, 12; as `places` of the core's holders.rs. */
export function* placesOf({ id, hint }: { id: string; hint: string }, path: string): Generator<string, void, undefined> {
  const above = foldersAbove(path);
  const homes = above.filter(hasPool);
  for (const folder of homes.length === 0 ? above : homes) {
    yield holderPath(folder, id);
    const trash = join(folder, POOL_FOLDER, 'trash');
    const ofId = namesIn(trash)
      .filter((name) => name.startsWith(`${id}.`))
      .slice(0, MAX_TRASHED);
    for (const name of ofId.sort()) yield join(trash, name);
    if (hint !== '') yield join(folder, hint);
    // It may have come there from the trash meanwhile.
    yield holderPath(folder, id);
  }
}

function namesIn(folder: string): string[] {
  try {
    return nodeFs().readdirSync(folder);
  } catch {
    return [];
  }
}
