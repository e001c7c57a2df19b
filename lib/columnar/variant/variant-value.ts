import { setOwn } from '../../base/build.js';
import { MAX_DEPTH, type Row } from '../../base/rows.js';
import type { TextMode } from '../../options/options.js';
import { formatDecimal } from '../read/format-decimal.js';
import { timestampOf } from '../read/timestamp-of.js';
import { timestampValue, timeText } from '../read/times.js';
import { uuidText } from '../read/uuid-text.js';
import { readUint } from './read-uint.js';
import { variantFault, variantText } from './variant-fault.js';
import type { VariantNames } from './variant-names.js';

const MS_PER_DAY = 86_400_000;
const MAX_SCALE = 38;

/**
 * The value in the `value` of a VARIANT: parquet-format's VariantEncoding.md. Each type becomes what a column of that type becomes.
 * `depth`: in how many objects and arrays it is.
 *
 * @throws CheckpointError `ERR_CKPT_CORRUPT`, `ERR_CKPT_LIMIT` for deep ones, `ERR_CKPT_UNSUPPORTED_FILE` for types of later versions
 */
export function variantValue(bytes: Uint8Array, names: VariantNames, column: string, mode: TextMode, depth = 0): unknown {
  const reader = new ValueReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), names, column, mode);
  return reader.value(0, bytes.length, depth);
}

class ValueReader {
  /** Bytes that no value has had yet: each belongs to one, else a few bytes could hold any number of values. */
  #left: number;

  constructor(
    readonly bytes: Buffer,
    readonly names: VariantNames,
    readonly column: string,
    readonly mode: TextMode,
  ) {
    this.#left = bytes.length;
  }

  /** The value from `start` on, which ends at `end` at the latest. */
  value(start: number, end: number, depth: number): unknown {
    this.#need(start, end, 1);
    const header = this.bytes[start] as number;
    const type = header >> 2;
    switch (header & 3) {
      case 0:
        return this.#primitive(type, start + 1, end);
      case 1:
        return this.#text(start + 1, end, type);
      default:
        if (depth >= MAX_DEPTH) {
          throw variantFault(this.column, `a VARIANT of more than ${MAX_DEPTH} objects and arrays in one another`, 'ERR_CKPT_LIMIT');
        }
        return (header & 3) === 2 ? this.#object(type, start + 1, end, depth + 1) : this.#array(type, start + 1, end, depth + 1);
    }
  }

  #primitive(type: number, at: number, end: number): unknown {
    const { bytes } = this;
    switch (type) {
      case 0:
        return null;
      case 1:
      case 2:
        return type === 1;
      case 3:
        return bytes.readInt8(this.#need(at, end, 1));
      case 4:
        return bytes.readInt16LE(this.#need(at, end, 2));
      case 5:
        return bytes.readInt32LE(this.#need(at, end, 4));
      case 6:
        return integer(bytes.readBigInt64LE(this.#need(at, end, 8)));
      case 7:
        return bytes.readDoubleLE(this.#need(at, end, 8));
      case 8:
      case 9:
      case 10:
        return this.#decimal(at, end, 4 << (type - 8));
      case 11:
        return timestampOf(bytes.readInt32LE(this.#need(at, end, 4)) * MS_PER_DAY, 0);
      case 12:
      case 13:
        return timestampValue(bytes.readBigInt64LE(this.#need(at, end, 8)) * 1000n);
      case 14:
        return bytes.readFloatLE(this.#need(at, end, 4));
      case 15: {
        const [start, stop] = this.#sized(at, end);
        this.#need(start, end, stop - start);
        return new Uint8Array(bytes.subarray(start, stop));
      }
      case 16: {
        const [start, stop] = this.#sized(at, end);
        return this.#text(start, stop, stop - start);
      }
      case 17:
        return timeText(bytes.readBigInt64LE(this.#need(at, end, 8)), 6);
      case 18:
      case 19:
        return timestampValue(bytes.readBigInt64LE(this.#need(at, end, 8)));
      case 20:
        this.#need(at, end, 16);
        return uuidText(bytes.subarray(at, at + 16));
      default:
        throw variantFault(this.column, `a VARIANT of type ${type}, which this version does not know`, 'ERR_CKPT_UNSUPPORTED_FILE');
    }
  }

  #decimal(at: number, end: number, width: number): string {
    this.#need(at, end, 1 + width);
    const scale = this.bytes[at] as number;
    if (scale > MAX_SCALE) throw this.#fault(`a decimal has the scale ${scale}`);
    // The writer of the format has them little-endian, unlike a column of decimals.
    return formatDecimal(new Uint8Array(this.bytes.subarray(at + 1, at + 1 + width)).reverse(), scale);
  }

  #text(at: number, end: number, length: number): string | Uint8Array {
    this.#need(at, end, length);
    if (this.mode === 'bytes') return new Uint8Array(this.bytes.subarray(at, at + length));
    return variantText(this.bytes, at, at + length, this.column, this.mode);
  }

  /** Where bytes stand behind their number. */
  #sized(at: number, end: number): [number, number] {
    const length = this.bytes.readUInt32LE(this.#need(at, end, 4));
    if (length > end - at - 4) throw this.#fault(`a text or binary of ${length} bytes is longer than what holds it`);
    return [at + 4, at + 4 + length];
  }

  #object(header: number, start: number, end: number, depth: number): Row {
    const idWidth = ((header >> 2) & 3) + 1;
    const { count, at, offsets, width, values } = this.#container(start, end, (header & 16) !== 0, idWidth, (header & 3) + 1);
    const object: Row = {};
    for (let index = 0; index < count; index++) {
      const name = this.names.at(readUint(this.bytes, at + index * idWidth, idWidth));
      if (Object.hasOwn(object, name)) throw this.#fault(`an object has the field ${JSON.stringify(name)} twice`);
      setOwn(object, name, this.#member(values, readUint(this.bytes, offsets + index * width, width), end, depth));
    }
    return object;
  }

  #array(header: number, start: number, end: number, depth: number): unknown[] {
    const { count, offsets, width, values } = this.#container(start, end, (header & 4) !== 0, 0, (header & 3) + 1);
    const list: unknown[] = [];
    for (let index = 0; index < count; index++) {
      list.push(this.#member(values, readUint(this.bytes, offsets + index * width, width), end, depth));
    }
    return list;
  }

  #member(values: number, offset: number, end: number, depth: number): unknown {
    if (offset >= end - values) throw this.#fault(`a value at ${offset} is not inside what holds it`);
    return this.value(values + offset, end, depth);
  }

  /** `at`: where the ids are. */
  #container(
    start: number,
    end: number,
    isLarge: boolean,
    idWidth: number,
    width: number,
  ): { count: number; at: number; offsets: number; width: number; values: number } {
    const countWidth = isLarge ? 4 : 1;
    this.#need(start, end, countWidth);
    const count = readUint(this.bytes, start, countWidth);
    const at = start + countWidth;
    const bytes = count * idWidth + (count + 1) * width;
    if (bytes > end - at) throw this.#fault(`an object or array of ${count} values is longer than what holds it`);
    this.#need(at, end, bytes);
    return { count, at, offsets: at + count * idWidth, width, values: at + bytes };
  }

  /** Takes bytes for a value; gives where they begin. */
  #need(at: number, end: number, length: number): number {
    if (length > end - at) throw this.#fault('it ends early');
    this.#left -= length;
    if (this.#left < 0) throw this.#fault('values overlap');
    return at;
  }

  #fault(what: string): Error {
    return variantFault(this.column, what);
  }
}

function integer(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
