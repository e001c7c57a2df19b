import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fromSystemError } from '../errors.js';
import { ownerOf, temporaryBeside } from './temporary-name.js';

/** The names whose leftovers were looked for. */
const cleared = new Map<string, Promise<void>>();

/** A new folder of this process in the temporary folder of the system. To be removed; a later process removes those of killed ones. */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = temporaryPath(name);
  await makeTemporary(folder);
  return folder;
}

/** The path of a folder that {@link makeTemporary} makes when it is needed: `.<name>.<process>.tmp`. */
export function temporaryPath(name: string): string {
  return temporaryBeside(join(tmpdir(), name));
}

/** Makes a folder that {@link temporaryPath} has named, and removes what killed processes left under this name. */
export async function makeTemporary(folder: string): Promise<void> {
  const name = basename(folder).split('.', 2)[1] as string;
  let clearing = cleared.get(name);
  if (clearing === undefined) cleared.set(name, (clearing = clearLeft(name).catch(() => {})));
  await clearing;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fromSystemError(error, 'make the folder', folder);
  }
}

async function clearLeft(name: string): Promise<void> {
  for (const entry of await readdir(tmpdir())) {
    if (entry.startsWith(`.${name}.`) && ownerOf(entry) === 'dead') await rm(join(tmpdir(), entry), { recursive: true, force: true });
  }
}
