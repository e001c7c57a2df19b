/**
 * Parquet's hybrid of run lengths and bit packing, which levels and dictionary indices are kept in.
 * Ours and not hyparquet's: a run may claim two thousand million values, and here none beyond `count` is ever written.
 */
export function readHybrid(bytes: Uint8Array, start: number, end: number, width: number, count: number): Uint8Array | Uint32Array {
  const output = width <= 8 ? new Uint8Array(count) : new Uint32Array(count);
  if (width > 32) throw new Error(`bit width ${width}`);
  let position = start;
  let seen = 0;
  while (seen < count && width > 0) {
    if (position >= end) throw new Error('levels or indices end early');
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[position++];
      if (byte === undefined || shift > 28) throw new Error('bad run header');
      header |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    header >>>= 0;
    if ((header & 1) === 0) {
      const length = Math.min(header >>> 1, count - seen);
      const size = Math.ceil(width / 8);
      if (position + size > end) throw new Error('a run has no value');
      let value = 0;
      for (let i = 0; i < size; i++) value += bytes[position++]! * 2 ** (8 * i);
      if (value >= 2 ** width) throw new Error(`a run of ${value} in ${width} bits`);
      output.fill(value, seen, seen + length);
      seen += length;
    } else {
      const groups = header >>> 1;
      const length = Math.min(groups * 8, count - seen);
      const last = Math.min(end, bytes.length);
      if (position + Math.ceil((length * width) / 8) > last) throw new Error('bit-packed run ends early');
      unpack(bytes, position, width, output, seen, length);
      position += groups * width;
      seen += length;
    }
  }
  return output;
}

function unpack(bytes: Uint8Array, start: number, width: number, output: Uint8Array | Uint32Array, from: number, length: number): void {
  let position = start;
  let bits = 0;
  let held = 0;
  // Doubles hold the up to 32 + 7 bits that are in hand; << would not.
  const size = 2 ** width;
  for (let i = 0; i < length; i++) {
    while (held < width) {
      bits += (bytes[position++] ?? 0) * 2 ** held;
      held += 8;
    }
    output[from + i] = bits % size;
    bits = Math.floor(bits / size);
    held -= width;
  }
}

/** Bits that a level up to `max` takes. */
export function bitWidth(max: number): number {
  return 32 - Math.clz32(max);
}
