/** What float lists of ours were. */
export type FloatArrays = 'f64s' | 'f32s';

/** The float array of a list's slots, with memory of its own: `data` is the arena's. */
export function floatArray(of: FloatArrays, data: Float64Array | Float32Array, start: number, end: number): Float64Array | Float32Array {
  // Without any element in a block there are no data to slice.
  const slots = start === end ? [] : data.subarray(start, end);
  return of === 'f64s' ? new Float64Array(slots) : new Float32Array(slots);
}
