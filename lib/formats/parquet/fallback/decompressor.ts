import * as zlib from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import type { Hyparquet } from './hyparquet.js';
import { decompressLz4, decompressLz4Raw } from './lz4.js';
import { checkFrames, nativeZstd } from './zstd.js';

/** Turns compressed bytes into `size` bytes, or throws. */
type Decompress = (bytes: Uint8Array, size: number) => Uint8Array;

/**
 * Decompresses a page, which must become `size` bytes: its header's claim, which was compared with the limits. None of these takes memory
 * for much more. Node's own decoders where it has them; undefined for a codec that this reader does not know.
 */
export function decompressor(codec: CompressionCodec, { zstd, snappyUncompress }: Hyparquet): Decompress | undefined {
  switch (codec) {
    case 'UNCOMPRESSED':
      return (bytes) => bytes;
    case 'SNAPPY':
      return (bytes, size) => {
        checkSnappy(bytes, size);
        const output = new Uint8Array(size);
        snappyUncompress(bytes, output);
        return output;
      };
    case 'GZIP':
      return (bytes, size) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(size, 1) });
    case 'BROTLI':
      return (bytes, size) => zlib.brotliDecompressSync(bytes, { maxOutputLength: Math.max(size, 1) });
    case 'ZSTD':
      return (bytes, size) => {
        if (nativeZstd !== undefined) return nativeZstd(bytes, { maxOutputLength: Math.max(size, 1) });
        checkFrames(bytes, size);
        return zstd!(bytes, size);
      };
    case 'LZ4':
      return decompressLz4;
    case 'LZ4_RAW':
      return decompressLz4Raw;
    default:
      return undefined;
  }
}

/** Snappy begins with the length of what it becomes. */
function checkSnappy(bytes: Uint8Array, size: number): void {
  let length = 0;
  for (let i = 0; i < 5 && i < bytes.length; i++) {
    const byte = bytes[i]!;
    length += (byte & 127) * 2 ** (7 * i);
    if (byte >= 128) continue;
    if (length !== size) throw new Error(`a page of ${length} bytes where the header says ${size}`);
    return;
  }
  throw new Error('a page does not begin as Snappy does');
}
