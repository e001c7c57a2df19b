import * as zlib from 'node:zlib';

type Zstd = (bytes: Uint8Array, options: zlib.ZlibOptions) => Uint8Array;

/** Node's own decoder, since 22.15. */
export const nativeZstd = (zlib as { zstdDecompressSync?: Zstd }).zstdDecompressSync;

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a5;
const BLOCK_BYTES = 128 << 10;
/** What decoders must bear by the format's own word is 8 MB; writers set up to 128 MB. */
const MAX_WINDOW = 128 << 20;
/** Bytes that all frames of a page may become at most: as many as any page. */
const MAX_BYTES = 1 << 30;

/**
 * The decoder in JavaScript takes memory for what a frame claims and for each block of it, without a bound: these are added up first.
 * Throws for too much.
 */
export function checkFrames(bytes: Uint8Array, size: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let most = 0;
  while (at < bytes.length) {
    if (at + 8 > bytes.length) throw new Error('a Zstandard frame ends early');
    const magic = view.getUint32(at, true);
    if (magic >>> 4 === SKIPPABLE) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (magic !== MAGIC) throw new Error('a page does not begin as Zstandard does');
    const descriptor = bytes[at + 4]!;
    at = frameHeader(bytes, at, size);
    for (let isLast = false; !isLast;) {
      if (at + 3 > bytes.length) throw new Error('a Zstandard frame ends early');
      const header = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
      const [kind, length] = [(header >> 1) & 3, header >> 3];
      isLast = (header & 1) === 1;
      most += kind === 2 ? BLOCK_BYTES : length;
      if (kind === 3 || most > MAX_BYTES) throw new Error('a Zstandard frame has too large blocks');
      at += 3 + (kind === 1 ? 1 : length);
    }
    at += (descriptor & 4) === 0 ? 0 : 4;
  }
}

/** Compares what a frame claims with `size`; gives where its blocks begin. */
function frameHeader(bytes: Uint8Array, start: number, size: number): number {
  const descriptor = bytes[start + 4]!;
  const isSingle = (descriptor & 32) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const at = start + 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  if (at + sizeBytes > bytes.length) throw new Error('a Zstandard frame ends early');
  let claimed = sizeBytes === 2 ? 256 : 0;
  for (let i = 0; i < sizeBytes; i++) claimed += bytes[at + i]! * 256 ** i;
  if (claimed > size) throw new Error(`a Zstandard frame of ${claimed} bytes where the header says ${size}`);
  const byte = bytes[start + 5]!;
  const window = isSingle ? claimed : (1 + (byte & 7) / 8) * 2 ** (10 + (byte >> 3));
  if (window > MAX_WINDOW) throw new Error(`a Zstandard window of ${window} bytes`);
  return at + sizeBytes;
}
