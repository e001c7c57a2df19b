import type { Hyparquet } from './hyparquet.js';

/** Where integers packed as differences end, how many there are, and how many bytes of padding the last of them lack. */
interface Extent {
  end: number;
  count: number;
  lacking: number;
}

/** Values of a block. Writers make blocks of 128, and the largest known are of some thousands. */
const MAX_BLOCK = 1 << 20;

interface Widest {
  /** Bits of a packed difference. */
  width: number;
  /** Bytes of the first value, and of the smallest difference of a block. */
  bytes: number;
}

/**
 * DuckDB writes the differences of 32-bit integers in 33 bits. hyparquet adds them up modulo 2^32, but reads no more than 5 bytes of a
 * number.
 */
const INT32: Widest = { width: 64, bytes: 5 };
const INT64: Widest = { width: 64, bytes: 10 };
const LENGTHS: Widest = { width: 32, bytes: 5 };

/**
 * Walks DELTA_BINARY_PACKED integers without decoding them: hyparquet's decoder takes memory for as many miniblocks as the header claims,
 * and numbers of any length. Throws where they go beyond the page, where a difference is wider than `width` bits, or a number longer than
 * `bytes`.
 */
function walk(page: Uint8Array, start: number, { width: widest, bytes }: Widest): Extent {
  let at = start;
  const unsigned = (): number => {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const byte = page[at++];
      if (byte === undefined) break;
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return value;
    }
    throw new Error('delta-packed integers end early');
  };
  const signed = (): void => {
    const from = at;
    unsigned();
    if (at - from > bytes) throw new Error(`delta-packed integers with a number of ${at - from} bytes`);
  };
  const block = unsigned();
  const miniblocks = unsigned();
  const count = unsigned();
  signed();
  const each = block / miniblocks;
  if (block > MAX_BLOCK || !Number.isInteger(each) || each % 32 !== 0 || (each === 0 && count > 1)) {
    throw new Error(`delta-packed integers in ${miniblocks} parts of a block of ${block}`);
  }
  let lacking = 0;
  for (let left = count - 1; left > 0;) {
    signed();
    const widths = at;
    at += miniblocks;
    if (at > page.length) throw new Error('delta-packed integers end early');
    for (let i = 0; i < miniblocks && left > 0; i++, left -= each) {
      const width = page[widths + i]!;
      if (width > widest) throw new Error(`delta-packed integers of ${width} bits`);
      const needed = Math.ceil((Math.min(left, each) * width) / 8);
      if (at + needed > page.length) throw new Error('delta-packed integers end early');
      at += (each / 8) * width;
      // Some writers leave the padding of the last out.
      lacking = Math.max(at - page.length, 0);
    }
  }
  return { end: Math.min(at, page.length), count, lacking };
}

/** The page with as much padding as its last integers lack. */
function padded(page: Uint8Array, lacking: number): Uint8Array {
  if (lacking === 0) return page;
  const copy = new Uint8Array(page.length + lacking);
  copy.set(page);
  return copy;
}

/** `count` DELTA_BINARY_PACKED integers from `start` on. */
export function deltaIntegers<T extends Int32Array | BigInt64Array>(hyparquet: Hyparquet, page: Uint8Array, start: number, output: T): T {
  const { count, lacking } = walk(page, start, output instanceof Int32Array ? INT32 : INT64);
  if (count < output.length) throw new Error(`${count} values where the page claims ${output.length}`);
  hyparquet.deltaBinaryUnpack(readerOf(padded(page, lacking), start), output.length, output);
  return output;
}

/** Lengths, and where they end. */
function lengthsOf(hyparquet: Hyparquet, page: Uint8Array, start: number, count: number): { lengths: Int32Array; end: number } {
  const { end, count: claimed, lacking } = walk(page, start, LENGTHS);
  if (claimed < count) throw new Error(`${claimed} lengths where the page claims ${count} values`);
  const lengths = new Int32Array(count);
  hyparquet.deltaBinaryUnpack(readerOf(padded(page, lacking), start), count, lengths);
  for (const length of lengths) if (length < 0) throw new Error(`a value of ${length} bytes`);
  return { lengths, end };
}

/** DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. The values are views on the page. */
export function deltaLengthValues(hyparquet: Hyparquet, page: Uint8Array, start: number, count: number): Uint8Array[] {
  const { lengths, end } = lengthsOf(hyparquet, page, start, count);
  return slices(page, end, lengths);
}

/** DELTA_BYTE_ARRAY: what each value shares with the one before, and the rest of it. `most`: bytes that all may become together. */
export function deltaValues(hyparquet: Hyparquet, page: Uint8Array, start: number, count: number, most: number): Uint8Array[] {
  const { lengths: prefixes, end } = lengthsOf(hyparquet, page, start, count);
  const suffixes = deltaLengthValues(hyparquet, page, end, count);
  let before: Uint8Array = new Uint8Array();
  let total = 0;
  return suffixes.map((suffix, index) => {
    const prefix = prefixes[index]!;
    if (prefix > before.length) throw new Error(`a value shares ${prefix} bytes with one of ${before.length}`);
    if (prefix === 0) return (before = suffix);
    const value = new Uint8Array(prefix + suffix.length);
    if ((total += value.length) > most) throw new Error(`its values share too much: they become more than ${most} bytes`);
    value.set(before.subarray(0, prefix));
    value.set(suffix, prefix);
    return (before = value);
  });
}

/** Consecutive slices of a page. */
function slices(page: Uint8Array, start: number, lengths: Int32Array): Uint8Array[] {
  const values = new Array<Uint8Array>(lengths.length);
  let at = start;
  for (let i = 0; i < lengths.length; i++) {
    const end = at + lengths[i]!;
    if (end > page.length) throw new Error('values end early');
    values[i] = page.subarray(at, end);
    at = end;
  }
  return values;
}

export function readerOf(page: Uint8Array, offset: number): { view: DataView<ArrayBuffer>; offset: number } {
  return { view: new DataView(page.buffer as ArrayBuffer, page.byteOffset, page.byteLength), offset };
}
