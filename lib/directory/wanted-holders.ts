import { fromSystemError, isCheckpointError, type CheckpointErrorCode } from '../base/errors.js';
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../base/commit/commit.js';
import { ownerOf } from '../base/commit/temporary-name.js';
import { firstBytes, PARQUET } from '../formats/first-bytes.js';
import { describeEach } from '../formats/parquet/describe-files.js';
import { POOL_FOLDER } from '../formats/parquet/pool.js';
import { referencesOf } from '../formats/parquet/references.js';

const NOT_OURS: ReadonlySet<CheckpointErrorCode> = new Set(['ERR_CKPT_NOT_FOUND', 'ERR_CKPT_NOT_A_FILE', 'ERR_CKPT_PERMISSION']);

/** The files that checkpoints of a directory refer to, by their ids; undefined if one of them does not tell. */
export async function wantedIn(directory: string): Promise<Set<string> | undefined> {
  const paths = await parquetBelow(directory);
  // A deletion that was seen must be one that stays.
  for (const folder of new Set(paths.map(dirname))) await syncFolder(folder).catch(() => {});
  const wanted = new Set<string>();
  for await (const [path, file] of describeEach(paths)) {
    if (file === undefined && (await isThere(path))) return undefined;
    for (const { id } of file === undefined ? [] : (referencesOf(file.footer.keyValues)?.holders ?? [])) wanted.add(id);
  }
  return wanted;
}

/** Every Parquet file of a directory, at any depth and of any name, but for the pool's own and temporaries. */
export async function parquetBelow(directory: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path, name } of filesBelow(directory))
    if (name.endsWith('.parquet') || (ownerOf(name) === undefined && (await isParquet(path)))) paths.push(path);
  return paths;
}

/** Whether somebody who may live has a temporary in a directory: of a save, or of a file that it is about to replace. */
export async function isSavedTo(directory: string): Promise<boolean> {
  for await (const { name } of filesBelow(directory)) {
    const owner = ownerOf(name);
    if (owner !== undefined && owner !== 'dead') return true;
  }
  return false;
}

/** The names in a folder; none where there is no folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fromSystemError(error, 'list', folder);
  }
}

/** Steps may be links to folders elsewhere: what is there is loaded by its name here. */
async function* filesBelow(directory: string): AsyncGenerator<{ path: string; name: string }> {
  const seen = new Set<string>();
  const folders = [directory];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const real = await realpath(folder).catch(() => undefined);
    if (real === undefined || seen.has(real)) continue;
    seen.add(real);
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(gone)) {
      const { name } = entry;
      const path = join(folder, name);
      if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path)))) {
        if (name !== POOL_FOLDER) folders.push(path);
      } else yield { path, name };
    }
  }
}

/** A folder that was removed meanwhile has no entries. */
function gone(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

/** What is gone, no file, or nobody's here to read cannot have been saved with what is here. What cannot be read for now may be one. */
async function isParquet(path: string): Promise<boolean> {
  try {
    return (await firstBytes(path)) === PARQUET;
  } catch (error) {
    return !(isCheckpointError(error) && NOT_OURS.has(error.code));
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
