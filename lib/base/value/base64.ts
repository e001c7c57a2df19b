import { endianness } from 'node:os';

const CLASSES = { bytes: Uint8Array, f32: Float32Array, f64: Float64Array };
const BIG_ENDIAN = endianness() === 'BE';

/** The bytes of a typed array, in little-endian order whatever the machine's, as base64. */
export function toBase64(array: Uint8Array | Float32Array | Float64Array): string {
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  return (BIG_ENDIAN ? swapped(Buffer.from(bytes), array.BYTES_PER_ELEMENT) : bytes).toString('base64');
}

/** The typed array of a text of {@link toBase64}; undefined for any other text. */
export function fromBase64(kind: keyof typeof CLASSES, text: string): Uint8Array | Float32Array | Float64Array | undefined {
  const decoded = Buffer.from(text, 'base64');
  const width = CLASSES[kind].BYTES_PER_ELEMENT;
  // Buffer skips what is not base64 and stops at the first `=`: only the way back shows that all of the text counted.
  if (decoded.toString('base64') !== text || decoded.length % width !== 0) return undefined;
  // A copy, since a Buffer may be a part of a pool that belongs to others.
  const bytes = new Uint8Array(BIG_ENDIAN ? swapped(decoded, width) : decoded);
  return kind === 'bytes' ? bytes : new CLASSES[kind](bytes.buffer);
}

function swapped(bytes: Buffer, width: number): Buffer {
  if (width === 1) return bytes;
  return width === 4 ? bytes.swap32() : bytes.swap64();
}
