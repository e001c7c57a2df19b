import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerOf, temporaryBeside } from '../base/commit/temporary-name.js';
import { fromSystemError } from '../base/errors.js';

const NAME = 'arrow-ckpt-bucket';
let cleared: Promise<void> | undefined;

/** A folder of this process for what is on its way to a bucket or from it, in the temporary folder of the system. To be removed. */
export async function remoteFolder(): Promise<string> {
  // What killed processes left.
  await (cleared ??= clearLeft().catch(() => {}));
  const folder = temporaryBeside(join(tmpdir(), NAME));
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (error) {
    throw fromSystemError(error, 'make the folder', folder);
  }
}

async function clearLeft(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (name.startsWith(`.${NAME}.`) && ownerOf(name) === 'dead') await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}
