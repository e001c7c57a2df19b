import type { Dirent } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { listFolder } from './folders.js';
import { foundFiles, type FoundFile } from './layout.js';
import { decodeName } from './names.js';
import { CONTINUED, CONTINUES } from './parts.js';

/*
 * Results that are in no checkpoint any more, and may be wanted again: of rows that have left the input of a `map`, and of other hashes.
 * Beside the checkpoint `extract.parquet` they are in the hidden folder `.kept/extract`, in files `kept_<i>.parquet`, each with its hash
 * and its record of rows. Nobody takes them for a checkpoint or a batch. Who writes or removes one has the lease of the operation.
 */

export const KEPT_FOLDER = '.kept';
const FILE = /^kept_(0|[1-9]\d*)\.(?:parquet|json)$/;

/** The folder of the kept results of an operation, whether it exists or not. `stem`: the path of its checkpoint without the extension. */
export function keptFolder(stem: string): string {
  return join(dirname(stem), KEPT_FOLDER, basename(stem));
}

/** The path of a file of kept results without its extension. */
export function keptStem(folder: string, index: number): string {
  return join(folder, `kept_${index}`);
}

/** The number of a file of kept results; -1 for one that is none. */
export function indexOfKept(name: string): number {
  return Number(FILE.exec(name)?.[1] ?? -1);
}

/** The files in a folder of kept results, in the order of their numbers. */
export async function keptFiles(folder: string): Promise<FoundFile[]> {
  const names = (await listFolder(folder)).filter((entry) => !entry.isDirectory() && indexOfKept(entry.name) >= 0).map(({ name }) => name);
  const found = await foundFiles(names.map((name) => join(folder, name)));
  return found.sort((a, b) => indexOfKept(basename(a.path)) - indexOfKept(basename(b.path)));
}

/** A number that no file of the folder has. */
export async function nextKept(folder: string): Promise<number> {
  const names = (await listFolder(folder)).map(({ name }) => indexOfKept(name));
  return names.reduce((most, index) => Math.max(most, index + 1), 0);
}

/** Kept results of an operation. */
interface KeptFolder {
  operation: string;
  folder: string;
}

/** The folders of kept results below the folder of a step. Long names are in parts: see parts.ts. */
export async function keptFoldersIn(folder: string, begin = ''): Promise<KeptFolder[]> {
  const found: KeptFolder[] = [];
  const whole = (name: string): string => begin + (begin === '' ? name : name.slice(CONTINUED.length));
  const folders = await foldersOf(folder);
  for (const { name } of folders.some((entry) => entry.name === KEPT_FOLDER) ? await foldersOf(join(folder, KEPT_FOLDER)) : [])
    if (!name.startsWith('.')) found.push({ operation: decodeName(whole(name), 'operation'), folder: join(folder, KEPT_FOLDER, name) });
  for (const { name } of folders)
    if (name.endsWith(CONTINUES)) found.push(...(await keptFoldersIn(join(folder, name), whole(name).slice(0, -CONTINUES.length))));
  return found;
}

async function foldersOf(folder: string): Promise<Dirent[]> {
  return (await listFolder(folder)).filter((entry) => entry.isDirectory());
}
