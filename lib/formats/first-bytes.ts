import { open, stat } from 'node:fs/promises';
import { CheckpointError, fromSystemError } from '../base/errors.js';

/** What a Parquet file begins with. */
export const PARQUET = 'PAR1';
/** In place of the bytes that a folder has not. */
export const FOLDER = '/';

/**
 * The first four bytes of a file, or as many as it has; {@link FOLDER} for a folder.
 * @throws `ERR_CKPT_NOT_FOUND`, `ERR_CKPT_NOT_A_FILE`, errors of the file system
 */
export async function firstBytes(path: string): Promise<string> {
  try {
    // Looked at before it is opened: opening a pipe would wait for a writer.
    const stats = await stat(path);
    if (stats.isDirectory()) return FOLDER;
    if (!stats.isFile()) {
      throw new CheckpointError('ERR_CKPT_NOT_A_FILE', `cannot read ${path}: it is no regular file`, { path });
    }
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(PARQUET.length), 0, PARQUET.length, 0);
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  }
}
