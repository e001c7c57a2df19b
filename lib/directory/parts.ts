import type { Dirent } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { listFolder } from './folders.js';

/**
 * Long names as paths. A component of a path has 255 bytes on common file systems, and the temporary's name must fit too. So a longer
 * encoding goes on in a folder of its own: `aaa...%+/+aaa.parquet`. No encoding ends with `%+`, since a percent sign is followed by digits
 * there; the plus at the start keeps what follows from being a hidden file or a device.
 */
export const CONTINUES = '%+';
export const CONTINUED = '+';
/** Bytes of a component, suffixes and markers aside. */
export const PART_BYTES = 180;

/** An entry of a folder under its whole name. */
export interface NamedEntry {
  /** The encoded name, put together again where it is long. */
  component: string;
  /** The path from the folder, of several parts where the name is long. */
  path: string;
  entry: Dirent;
}

/** The path of an encoded name: one part, or several. */
export function pathOf(component: string): string {
  const parts = [''];
  for (const [token] of component.matchAll(/%u[0-9A-F]{4}|%[0-9A-F]{2}|./gsu)) {
    const last = parts.at(-1) as string;
    if (Buffer.byteLength(last) + Buffer.byteLength(token) <= PART_BYTES) parts[parts.length - 1] = last + token;
    else parts.push(token);
  }
  return join(...parts.map((part, index) => (index === 0 ? '' : CONTINUED) + part + (index < parts.length - 1 ? CONTINUES : '')));
}

/** The entries of a folder, those of long names among them. `folders`: the names so far of those that go on. */
export async function namedEntries(
  folder: string,
  name = '',
  path = '',
  folders: string[] = [],
): Promise<{ entries: NamedEntry[]; folders: string[] }> {
  const entries: NamedEntry[] = [];
  for (const entry of await listFolder(join(folder, path))) {
    // Whatever stands in such a folder without the mark is not ours.
    if (path !== '' && !entry.name.startsWith(CONTINUED)) continue;
    const part = path === '' ? entry.name : entry.name.slice(CONTINUED.length);
    const at = join(path, entry.name);
    if (entry.isDirectory() && part.endsWith(CONTINUES) && part.length > CONTINUES.length) {
      const whole = name + part.slice(0, -CONTINUES.length);
      folders.push(whole);
      entries.push(...(await namedEntries(folder, whole, at, folders)).entries);
    } else entries.push({ component: name + part, path: at, entry });
  }
  return { entries, folders };
}

/** Removes the folders that only a long name needed, from `folder` up, as far as they are empty. */
export async function removeEmptyParts(folder: string): Promise<void> {
  for (let at = folder; at.endsWith(CONTINUES); at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return;
    }
  }
}
