import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError, fromSystemError } from '../errors.js';
import { show } from '../messages.js';
import { listFolder } from './folders.js';
import { decodeName, encodeName, foldName, twinName, type NameKind } from './names.js';

/*
 * DocETL's layout:
 *
 *   <directory>/<step>/<operation>.parquet        or .json
 *   <directory>/<operation>_batches/batch_<index>.parquet
 *
 * Everything that begins with a dot is not a checkpoint: temporaries (`.<name>.<random>.tmp`), DocETL's configuration file.
 */

/** Extensions of checkpoints; at equal ages the first wins. */
export const EXTENSIONS = ['.parquet', '.json'] as const;
const BATCHES = '_batches';
const INPUT_HASHES = /_input_hashes$/;

/** The file of one checkpoint or batch that is on disk. */
export interface FoundFile {
  path: string;
  /** Milliseconds since 1970, with the fractions that the file system keeps. */
  modifiedMs: number;
  bytes: number;
  /** Differs when another save has replaced the file. */
  version: string;
}

/** The folder of a step, whether it exists or not. */
export async function stepFolder(directory: string, step: string): Promise<string> {
  return join(directory, await placeOf(directory, step, 'step', ['']));
}

/** The path of an operation's file without its extension. */
export async function operationStem(folder: string, operation: string): Promise<string> {
  return join(folder, await placeOf(folder, operation, 'operation', EXTENSIONS));
}

/** The folder of an operation's batches, whether it exists or not. */
export async function batchFolder(directory: string, operation: string): Promise<string> {
  return join(directory, (await placeOf(directory, operation, 'operation', [BATCHES])) + BATCHES);
}

/** The path of a batch without its extension. */
export function batchStem(folder: string, index: number): string {
  if (!Number.isSafeInteger(index) || index < 0) {
    throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `the index of a batch must be an integer from 0 on, got ${show(index)}`);
  }
  return join(folder, `batch_${index}`);
}

/** The newest file of a stem: after an interrupted clean-up a checkpoint may be there in both formats. */
export async function newest(stem: string): Promise<FoundFile | null> {
  let found: FoundFile | null = null;
  for (const extension of EXTENSIONS) {
    const path = stem + extension;
    const stats = await statFile(path);
    if (stats !== null && (found === null || stats.mtimeMs > found.modifiedMs))
      found = { path, modifiedMs: stats.mtimeMs, bytes: stats.size, version: `${stats.ino}:${stats.mtimeMs}:${stats.size}` };
  }
  return found;
}

/** Step and operation of every checkpoint in the directory, in the order of their names. */
export async function listOperations(directory: string): Promise<{ step: string; operation: string }[]> {
  const found: { step: string; operation: string }[] = [];
  for (const folder of await listFolder(directory)) {
    if (folder.name.startsWith('.') || folder.name.endsWith(BATCHES) || !(folder.isDirectory() || folder.isSymbolicLink())) continue;
    const step = decodeName(folder.name, 'step');
    const stems = new Set<string>();
    for (const file of await listFolder(join(directory, folder.name))) {
      const extension = EXTENSIONS.find((end) => file.name.endsWith(end));
      if (extension === undefined || file.name.startsWith('.') || file.isDirectory()) continue;
      const component = file.name.slice(0, -extension.length);
      if (component !== '' && !INPUT_HASHES.test(component)) stems.add(component);
    }
    for (const component of stems) found.push({ step, operation: decodeName(component, 'operation') });
  }
  return found;
}

/** The indexes of the batches in a folder, ascending. */
export async function listBatches(folder: string): Promise<number[]> {
  const indexes = new Set<number>();
  for (const file of await listFolder(folder)) {
    const match = /^batch_(0|[1-9]\d*)\.(?:parquet|json)$/.exec(file.name);
    if (match !== null && !file.isDirectory()) indexes.add(Number(match[1]));
  }
  return [...indexes].sort((a, b) => a - b);
}

/**
 * The component under which a name is, or would be, kept in a folder: its plain encoding; the twin's when that one exists or a name that
 * differs only in case has the plain one; the name itself when another tool wrote it so (`100%.json`). `suffixes` are what follows the component.
 */
async function placeOf(folder: string, name: string, kind: NameKind, suffixes: readonly string[]): Promise<string> {
  const plain = encodeName(name, kind);
  const taken = new Set<string>();
  for (const entry of await listFolder(folder)) {
    if (entry.name.startsWith('.')) continue;
    for (const suffix of suffixes) if (entry.name.endsWith(suffix)) taken.add(entry.name.slice(0, entry.name.length - suffix.length));
  }
  if (taken.has(plain)) return plain;
  const fold = foldName(plain);
  const sibling = [...taken].some((other) => foldName(other) === fold);
  if (sibling) return twinName(name, kind);
  return [...taken].find((other) => decodeName(other, kind) === name) ?? plain;
}

async function statFile(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fromSystemError(error, 'look for', path);
  }
}
