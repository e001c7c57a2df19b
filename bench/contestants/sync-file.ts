import { open } from 'node:fs/promises';

/** Flushes a file that a library wrote without fsync, so that every contestant's save promises the same. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes the bytes as a new file and flushes it. One `write` for all: the file handle's `writeFile` goes in steps of 512 kB. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (let offset = 0; offset < bytes.length;) offset += (await file.write(bytes, offset)).bytesWritten;
    await file.sync();
  } finally {
    await file.close();
  }
}
