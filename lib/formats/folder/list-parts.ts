import type { Dirent } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { CheckpointError, fromSystemError, isCheckpointError } from '../../base/errors.js';
import { MAX_PARTS } from '../../options/limits.js';
import { FoundParts, type FoundPart } from './found-parts.js';
import type { HivePair } from './hive.js';
import { isByEngine, isIgnored, isMarker, isPartition } from './part-names.js';
import { whileSame } from './while-same.js';

/** Files that the system is asked for at a time. */
const AT_ONCE = 64;

/** A part of a folder, as it was when the folder was listed. */
export interface Part {
  path: string;
  /** What the folders on its way give. */
  pairs: readonly HivePair[];
  bytes: number;
  /** Milliseconds since 1970. */
  modifiedMs: number;
  /** Differs when the part has changed, or is another file. */
  stamp: string;
}

/**
 * The parts of a folder in the order of their names. Names that begin with `_` or `.` are no parts. @throws `ERR_CKPT_NOT_A_FILE` for a
 * folder that is none of parts, `ERR_CKPT_UNSUPPORTED_FILE` for a table with a log and for links that lead out of the folder,
 * `ERR_CKPT_LIMIT`, `ERR_CKPT_CHANGED` for a folder that was replaced meanwhile
 */
export async function listParts(folder: string, most: number = MAX_PARTS): Promise<Part[]> {
  try {
    return await whileSame(folder, () => list(folder, Math.min(most, MAX_PARTS)));
  } catch (error) {
    throw fromSystemError(error, 'read', folder);
  }
}

/** Whether {@link listParts} failed since another save has replaced the folder, by a folder or a file. */
export function isReplaced(error: unknown): boolean {
  if (!isCheckpointError(error)) return false;
  const isNone = (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOTDIR';
  return error.code === 'ERR_CKPT_CHANGED' || error.code === 'ERR_CKPT_NOT_FOUND' || isNone;
}

async function list(folder: string, most: number): Promise<Part[]> {
  const found = await new Listing(folder, most).all();
  const parts: Part[] = [];
  for (let at = 0; at < found.length; at += AT_ONCE) {
    const piece = found.slice(at, at + AT_ONCE).map(async ({ steps, pairs }) => {
      const path = join(folder, ...steps);
      const { bytes, modifiedMs, stamp } = await stampOf(path);
      return { path, pairs, bytes, modifiedMs, stamp };
    });
    parts.push(...(await Promise.all(piece)));
  }
  return parts;
}

/** What differs between a part and another that takes its place, its size and its time. @throws `ERR_CKPT_CHANGED` where it is gone */
export async function stampOf(path: string): Promise<Pick<Part, 'bytes' | 'modifiedMs' | 'stamp'>> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
    return { bytes: Number(size), modifiedMs: Number(mtimeNs) / 1e6, stamp: [dev, ino, size, mtimeNs].join() };
  } catch (error) {
    // A file may have the folder's name by now.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw vanished(path, error);
    throw fromSystemError(error, 'read', path);
  }
}

/** When a part was changed, in nanoseconds since 1970, of a stamp. */
export function changeOf(stamp: string): string {
  return stamp.slice(stamp.lastIndexOf(',') + 1);
}

/** The error of a part that was there a moment ago. */
export function vanished(path: string, cause: unknown): CheckpointError {
  const message = `the part ${path} was removed while its folder was read; read the folder again`;
  return new CheckpointError('ERR_CKPT_CHANGED', message, { path, cause });
}

class Listing {
  readonly #folder: string;
  readonly #found: FoundParts;
  #root: string | undefined;

  constructor(folder: string, most: number) {
    this.#folder = folder;
    this.#found = new FoundParts(folder, most);
  }

  async all(): Promise<FoundPart[]> {
    await this.#list([], []);
    return this.#found.all();
  }

  async #list(steps: readonly string[], pairs: readonly HivePair[]): Promise<void> {
    for await (const entry of await opendir(join(this.#folder, ...steps))) {
      this.#found.count();
      if (this.#found.isData(entry.name, steps.length)) await this.#add(entry, [...steps, entry.name], pairs);
    }
  }

  async #add(entry: Dirent, steps: readonly string[], pairs: readonly HivePair[]): Promise<void> {
    const kind = entry.isSymbolicLink() ? await this.#behind(steps) : entry;
    if (kind.isDirectory()) return this.#list(steps, this.#found.inside(steps, pairs));
    this.#found.add(steps, pairs, kind.isFile());
  }

  /** A link may lead to another place in the folder, and nowhere else: a folder of a stranger must not show files of the reader. */
  async #behind(steps: readonly string[]): Promise<{ isDirectory(): boolean; isFile(): boolean }> {
    const link = join(this.#folder, ...steps);
    this.#root ??= await realpath(this.#folder);
    const target = await realpath(link);
    if (target.startsWith(this.#root + sep)) return stat(link);
    const message = `${link} is a link that leads out of the folder; copy the part into it`;
    throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', message, { path: link });
  }
}

/**
 * Whether a folder is surely one of parts, and not one in which others keep files: it has `_SUCCESS` or the like, `key=value` folders, or
 * nothing but files of the names that engines give to parts. False for what cannot be listed.
 */
export async function isPartsFolder(folder: string): Promise<boolean> {
  let looked = 0;
  let byEngines = 0;
  try {
    for await (const { name } of await opendir(folder)) {
      if (isMarker(name) || isPartition(name)) return true;
      if (isIgnored(name)) continue;
      if (!isByEngine(name)) return false;
      byEngines++;
      if (++looked === MAX_PARTS) break;
    }
  } catch {
    return false;
  }
  return byEngines > 0;
}
