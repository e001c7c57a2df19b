import type { FileHandle } from 'node:fs/promises';

/** Writes all of these bytes from a position on: a write may be cut short by a signal, and by Linux at 2 GiB. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
