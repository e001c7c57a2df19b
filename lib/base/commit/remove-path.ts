import { rm, unlink } from 'node:fs/promises';

/** What systems say of a folder that is to be unlinked: Linux, others. */
const IS_FOLDER: ReadonlySet<string | undefined> = new Set(['EISDIR', 'EPERM']);

/** Removes a file, or a folder with all that is in it. Links are removed, not followed. @throws `ENOENT` and what else the system says */
export async function removePath(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!IS_FOLDER.has((error as NodeJS.ErrnoException).code)) throw error;
    await rm(path, { recursive: true });
  }
}
