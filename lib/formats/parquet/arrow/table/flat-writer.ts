/**
 * A value of FlatBuffers, the form of Arrow's metadata. A table is the list of its fields by their numbers; those that are left out have
 * their defaults.
 */
export type FlatValue =
  | { int8: number }
  | { int16: number }
  | { int32: number }
  | { int64: number }
  | { text: string }
  | { table: readonly (FlatValue | undefined)[] }
  | { tables: readonly (readonly (FlatValue | undefined)[])[] }
  | { int64s: readonly number[] }
  /** Structs of two 64-bit integers. */
  | { pairs: readonly (readonly [number, number])[] };

type Fields = readonly (FlatValue | undefined)[];

/** The bytes of a table as the root of a buffer, padded to 8. */
export function flatBytes(root: Fields): Uint8Array {
  return new FlatWriter().finish(root);
}

/** Writes forwards: a table first, then what it refers to, so that all references point ahead. */
class FlatWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #end = 0;

  finish(root: Fields): Uint8Array {
    const at = this.#room(4, 4);
    this.#refer(at, this.#table(root));
    this.#room(0, 8);
    return this.#bytes.subarray(0, this.#end);
  }

  #table(fields: Fields): number {
    const layout = this.#room(4 + 2 * fields.length, 2);
    const table = this.#room(4, 4);
    this.#view.setInt32(table, table - layout, true);
    const places = fields.map((field, index) => {
      if (field === undefined) return 0;
      const size = sizeOf(field);
      const place = this.#room(size, size);
      this.#view.setUint16(layout + 4 + 2 * index, place - table, true);
      return place;
    });
    this.#view.setUint16(layout, 4 + 2 * fields.length, true);
    this.#view.setUint16(layout + 2, this.#end - table, true);
    for (const [index, field] of fields.entries()) if (field !== undefined) this.#value(places[index] as number, field);
    return table;
  }

  #value(place: number, value: FlatValue): void {
    if ('int8' in value) this.#view.setInt8(place, value.int8);
    else if ('int16' in value) this.#view.setInt16(place, value.int16, true);
    else if ('int32' in value) this.#view.setInt32(place, value.int32, true);
    else if ('int64' in value) this.#int64(place, value.int64);
    else this.#refer(place, this.#object(value));
  }

  #object(value: Exclude<FlatValue, { int8: number } | { int16: number } | { int32: number } | { int64: number }>): number {
    if ('table' in value) return this.#table(value.table);
    if ('text' in value) {
      const text = Buffer.from(value.text);
      // The zero at the end is not counted.
      const at = this.#vector(text.length, 1, text.length + 1);
      this.#bytes.set(text, at + 4);
      return at;
    }
    if ('tables' in value) {
      const at = this.#vector(value.tables.length, 4);
      for (const [index, fields] of value.tables.entries()) this.#refer(at + 4 + 4 * index, this.#table(fields));
      return at;
    }
    const numbers = 'pairs' in value ? value.pairs.flat() : value.int64s;
    const at = this.#vector('pairs' in value ? value.pairs.length : numbers.length, 8, numbers.length * 8);
    for (const [index, number] of numbers.entries()) this.#int64(at + 4 + 8 * index, number);
    return at;
  }

  /** Room for the length of a vector and its items. The items are aligned, and the length stands right before them. */
  #vector(length: number, align: number, bytes = length * align): number {
    if (align === 8) this.#room(4, 8);
    const at = this.#room(4, 4);
    this.#view.setUint32(at, length, true);
    this.#room(bytes, 1);
    return at;
  }

  #int64(place: number, value: number): void {
    this.#view.setBigInt64(place, BigInt(value), true);
  }

  #refer(place: number, to: number): void {
    this.#view.setUint32(place, to - place, true);
  }

  /** The place of so many new bytes, which are zero. */
  #room(bytes: number, align: number): number {
    const at = Math.ceil(this.#end / align) * align;
    this.#end = at + bytes;
    if (this.#end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#end, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

function sizeOf(value: FlatValue): 1 | 2 | 4 | 8 {
  if ('int8' in value) return 1;
  if ('int16' in value) return 2;
  return 'int64' in value ? 8 : 4;
}
