import type { FileHandle } from 'node:fs/promises';
import { writeAll } from '../../base/commit/write-all.js';
import type { BucketObject } from '../../options/bucket.js';

/** What has come is written when it is so much: each write costs as much as the copying of some 100 kB. */
const WRITE_BYTES = 512 << 10;

/** Writes what comes of an object to its place in a file. Returns where it ended. */
export async function writeBody(
  handle: FileHandle,
  { body, offset }: Pick<BucketObject, 'body' | 'offset'>,
  { came, written }: { came: (bytes: number) => void; written: (start: number, end: number) => void },
): Promise<number> {
  let at = offset;
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  const write = async (): Promise<void> => {
    const [given, end] = [pieces, at + bytes];
    [pieces, bytes] = [[], 0];
    await writePieces(handle, given, at);
    written(at, end);
    at = end;
  };
  for await (const piece of body) {
    pieces.push(piece);
    bytes += piece.length;
    came(piece.length);
    if (bytes >= WRITE_BYTES) await write();
  }
  if (bytes > 0) await write();
  return at;
}

async function writePieces(handle: FileHandle, pieces: readonly Uint8Array[], at: number): Promise<void> {
  const { bytesWritten } = await handle.writev(pieces, at);
  const all = pieces.reduce((sum, piece) => sum + piece.length, 0);
  // What is rare, as on a disk that becomes full.
  if (bytesWritten < all) await writeAll(handle, Buffer.concat(pieces).subarray(bytesWritten), at + bytesWritten);
}
