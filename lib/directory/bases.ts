import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError } from '../base/errors.js';
import { invalid } from '../base/messages.js';
import type { ShareRequest } from '../formats/parquet/pool.js';
import { basesOf, MAX_BASES, type Base } from '../options/base.js';
import type { RecentFiles } from './recent-files.js';

/** So many folders of steps, and so many files in one, are looked at for the newest: a directory may have thousands. */
const FOLDERS = 4;
const FILES = 16;

/** Whose values a save in a directory may share. */
export interface Sharing {
  directory: string;
  /** The path of the file that is saved. */
  path: string;
  recent: RecentFiles;
  /** The path of a checkpoint that `base` names; undefined where there is none. */
  find: (step: string, operation: string) => Promise<string | undefined>;
}

/** The files that may have the same values. @throws `ERR_CKPT_NOT_FOUND` for one that is named and not there */
export async function basesIn(sharing: Sharing, base: Base | undefined): Promise<ShareRequest | undefined> {
  if (base === undefined || base === false) return undefined;
  const { directory: root } = sharing;
  if (base === 'auto') return { root, bases: await likelyBases(sharing) };
  return { root, bases: await namedBases(base, sharing.find, root) };
}

/** The paths of the checkpoints that `base` names. @throws `ERR_CKPT_NOT_FOUND` for one that is not there, with `directory` as its path */
export async function namedBases(base: Exclude<Base, 'auto' | false>, find: Sharing['find'], directory: string): Promise<string[]> {
  const bases: string[] = [];
  for (const each of basesOf(base)) {
    if (typeof each === 'string')
      throw invalid("base of a manager is 'auto', { step, operation }, an array of these, or false; paths are for writeCheckpoint");
    const path = await find(each.step, each.operation);
    if (path === undefined) {
      const message = `base: there is no checkpoint of operation '${each.operation}' in step '${each.step}'`;
      throw new CheckpointError('ERR_CKPT_NOT_FOUND', message, { path: directory });
    }
    bases.push(path);
  }
  return bases;
}

/** The version before, what the manager worked with last, then the newest files of the directory. */
async function likelyBases({ directory, path, recent }: Sharing): Promise<string[]> {
  const likely = new Set([path, ...recent.paths]);
  // A process that has just started knows nothing yet.
  if (recent.paths.length === 0) for (const newest of await newestFiles(directory)) likely.add(newest);
  return [...likely].filter((each) => each.endsWith('.parquet')).slice(0, MAX_BASES);
}

async function newestFiles(directory: string): Promise<string[]> {
  const folders = await newest(await entriesOf(directory), directory, (entry) => entry.isDirectory(), Number.POSITIVE_INFINITY);
  const files: { path: string; ms: number }[] = [];
  for (const { path } of folders.slice(0, FOLDERS))
    files.push(...(await newest(await entriesOf(path), path, (entry) => entry.isFile() && entry.name.endsWith('.parquet'), FILES)));
  return files
    .sort((a, b) => b.ms - a.ms)
    .map(({ path }) => path)
    .slice(0, MAX_BASES);
}

/** Those that are wanted, the newest first. A folder that is not there, or that nobody may read, has none: nothing is lost by that. */
async function newest(
  entries: readonly Dirent[],
  folder: string,
  isWanted: (entry: Dirent) => boolean,
  most: number,
): Promise<{ path: string; ms: number }[]> {
  const wanted = entries.filter((entry) => !entry.name.startsWith('.') && isWanted(entry)).slice(0, most);
  const dated = await Promise.all(
    wanted.map(async ({ name }) => {
      const path = join(folder, name);
      return {
        path,
        ms: await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      };
    }),
  );
  return dated.sort((a, b) => b.ms - a.ms);
}

function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}
