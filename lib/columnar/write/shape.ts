/** A shape: the keys an object has, in order. */
export interface Shape {
  id: number;
  keys: string[];
  /** The fields of the keys, in the keys' order. */
  fields: number[];
  /** The fields that objects of this shape lack. Grows as the struct does. */
  absent: number[];
  /** Rows put by closures since the code was made that there is. */
  rows: number;
}
