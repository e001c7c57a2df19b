/**
 * The three things that are called LZ4 in Parquet, the newest of which has a name of its own: a block (`LZ4_RAW`), Hadoop's blocks with two
 * lengths before each, and frames of LZ4's own. The codec `LZ4` may be any. `size` bytes must come of it.
 */
export function decompressLz4(input: Uint8Array, size: number): Uint8Array {
  return hadoop(input, size) ?? frame(input, size) ?? block(input, size);
}

/** One block of LZ4, of `size` bytes. */
export function decompressLz4Raw(input: Uint8Array, size: number): Uint8Array {
  return block(input, size);
}

function block(input: Uint8Array, size: number): Uint8Array {
  const output = new Uint8Array(size);
  if (inflate(input, 0, input.length, output, 0) !== size) throw new Error('an LZ4 block ends early');
  return output;
}

/** Blocks with the lengths of what each becomes and of what it has, big-endian; undefined for what is not that. */
function hadoop(input: Uint8Array, size: number): Uint8Array | undefined {
  const output = new Uint8Array(size);
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  let at = 0;
  let made = 0;
  try {
    while (at < input.length) {
      if (at + 8 > input.length) return undefined;
      const full = view.getUint32(at);
      const packed = view.getUint32(at + 4);
      at += 8;
      if (full > size - made || packed > input.length - at) return undefined;
      if (inflate(input, at, at + packed, output, made) !== made + full) return undefined;
      at += packed;
      made += full;
    }
  } catch {
    return undefined;
  }
  return made === size ? output : undefined;
}

const FRAME_MAGIC = 0x184d2204;

/** A frame of LZ4; undefined for what does not begin as one. Its checksums are not compared: Parquet has its own. */
function frame(input: Uint8Array, size: number): Uint8Array | undefined {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (input.length < 7 || view.getUint32(0, true) !== FRAME_MAGIC) return undefined;
  const flags = input[4]!;
  const hasBlockSums = (flags & 16) !== 0;
  // Magic, flags, block size, content size, dictionary, checksum.
  let at = 6 + ((flags & 8) !== 0 ? 8 : 0) + ((flags & 1) !== 0 ? 4 : 0) + 1;
  const output = new Uint8Array(size);
  let made = 0;
  for (;;) {
    if (at + 4 > input.length) throw new Error('an LZ4 frame ends early');
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const length = word & 0x7fff_ffff;
    if (length > input.length - at) throw new Error('an LZ4 frame ends early');
    if (word >>> 31 === 0) made = inflate(input, at, at + length, output, made);
    else {
      if (length > size - made) throw new Error('an LZ4 frame is longer than its page');
      output.set(input.subarray(at, at + length), made);
      made += length;
    }
    at += length + (hasBlockSums ? 4 : 0);
  }
  if (made !== size) throw new Error('an LZ4 frame ends early');
  return output;
}

/** Inflates a block into `output` from `at` on; gives where it ended. Blocks of a frame may look back into those before. */
function inflate(input: Uint8Array, from: number, to: number, output: Uint8Array, at: number): number {
  let position = from;
  const length = (nibble: number): number => {
    if (nibble < 15) return nibble;
    let total = nibble;
    for (;;) {
      if (position >= to) throw new Error('an LZ4 block ends early');
      const byte = input[position++]!;
      total += byte;
      if (byte < 255) return total;
    }
  };
  while (position < to) {
    const token = input[position++]!;
    const literals = length(token >> 4);
    if (literals > to - position || literals > output.length - at) throw new Error('an LZ4 block goes beyond its end');
    output.set(input.subarray(position, position + literals), at);
    position += literals;
    at += literals;
    // The last sequence has literals alone.
    if (position === to) return at;
    if (position + 2 > to) throw new Error('an LZ4 block ends early');
    const offset = input[position]! | (input[position + 1]! << 8);
    position += 2;
    const match = length(token & 15) + 4;
    if (offset === 0 || offset > at || match > output.length - at) throw new Error('an LZ4 block refers to what is not there');
    if (offset >= match) output.copyWithin(at, at - offset, at - offset + match);
    else for (let i = 0; i < match; i++) output[at + i] = output[at + i - offset]!;
    at += match;
  }
  return at;
}
