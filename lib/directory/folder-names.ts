import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSystemError } from '../base/errors.js';
import { CONTINUES, namedEntries, PART_BYTES } from './parts.js';

/** What is in a folder, by whole names: see `namedEntries`. */
interface FolderNames {
  components: readonly string[];
  folders: readonly string[];
}

interface Reading {
  now: Promise<FolderNames>;
  next: Promise<FolderNames> | undefined;
}

const readings = new Map<string, Reading>();

/** The names in a folder as they are from this call on: calls that come while it is being read share the next reading. */
export function namesIn(folder: string): Promise<FolderNames> {
  const reading = readings.get(folder);
  if (reading === undefined) return begin(folder);
  return (reading.next ??= reading.now.then(
    () => begin(folder),
    () => begin(folder),
  ));
}

function begin(folder: string): Promise<FolderNames> {
  const now = readNames(folder).finally(() => {
    if (readings.get(folder)?.now === now) readings.delete(folder);
  });
  readings.set(folder, { now, next: undefined });
  return now;
}

async function readNames(folder: string): Promise<FolderNames> {
  let components: string[];
  try {
    components = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { components: [], folders: [] };
    throw fromSystemError(error, 'list', folder);
  }
  if (!components.some((name) => name.endsWith(CONTINUES))) return { components, folders: [] };
  const { entries, folders } = await namedEntries(folder);
  return { components: entries.map(({ component }) => component), folders };
}

/** Folders that tell names of other case apart, as far as is known. */
const sensitive = new Set<string>();
const MAX_SENSITIVE = 1000;
const PLAIN = /^[\u0020-\u007e]+$/;

/**
 * Whether an entry of exactly this name is there, without a look at all the others. False where that cannot be told so: a file system may
 * take other names for this one. With ASCII that is one of other case, and one look at such a name shows which. Systems that also take
 * other Unicode for the same are always asked for the list.
 */
export async function isThereExactly(folder: string, component: string, suffixes: readonly string[]): Promise<boolean> {
  if (process.platform === 'darwin' || process.platform === 'win32') return false;
  if (!PLAIN.test(component) || component.length > PART_BYTES || component.endsWith(CONTINUES)) return false;
  for (const suffix of suffixes) {
    const there = await identityOf(join(folder, component + suffix));
    if (there === undefined) continue;
    const swapped = swapCase(component) + suffix;
    if (sensitive.has(folder) || swapped === component + suffix) return true;
    if ((await identityOf(join(folder, swapped))) === there) return false;
    if (sensitive.size >= MAX_SENSITIVE) sensitive.clear();
    sensitive.add(folder);
    return true;
  }
  return false;
}

function swapCase(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));
}

async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
