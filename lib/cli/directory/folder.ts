import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import { isCheckpointName } from '../../directory/is-checkpoint-name.js';
import { statOf } from '../../directory/stat-of.js';
import { isBucketUrl } from '../../options/bucket-url.js';
import { isPartsFolder, listParts } from '../../formats/folder/list-parts.js';

/** A file below a folder, or a part of it that cannot be listed. */
export interface FoundEntry {
  path: string;
  /** The names of the folders between, and of the file. */
  parts: readonly string[];
  error?: unknown;
}

/** Throws unless there is a folder: `ERR_CKPT_NOT_FOUND`, `ERR_CKPT_NOT_A_FILE`. */
export async function needFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  throw new CheckpointError('ERR_CKPT_NOT_A_FILE', `${path} is no folder; name the directory of the checkpoints`, { path });
}

/** The same, where the URL of a directory may stand: that there is nothing in it, whoever lists it tells. */
export async function needDirectory(path: string): Promise<void> {
  if (!isBucketUrl(path)) await needFolder(path);
}

/** Whether a path is a folder. @throws `ERR_CKPT_NOT_FOUND` */
export async function isFolder(path: string): Promise<boolean> {
  return (await statOf(path)).isDirectory();
}

/** Bytes of a file, or of all parts of a folder. @throws `ERR_CKPT_NOT_FOUND`, and `ERR_CKPT_NOT_A_FILE` for another folder */
export async function sizeOf(path: string): Promise<number> {
  const stats = await statOf(path);
  if (stats.isFile()) return stats.size;
  if (stats.isDirectory()) return (await listParts(path)).reduce((sum, { bytes }) => sum + bytes, 0);
  throw new CheckpointError('ERR_CKPT_NOT_A_FILE', `cannot read ${path}: it is no regular file`, { path });
}

/**
 * The checkpoints below a folder, at any depth, in the order of their names: files by their extension, but for what begins with a dot
 * (temporaries, configuration) and DocETL's lists of hashes; `NAME.parquet` that is a folder of parts is one checkpoint. A folder that
 * cannot be listed is reported with its error, and the rest goes on. Links are followed, each folder once. `isOne`: which names count.
 */
export async function* checkpointsBelow(
  folder: string,
  parts: readonly string[] = [],
  seen: Set<string> = new Set(),
  isOne: (name: string) => boolean = isCheckpointName,
): AsyncGenerator<FoundEntry, void, undefined> {
  let entries: Dirent[];
  try {
    const real = await realpath(folder);
    if (seen.has(real)) return;
    seen.add(real);
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    yield { path: folder, parts, error: fromSystemError(error, 'list', folder) };
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const found = { path: join(folder, entry.name), parts: [...parts, entry.name] };
    const isDirectory = entry.isSymbolicLink() ? await isFolder(found.path).catch(() => false) : entry.isDirectory();
    if (isDirectory && (await isOneCheckpoint(found.path))) yield found;
    else if (isDirectory) yield* checkpointsBelow(found.path, found.parts, seen, isOne);
    else if (isOne(entry.name)) yield found;
  }
}

/** Whether a folder is a checkpoint of parts by its name and what is in it. */
async function isOneCheckpoint(folder: string): Promise<boolean> {
  return folder.endsWith('.parquet') && (await isPartsFolder(folder));
}
