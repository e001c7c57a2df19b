/** A column of a batch, or what is in one, in the form of IPC: it begins at its first value, and refers to nothing before it. */
export interface ArrowPart {
  length: number;
  nulls: number;
  /** In the order of IPC: which are valid (none if all are), then offsets and values. */
  buffers: readonly ArrayBufferView[];
  children: readonly ArrowPart[];
  /** How many of the buffers are texts or bytes that views point into; undefined for what has no views. */
  variadic?: number;
  /** Of a dictionary. `of`: the same object for the same values. */
  dictionary?: { of: object; chunks: () => readonly ArrowPart[] };
}

export const NO_BYTES = new Uint8Array();

/** The bits from one on. */
export function bitsFrom(bits: Uint8Array, offset: number, length: number): Uint8Array {
  const bytes = (length + 7) >> 3;
  const first = offset >> 3;
  const shift = offset & 7;
  if (shift === 0) return bits.subarray(first, first + bytes);
  return Uint8Array.from({ length: bytes }, (_, at) => ((bits[first + at] ?? 0) >> shift) | ((bits[first + at + 1] ?? 0) << (8 - shift)));
}
