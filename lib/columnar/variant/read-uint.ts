/** An unsigned little-endian number of 1 to 4 bytes; the bytes are there. */
export function readUint(bytes: Buffer, at: number, width: number): number {
  return width === 1 ? (bytes[at] as number) : bytes.readUIntLE(at, width);
}
