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
const BATCH_FILE = /^batch_(0|[1-9]\d*)\.(?:parquet|json)$/;

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

/** The files of a stem, the newest first: after an interrupted clean-up, or where DocETL writes too, a checkpoint may be there in both formats. */
export async function filesOf(stem: string): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const extension of EXTENSIONS) {
    const path = stem + extension;
    const stats = await statFile(path);
    if (stats === null) continue;
    found.push({ path, modifiedMs: stats.mtimeMs, bytes: stats.size, version: `${stats.ino}:${stats.mtimeMs}:${stats.size}` });
  }
  return found.sort((a, b) => b.modifiedMs - a.modifiedMs);
}

/** The newest file of a stem. */
export async function newest(stem: string): Promise<FoundFile | null> {
  return (await filesOf(stem))[0] ?? null;
}

/** The names of the folders of steps, sorted. */
export async function stepNames(directory: string): Promise<string[]> {
  const folders = (await listFolder(directory)).filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  return folders.map((entry) => entry.name).filter((name) => !name.startsWith('.') && !isBatchFolder(name));
}

/** Whether a folder in the directory holds batches. */
export function isBatchFolder(name: string): boolean {
  return !name.startsWith('.') && name.endsWith(BATCHES);
}

/** The operations that have batches, in the order of their names. */
export async function listBatchOperations(directory: string): Promise<string[]> {
  const folders = (await listFolder(directory)).filter((entry) => entry.isDirectory() && isBatchFolder(entry.name));
  return folders.map(({ name }) => decodeName(name.slice(0, -BATCHES.length), 'operation'));
}

/** Whether a file in the folder of a step is a checkpoint. */
export function isCheckpointFile(name: string): boolean {
  return componentOf(name) !== undefined;
}

/** The component of a checkpoint's file. DocETL's lists of input hashes are none, nor is what begins with a dot. */
function componentOf(name: string): string | undefined {
  const extension = EXTENSIONS.find((end) => name.endsWith(end));
  if (extension === undefined || name.startsWith('.')) return undefined;
  const component = name.slice(0, -extension.length);
  return component === '' || INPUT_HASHES.test(component) ? undefined : component;
}

/** Step and operation of every checkpoint in the directory, in the order of their names. */
export async function listOperations(directory: string): Promise<{ step: string; operation: string }[]> {
  const found: { step: string; operation: string }[] = [];
  for (const name of await stepNames(directory)) {
    const step = decodeName(name, 'step');
    const components = new Set<string>();
    for (const file of await listFolder(join(directory, name))) {
      const component = file.isDirectory() ? undefined : componentOf(file.name);
      if (component !== undefined) components.add(component);
    }
    for (const component of components) found.push({ step, operation: decodeName(component, 'operation') });
  }
  return found;
}

/** Whether a file in a folder of batches is one. */
export function isBatchFile(name: string): boolean {
  return BATCH_FILE.test(name);
}

/** The indexes of the batches in a folder, ascending. */
export async function listBatches(folder: string): Promise<number[]> {
  const indexes = new Set<number>();
  for (const file of await listFolder(folder)) {
    const match = BATCH_FILE.exec(file.name);
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
