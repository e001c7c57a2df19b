import type { Dirent, Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nameOfNext, nextOf } from '../base/commit/swap.js';
import { CheckpointError, fromSystemError } from '../base/errors.js';
import { show } from '../base/messages.js';
import { isPartsFolder } from '../formats/folder/list-parts.js';
import { listFolder } from './folders.js';
import { folderStats, isCheckpointPath } from './parts-folder.js';
import { decodeName, encodeName, foldName, foldsTo, NOTHING, twinIfShort, twinName, type NameKind } from './names.js';
import { isThereExactly, namesIn } from './folder-names.js';
import { namedEntries, pathOf, type NamedEntry } from './parts.js';

/*
 * DocETL's layout:
 *
 *   <directory>/<step>/<operation>.parquet        or .json; or a folder of this name, of parts that an engine wrote
 *   <directory>/<operation>_batches/batch_<index>.parquet
 *
 * and beside it, since two steps may have operations of one name, that of maps and of batches that say their step:
 *
 *   <directory>/<step>/<operation>_batches/batch_<index>.parquet
 *
 * Everything that begins with a dot is not a checkpoint: temporaries (`.<name>.<random>.tmp`), DocETL's configuration file.
 */

/** Extensions of checkpoints; at equal ages the first wins. */
export const EXTENSIONS = ['.parquet', '.json'] as const;
export const BATCHES = '_batches';
const INPUT_HASHES = /_input_hashes$/i;
/** What no component of a kind ends with: names.ts encodes it. */
const RESERVED: Record<NameKind, RegExp> = { step: /_batches$/i, operation: INPUT_HASHES, name: NOTHING };
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

/** The path of a checkpoint, a batch or kept results without the extension. */
export function stemOf(path: string): string {
  const extension = EXTENSIONS.find((end) => path.endsWith(end)) ?? '';
  return path.slice(0, path.length - extension.length);
}

/** The folder of a step, whether it exists or not. */
export async function stepFolder(directory: string, step: string): Promise<string> {
  return join(directory, await placeOf(directory, step, 'step', ['']));
}

/** The path of an operation's file without its extension. */
export async function operationStem(folder: string, operation: string): Promise<string> {
  return join(folder, await placeOf(folder, operation, 'operation', EXTENSIONS));
}

/** The folder of an operation's batches, whether it exists or not: in the folder of its step, or where DocETL has it. */
export async function batchFolder(directory: string, operation: string, step?: string): Promise<string> {
  if (step !== undefined) return batchFolder(await stepFolder(directory, step), operation);
  return join(directory, (await placeOf(directory, operation, 'operation', [BATCHES])) + BATCHES);
}

/** The path of a batch without its extension. */
export function batchStem(folder: string, index: number): string {
  if (!Number.isSafeInteger(index) || index < 0) {
    throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `the index of a batch must be an integer from 0 on, got ${show(index)}`);
  }
  return join(folder, `batch_${index}`);
}

/**
 * The files of a path without its extension, the newest first: after an interrupted clean-up, or where DocETL writes too, a checkpoint may
 * be there in both formats.
 */
export function filesOf(stem: string, extensions: readonly string[] = EXTENSIONS): Promise<FoundFile[]> {
  return foundFiles(extensions.map((extension) => stem + extension));
}

/** Those of these files that are there, the newest first. */
export async function foundFiles(paths: readonly string[]): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const [index, stats] of (await Promise.all(paths.map(statCheckpoint))).entries()) {
    if (stats === null) continue;
    const { ino, mtimeMs, size } = stats;
    const path = paths[index] as string;
    const ofParts = stats.isDirectory() && isFolderName(path) ? await folderStats(path) : undefined;
    found.push({ path, modifiedMs: mtimeMs, bytes: size, ...ofParts, version: `${ino}:${mtimeMs}:${size}` });
  }
  return found.sort((a, b) => b.modifiedMs - a.modifiedMs);
}

/** The newest file of a stem. */
export async function newest(stem: string): Promise<FoundFile | null> {
  return (await filesOf(stem))[0] ?? null;
}

/** The folders of steps, in the order of their names. */
export async function listSteps(directory: string): Promise<{ step: string; folder: string }[]> {
  return (await foldersIn(directory)).steps;
}

/** A folder of batches. */
export interface BatchFolder {
  /** Null for one where DocETL has it, which says no step. */
  step: string | null;
  operation: string;
  folder: string;
}

/** The folders of batches: those where DocETL has them, then those of each step, in the order of their names. */
export async function listBatchOperations(directory: string): Promise<BatchFolder[]> {
  return (await contentsOf(directory)).batches;
}

/** What a directory holds. */
interface Contents {
  steps: { step: string; folder: string }[];
  operations: DirectoryOperation[];
  batches: BatchFolder[];
}

/** What a directory holds, in the order of the names. Each folder is read once, and no file is opened. */
export async function contentsOf(directory: string): Promise<Contents> {
  const { steps, batches } = await foldersIn(directory);
  const operations: DirectoryOperation[] = [];
  for (const { step, folder } of steps) {
    const { entries } = await namedEntries(folder);
    for (const operation of operationsAmong(folder, entries)) operations.push({ step, ...operation });
    batches.push(...batchesAmong(await foldersAmong(folder, entries), step));
  }
  return { steps, operations, batches };
}

/** The folders of a directory, which is read once: those of steps, and of batches where DocETL has them. */
async function foldersIn(directory: string): Promise<{ steps: { step: string; folder: string }[]; batches: BatchFolder[] }> {
  const folders = await namedFolders(directory);
  const steps: typeof folders = [];
  for (const each of folders) {
    if (each.component.endsWith(BATCHES)) continue;
    // A checkpoint of parts, and no step: `<operation>.parquet` of the folder above.
    if (!isFolderName(each.component) || !(await isPartsFolder(each.folder))) steps.push(each);
  }
  return {
    steps: steps.map(({ component, folder }) => ({ step: decodeName(component, 'step'), folder })),
    batches: batchesAmong(folders, null),
  };
}

/** The folders of batches in the folder of a step, or in the directory itself. */
export async function batchFoldersIn(parent: string, step: string | null): Promise<BatchFolder[]> {
  return batchesAmong(await namedFolders(parent), step);
}

function batchesAmong(folders: readonly { component: string; folder: string }[], step: string | null): BatchFolder[] {
  return folders
    .filter(({ component }) => component.endsWith(BATCHES))
    .map(({ component, folder }) => ({ step, operation: decodeName(component.slice(0, -BATCHES.length), 'operation'), folder }));
}

/** The folders of an operation's batches: that of a step, or all that are there, with and without a step. */
export async function batchFoldersOf(directory: string, operation: string, step?: string): Promise<BatchFolder[]> {
  if (step !== undefined) return [{ step, operation, folder: await batchFolder(directory, operation, step) }];
  // Says what is wrong with the name.
  await batchFolder(directory, operation);
  return (await listBatchOperations(directory)).filter((found) => found.operation === operation);
}

/** Whether a folder of this name may be a checkpoint of parts. */
function isFolderName(name: string): boolean {
  return name.endsWith('.parquet');
}

/** The paths of the checkpoints in a step's folder, from there. */
export async function checkpointPaths(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const { entry, component, path } of (await namedEntries(folder)).entries)
    if (isCheckpoint(entry, component) && (!entry.isDirectory() || (await isCheckpointPath(join(folder, path))))) paths.push(path);
  return paths;
}

function isCheckpoint(entry: Dirent, component: string): boolean {
  return (!entry.isDirectory() || isFolderName(component)) && operationComponent(component) !== undefined;
}

/** The component of a checkpoint's file without its extension. DocETL's lists of input hashes are none, nor is what begins with a dot. */
export function operationComponent(name: string): string | undefined {
  const extension = EXTENSIONS.find((end) => name.endsWith(end));
  if (extension === undefined || name.startsWith('.')) return undefined;
  const component = name.slice(0, -extension.length);
  return component === '' || INPUT_HASHES.test(component) ? undefined : component;
}

/** Step and operation of every checkpoint in the directory, in the order of their names. */
export async function listOperations(directory: string): Promise<DirectoryOperation[]> {
  return (await contentsOf(directory)).operations;
}

/** An operation of which a step's folder has checkpoints. */
interface StepOperation {
  operation: string;
  /** The path of the files without their extensions. */
  stem: string;
  /** Those that are there. */
  paths: string[];
}

/** The same of a whole directory. */
interface DirectoryOperation extends StepOperation {
  step: string;
}

/** The operations of which a step's folder has checkpoints, in the order of their names. */
export async function listStep(folder: string): Promise<StepOperation[]> {
  return operationsAmong(folder, (await namedEntries(folder)).entries);
}

function operationsAmong(folder: string, entries: readonly NamedEntry[]): StepOperation[] {
  const operations = new Map<string, StepOperation>();
  for (const { entry, component: name, path } of [...entries, ...waitingAmong(entries)]) {
    const component = isCheckpoint(entry, name) ? operationComponent(name) : undefined;
    if (component === undefined) continue;
    const known = operations.get(component);
    if (known !== undefined) known.paths.push(join(folder, path));
    else {
      const stem = stemOf(join(folder, path));
      operations.set(component, { operation: decodeName(component, 'operation'), stem, paths: [join(folder, path)] });
    }
  }
  // Of two of one age the first of the extensions counts.
  for (const { paths } of operations.values()) paths.sort((a, b) => rankOf(a) - rankOf(b));
  return [...operations.values()];
}

/** Checkpoints that wait for their names, which nothing has. */
function waitingAmong(entries: readonly NamedEntry[]): NamedEntry[] {
  const names = new Set(entries.map(({ component }) => component));
  return entries.flatMap(({ entry, component, path }) => {
    const name = nameOfNext(component);
    return name === undefined || names.has(name) ? [] : [{ entry, component: name, path: join(dirname(path), name) }];
  });
}

function rankOf(path: string): number {
  return EXTENSIONS.findIndex((extension) => path.endsWith(extension));
}

/** The folders in a directory, but for what begins with a dot. */
async function namedFolders(directory: string): Promise<{ component: string; folder: string }[]> {
  return foldersAmong(directory, (await namedEntries(directory)).entries);
}

async function foldersAmong(directory: string, entries: readonly NamedEntry[]): Promise<{ component: string; folder: string }[]> {
  const folders: { component: string; folder: string }[] = [];
  for (const { entry, component, path } of entries) {
    const folder = join(directory, path);
    if (!component.startsWith('.') && (entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToFolder(folder)))))
      folders.push({ component, folder });
  }
  return folders;
}

/** A link may lead to a file, or nowhere: then it is no step. */
async function leadsToFolder(link: string): Promise<boolean> {
  return (await statFile(link))?.isDirectory() === true;
}

/** Whether a file in a folder of batches is one. */
export function isBatchFile(name: string): boolean {
  return BATCH_FILE.test(name);
}

/** The index of a batch by the name of its file; -1 for what is none. */
export function indexOfBatch(name: string): number {
  return Number(BATCH_FILE.exec(name)?.[1] ?? -1);
}

/** The names of the batches in a folder. */
export async function batchFiles(folder: string): Promise<string[]> {
  return (await listFolder(folder)).filter((entry) => !entry.isDirectory() && isBatchFile(entry.name)).map(({ name }) => name);
}

/** The indexes of the batches in a folder, ascending. */
export async function listBatches(folder: string): Promise<number[]> {
  const indexes = new Set<number>();
  for (const name of await batchFiles(folder)) indexes.add(Number(BATCH_FILE.exec(name)?.[1]));
  return [...indexes].sort((a, b) => a - b);
}

/**
 * The path under which a name is, or would be, kept in a folder: that of its plain encoding; the twin's when that one exists or a name that
 * differs only in case has the plain one; the name itself when another tool wrote it so (`100%.json`). `suffixes` are what follows the
 * component.
 */
export async function placeOf(folder: string, name: string, kind: NameKind, suffixes: readonly string[]): Promise<string> {
  const plain = encodeName(name, kind);
  if (await isThereExactly(folder, plain, suffixes)) return plain;
  const taken = new Set<string>();
  const { components, folders } = await namesIn(folder);
  for (const component of components) {
    if (component.startsWith('.')) continue;
    for (const suffix of suffixes) {
      const own = component.slice(0, component.length - suffix.length);
      // Of another kind: the folder of batches is no step, whatever its name.
      if (component.endsWith(suffix) && !RESERVED[kind].test(own)) taken.add(own);
    }
  }
  if (taken.has(plain)) return pathOf(plain);
  const fold = foldName(plain);
  const hasSibling = [...taken].some((other) => foldsTo(other, fold));
  // Long names share the folders of what they begin with, which must not be of other case either.
  const hasSiblingFolder = folders.some((other) => !plain.startsWith(other) && fold.startsWith(foldName(other)));
  if (hasSibling || hasSiblingFolder) return pathOf(twinName(name, kind));
  // Only these two can be the name's beside its plain encoding: see `decodeName`.
  const other = [twinIfShort(name, kind), name].find(
    (component) => component !== undefined && taken.has(component) && decodeName(component, kind) === name,
  );
  return pathOf(other ?? plain);
}

/** What has the name; where nothing has, and a save was ended before it gave it, what waits for it: see `swapIn`. */
async function statCheckpoint(path: string): Promise<Stats | null> {
  return (await statFile(path)) ?? (isFolderName(path) ? ((await statFile(nextOf(path))) ?? statFile(path)) : null);
}

async function statFile(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fromSystemError(error, 'look for', path);
  }
}
