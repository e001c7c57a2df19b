import type { DecodedArray, SchemaElement } from 'hyparquet';
import { deltaIntegers, deltaLengthValues, deltaValues, readerOf } from './delta.js';
import type { Hyparquet } from './hyparquet.js';
import { readHybrid } from './levels.js';
import type { AnyEncoding } from './parquet-names.js';
import { int96Nanoseconds } from '../../../columnar/read/times.js';

/** The values of a page from `start` on, as the file has them. */
interface EncodedValues {
  page: Uint8Array;
  start: number;
  encoding: AnyEncoding;
  count: number;
  element: SchemaElement;
  /** Bytes that values may become that are stored as what differs from others. */
  most: number;
}

/** Bytes of a number. */
const WIDTHS: Partial<Record<NonNullable<SchemaElement['type']>, number>> = { INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8 };

/**
 * Decodes values of any encoding but a dictionary's. No more is taken for them than the page has bytes for; texts and bytes are views on
 * the page.
 */
export function decodeValues(hyparquet: Hyparquet, encoded: EncodedValues): DecodedArray {
  const { page, start, encoding, count, element, most } = encoded;
  const { type } = element;
  switch (encoding) {
    case 'PLAIN':
      return plainValues(hyparquet, encoded);
    case 'RLE': {
      if (type !== 'BOOLEAN') break;
      if (start + 4 > page.length) throw new Error('values end early');
      const end = start + 4 + readerOf(page, start).view.getUint32(start, true);
      return Array.from(readHybrid(page, start + 4, Math.min(end, page.length), 1, count), (bit) => bit === 1);
    }
    case 'BYTE_STREAM_SPLIT': {
      const width = widthOf(element);
      if (type === 'INT96' || width === undefined) break;
      if (count * width > page.length - start) throw new Error('values end early');
      return hyparquet.byteStreamSplit(readerOf(page, start), count, type!, element.type_length);
    }
    case 'DELTA_BINARY_PACKED':
      if (type === 'INT32') return deltaIntegers(hyparquet, page, start, new Int32Array(count));
      if (type === 'INT64') return deltaIntegers(hyparquet, page, start, new BigInt64Array(count));
      break;
    case 'DELTA_LENGTH_BYTE_ARRAY':
      if (type === 'BYTE_ARRAY') return deltaLengthValues(hyparquet, page, start, count);
      break;
    case 'DELTA_BYTE_ARRAY': {
      if (type !== 'BYTE_ARRAY' && type !== 'FIXED_LEN_BYTE_ARRAY') break;
      const values = deltaValues(hyparquet, page, start, count, most);
      if (type === 'FIXED_LEN_BYTE_ARRAY' && values.some((value) => value.length !== element.type_length)) {
        throw new Error(`a value of another length than ${element.type_length} bytes`);
      }
      return values;
    }
  }
  throw new Error(`unsupported encoding ${encoding} of ${type}`);
}

function widthOf({ type, type_length: length }: SchemaElement): number | undefined {
  return type === 'FIXED_LEN_BYTE_ARRAY' ? length : WIDTHS[type!];
}

function plainValues(hyparquet: Hyparquet, { page, start, count, element }: EncodedValues): DecodedArray {
  const { type } = element;
  if (type === 'BYTE_ARRAY') return plainBytes(page, start, count);
  const width = widthOf(element);
  const needed = width === undefined ? Math.ceil(count / 8) : count * width;
  if (needed > page.length - start) throw new Error('values end early');
  if (type === 'INT96') return plainInt96(page, start, count);
  // hyparquet takes a length of 0 for none.
  if (type === 'FIXED_LEN_BYTE_ARRAY' && width === 0) return Array.from({ length: count }, () => new Uint8Array());
  return hyparquet.readPlain(readerOf(page, start), type!, count, element.type_length);
}

function plainBytes(page: Uint8Array, start: number, count: number): Uint8Array[] {
  const { view } = readerOf(page, start);
  // Each takes four bytes at least.
  if (count * 4 > page.length - start) throw new Error('values end early');
  const values = new Array<Uint8Array>(count);
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 4 > page.length) throw new Error('values end early');
    const end = at + 4 + view.getUint32(at, true);
    if (end > page.length) throw new Error('values end early');
    values[i] = page.subarray(at + 4, end);
    at = end;
  }
  return values;
}

/** Nanoseconds since 1970. Twelve bytes each: nanoseconds within the day, then the day as a Julian day number. */
function plainInt96(page: Uint8Array, start: number, count: number): bigint[] {
  const { view } = readerOf(page, start);
  return Array.from({ length: count }, (_, i) =>
    int96Nanoseconds(view.getInt32(start + i * 12 + 8, true), view.getBigInt64(start + i * 12, true)),
  );
}
