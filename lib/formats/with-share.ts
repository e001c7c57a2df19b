import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fromSystemError } from '../base/errors.js';
import { invalid, show } from '../base/messages.js';
import { basesOf } from '../options/base.js';
import type { WriteOptions } from '../options/options.js';
import type { TypedWriteOptions } from './parquet/column-types.js';
import { isLines } from './text/is-lines.js';
import { foldersAbove, FOLDERS_UP, type ShareRequest } from './parquet/pool.js';

/** Whoever reads the file looks for the pool from its folder upwards. */
function checkAbove(root: string, path: string): void {
  const above = foldersAbove(path);
  if (!above.includes(resolve(root)))
    throw invalid(`pool must be the file's folder, or one of the ${FOLDERS_UP - 1} above it, got ${show(root)} for ${path}`);
}

/** What a save to a path shares: its bases are paths. @throws `ERR_CKPT_NOT_FOUND` for one that is not there */
async function shareOfPaths(path: string, { base, pool, compat, share }: WriteOptions): Promise<ShareRequest | undefined> {
  // What another program reads is whole.
  if (base === undefined || base === false || compat !== undefined) return undefined;
  const root = pool ?? dirname(path);
  const reflink = share === 'reflink';
  if (!reflink) checkAbove(root, path);
  if (base === 'auto') return { root, bases: [path], reflink };
  const bases: string[] = [];
  for (const each of basesOf(base)) {
    if (typeof each !== 'string')
      throw invalid(
        'base of a file is a path, of a Kura manager a name, or an array of these; { step, operation } is for a CheckpointManager',
      );
    await stat(each).catch((error: unknown) => {
      throw fromSystemError(error, 'find the base', each);
    });
    bases.push(each);
  }
  return { root, bases, reflink };
}

/** The options of a save to a path, with what it shares. */
export async function withShare(path: string, options: WriteOptions): Promise<TypedWriteOptions> {
  const isText = path.endsWith('.json') || isLines(path);
  if (isText) refuseReflink(options, 'JSON and JSONL');
  const sharing = await shareOfPaths(path, options);
  return sharing === undefined ? options : { ...options, sharing };
}

/** Blocks of text files are not shared. @throws `ERR_CKPT_INVALID_OPTION` where that was asked for */
export function refuseReflink({ share }: WriteOptions, of: string): void {
  if (share === 'reflink') throw invalid(`share: 'reflink' is for Parquet, and not for ${of}`);
}
