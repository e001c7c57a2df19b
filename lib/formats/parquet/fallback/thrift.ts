/** Types of the compact protocol, as they stand beside a field's number. */
export const WIRE = {
  TRUE: 1,
  FALSE: 2,
  BYTE: 3,
  I16: 4,
  I32: 5,
  I64: 6,
  DOUBLE: 7,
  BINARY: 8,
  LIST: 9,
  SET: 10,
  MAP: 11,
  STRUCT: 12,
  UUID: 13,
} as const;

/** How deep an unknown field may nest. */
const MAX_SKIP_DEPTH = 32;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a field of a structure and gives true, or gives false to have it skipped. */
type FieldReader = (id: number, kind: number) => boolean;

/**
 * A strict cursor over bytes of Thrift's compact protocol, as crates/arrow-ckpt/src/decode/thrift.rs has it. Ours and not hyparquet's: that
 * one takes a field's number without its type, and memory for as many elements as a list claims. Whatever these bytes cannot be is thrown
 * as an error of words.
 */
export class Compact {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Error('it ends early');
    this.#at++;
    return byte;
  }

  #advance(count: number): void {
    if (count > this.#bytes.length - this.#at) throw new Error('a length goes beyond its end');
    this.#at += count;
  }

  /** An unsigned number of at most 32 bits. */
  #unsigned(): number {
    const value = this.#unsigned64();
    if (value > 0xffff_ffffn) throw new Error(`a number is ${value}`);
    return Number(value);
  }

  #unsigned64(): bigint {
    // Most numbers are short: bigints cost.
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 127) << shift;
      if (byte < 128) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new Error('a number has too many digits');
  }

  i64(): bigint {
    const value = this.#unsigned64();
    return (value >> 1n) ^ -(value & 1n);
  }

  i32(): number {
    const value = this.i64();
    if (value !== BigInt.asIntN(32, value)) throw new Error(`a number is ${value}`);
    return Number(value);
  }

  /** A number of 8 bits, signed. */
  i8(): number {
    return (this.#byte() << 24) >> 24;
  }

  binary(): Uint8Array {
    const length = this.#unsigned();
    const start = this.#at;
    this.#advance(length);
    return this.#bytes.subarray(start, this.#at);
  }

  /** UTF-8. */
  text(): string {
    const bytes = this.binary();
    try {
      return decoder.decode(bytes);
    } catch {
      throw new Error('a text is not UTF-8');
    }
  }

  /** A text that is only shown: what is not UTF-8 in it is replaced. */
  name(): string {
    return Buffer.from(this.binary()).toString();
  }

  /** Leaves a field of a type out. */
  skip(kind: number): void {
    this.#skip(kind, MAX_SKIP_DEPTH);
  }

  /** Walks the fields of a structure. */
  fields(known: FieldReader): void {
    let last = 0;
    for (;;) {
      const header = this.#byte();
      const kind = header & 15;
      if (kind === 0) return;
      last = header >> 4 === 0 ? this.i32() : last + (header >> 4);
      if (last < -32_768 || last > 32_767) throw new Error(`a field has the number ${last}`);
      if (!known(last, kind)) this.#skip(kind, MAX_SKIP_DEPTH);
    }
  }

  /** How many elements a list has, each of `kind`. Of an empty list the kind is no matter: some writers put none. */
  list(kind: number): number {
    const [found, length] = this.#list();
    if (length > 0 && found !== kind) throw new Error('a list has elements of another type');
    return length;
  }

  #list(): [kind: number, length: number] {
    const header = this.#byte();
    const length = header >> 4 === 15 ? this.#unsigned() : header >> 4;
    // No element takes less than a byte.
    if (length > this.#bytes.length - this.#at) throw new Error('a list is longer than its bytes');
    return [header & 15, length];
  }

  #skip(kind: number, depth: number): void {
    if (depth === 0) throw new Error('it is nested too deep');
    switch (kind) {
      case WIRE.TRUE:
      case WIRE.FALSE:
        return;
      case WIRE.BYTE:
        return this.#advance(1);
      case WIRE.I16:
      case WIRE.I32:
      case WIRE.I64:
        this.#unsigned64();
        return;
      case WIRE.DOUBLE:
        return this.#advance(8);
      case WIRE.UUID:
        return this.#advance(16);
      case WIRE.BINARY:
        return this.#advance(this.#unsigned());
      case WIRE.LIST:
      case WIRE.SET: {
        const [element, length] = this.#list();
        for (let i = 0; i < length; i++) this.#skipElement(element, depth - 1);
        return;
      }
      case WIRE.MAP: {
        const length = this.#unsigned();
        const kinds = length === 0 ? 0 : this.#byte();
        for (let i = 0; i < length; i++) {
          this.#skipElement(kinds >> 4, depth - 1);
          this.#skipElement(kinds & 15, depth - 1);
        }
        return;
      }
      case WIRE.STRUCT:
        for (;;) {
          const header = this.#byte();
          if ((header & 15) === 0) return;
          if (header >> 4 === 0) this.i32();
          this.#skip(header & 15, depth - 1);
        }
      default:
        throw new Error(`a field has the type ${kind}`);
    }
  }

  /** A bool has no bytes as a field and one byte as an element. */
  #skipElement(kind: number, depth: number): void {
    if (kind === WIRE.TRUE || kind === WIRE.FALSE) this.#advance(1);
    else this.#skip(kind, depth);
  }
}
