import { crc32 } from 'node:zlib';
import type { ColumnMetaData, DecodedArray, PageHeader } from 'hyparquet';
import { CheckpointError } from '../errors.js';
import { checkChunk, chunkChecksum } from './checksums.js';
import type { Limits } from '../limits.js';
import type { Leaf } from './fields.js';
import type { Hyparquet } from './hyparquet.js';
import { countOf, joinPages, type LeafData, type Levels, type Page } from './leaf-data.js';
import { bitWidth, readHybrid } from './levels.js';
import { checkLimit, MAX_CHUNK_BYTES, MAX_CHUNK_VALUES } from './limits.js';
import type { ParquetFile } from './parquet-file.js';
import { int96Nanoseconds } from './times.js';
import { leafConverter } from './leaf-values.js';

/** parquet-mr before 1.2.9 left the dictionary page's header out of the chunk's size: so much is read beyond its end (PARQUET-816). */
const SLACK_BYTES = 100;
const SHORT_CHUNKS = /^parquet-mr(?: version 1\.(?:[01]\.\d+|2\.[0-8])\b|$)/;

/** Reads and decodes one column chunk into JavaScript values; checks the checksums that the writer left, unless `checksums` is null: else it is the number of the row group's first. */
export async function readLeaf(file: ParquetFile, leaf: Leaf, chunk: ColumnMetaData, checksums: number | null): Promise<LeafData> {
  const column = chunk.path_in_schema.join('.');
  const dictionaryAt = Number(chunk.dictionary_page_offset ?? 0n);
  const dataAt = Number(chunk.data_page_offset);
  const start = dictionaryAt > 0 && dictionaryAt < dataAt ? dictionaryAt : dataAt;
  const length = Number(chunk.total_compressed_size);
  const total = Number(chunk.num_values);
  checkLimit(length, MAX_CHUNK_BYTES, 'the size of a column chunk', file.path, column);
  checkLimit(total, MAX_CHUNK_VALUES, 'the number of values of a column chunk', file.path, column);
  if (total === 0) return { count: 0, definitions: null, repetitions: leaf.repetition === 0 ? null : new Uint8Array(), values: [] };
  if (chunk.type !== leaf.element.type || start < 4 || length < 0 || total < 0) throw new Error('the chunk contradicts the schema');

  const slack = SHORT_CHUNKS.test(file.metadata.created_by ?? '') ? SLACK_BYTES : 0;
  const bytes = await file.read(start, Math.max(length, Math.min(length + slack, file.dataEnd - start)));
  if (checksums !== null) checkChunk(new Uint8Array(bytes, 0, length), chunkChecksum(file.footer, checksums + leaf.ordinal));
  const reader = new ChunkReader(file, leaf, chunk, checksums !== null, bytes);
  const pages: Page[] = [];
  for (let left = total; left > 0;) {
    const page = reader.nextPage(left);
    if (page === null) continue;
    pages.push(page);
    left -= page.count;
  }
  return joinPages(pages, total, leaf);
}

class ChunkReader {
  readonly #hyparquet: Hyparquet;
  readonly #path: string;
  readonly #limits: Required<Limits>;
  readonly #leaf: Leaf;
  readonly #chunk: ColumnMetaData;
  readonly #verify: boolean;
  readonly #convert: (value: unknown) => unknown;
  readonly #reader: { view: DataView; offset: number };
  #dictionary: unknown[] | null = null;

  constructor(file: ParquetFile, leaf: Leaf, chunk: ColumnMetaData, verify: boolean, bytes: ArrayBuffer) {
    this.#hyparquet = file.hyparquet;
    this.#path = file.path;
    this.#limits = file.limits;
    this.#leaf = leaf;
    this.#chunk = chunk;
    this.#verify = verify;
    this.#convert = leafConverter(leaf.element);
    this.#reader = { view: new DataView(bytes), offset: 0 };
  }

  /** The next data page; null for a page of another kind. */
  nextPage(left: number): Page | null {
    const reader = this.#reader;
    if (reader.offset >= reader.view.byteLength) throw new Error('pages are missing');
    const header = this.#hyparquet.parquetHeader(reader);
    const size = header.compressed_page_size;
    if (size < 0 || header.uncompressed_page_size < 0 || reader.offset + size > reader.view.byteLength)
      throw new Error('a page ends early');
    checkLimit(header.uncompressed_page_size, this.#limits.pageBytes, 'the size of a page', this.#path, this.#leaf.name);
    const bytes = new Uint8Array(reader.view.buffer, reader.offset, size);
    reader.offset += size;
    if (this.#verify && header.crc !== undefined && crc32(bytes) !== header.crc >>> 0) throw new Error("a page's checksum does not match");
    const count =
      header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? header.dictionary_page_header?.num_values ?? 0;
    if (count < 0 || (header.type !== 'DICTIONARY_PAGE' && count > left)) throw new Error(`a page claims ${count} values`);
    if (header.type === 'DATA_PAGE') return this.#dataPage(bytes, header, count);
    if (header.type === 'DATA_PAGE_V2') return this.#dataPageV2(bytes, header, count);
    if (header.type === 'DICTIONARY_PAGE') this.#readDictionary(bytes, header, count);
    return null;
  }

  #readDictionary(bytes: Uint8Array, header: PageHeader, count: number): void {
    const page = this.#decompress(bytes, header.uncompressed_page_size);
    if (count > page.length * 8) throw new Error(`a dictionary claims ${count} values`);
    this.#dictionary = this.#values(page, 0, 'PLAIN', count);
  }

  #dataPage(bytes: Uint8Array, header: PageHeader, count: number): Page {
    const { encoding } = header.data_page_header!;
    const page = this.#decompress(bytes, header.uncompressed_page_size);
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
    let position = 0;
    const levels = (max: number): Levels | null => {
      if (max === 0) return null;
      const end = position + 4 + view.getUint32(position, true);
      if (end > page.length) throw new Error('levels end early');
      const decoded = readHybrid(page, position + 4, end, bitWidth(max), count);
      position = end;
      return decoded;
    };
    const repetitions = levels(this.#leaf.repetition);
    const definitions = levels(this.#leaf.definition);
    return this.#page(page, position, encoding, count, repetitions, definitions);
  }

  #dataPageV2(bytes: Uint8Array, header: PageHeader, count: number): Page {
    const {
      encoding,
      is_compressed,
      repetition_levels_byte_length: first,
      definition_levels_byte_length: second,
    } = header.data_page_header_v2!;
    const { repetition, definition } = this.#leaf;
    if (first < 0 || second < 0 || first + second > bytes.length) throw new Error('levels end early');
    const repetitions = repetition === 0 ? null : readHybrid(bytes, 0, first, bitWidth(repetition), count);
    const definitions = definition === 0 ? null : readHybrid(bytes, first, first + second, bitWidth(definition), count);
    const body = bytes.subarray(first + second);
    const size = header.uncompressed_page_size - first - second;
    // Some writers leave a page without values uncompressed, or without any bytes, and still call it compressed.
    const page = is_compressed === false || size <= 0 || body.length === 0 ? body : this.#decompress(body, size);
    return this.#page(page, 0, encoding, count, repetitions, definitions);
  }

  #page(page: Uint8Array, start: number, encoding: string, count: number, repetitions: Levels | null, definitions: Levels | null): Page {
    const present = definitions === null ? count : countOf(definitions, this.#leaf.definition);
    return {
      count,
      repetitions,
      definitions: present === count ? null : definitions,
      values: this.#values(page, start, encoding, present),
    };
  }

  #decompress(bytes: Uint8Array, size: number): Uint8Array {
    const { codec } = this.#chunk;
    if (codec === 'UNCOMPRESSED') return bytes;
    const decompress = this.#hyparquet.compressors[codec];
    if (decompress === undefined) {
      throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', `${this.#path}: this reader does not know the codec ${codec}`, {
        path: this.#path,
      });
    }
    const page = size === 0 ? new Uint8Array() : decompress(bytes, size);
    if (page.length !== size) throw new Error(`a page of ${page.length} bytes where the header says ${size}`);
    return page;
  }

  #values(page: Uint8Array, start: number, encoding: string, count: number): unknown[] {
    if (count === 0) return [];
    if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') return this.#lookUp(page, start, count);
    const decoded = this.#decode(page, start, encoding, count);
    if (decoded.length < count) throw new Error(`${decoded.length} values where the page claims ${count}`);
    const values = new Array<unknown>(count);
    const { stringBytes } = this.#limits;
    for (let i = 0; i < count; i++) {
      const value = decoded[i];
      if (value instanceof Uint8Array) checkLimit(value.length, stringBytes, 'the size of a value', this.#path, this.#leaf.name);
      values[i] = this.#convert(value);
    }
    return values;
  }

  #lookUp(page: Uint8Array, start: number, count: number): unknown[] {
    const indices = readHybrid(page, start + 1, page.length, page[start] ?? 0, count);
    const dictionary = this.#dictionary ?? [];
    const values = new Array<unknown>(count);
    for (let i = 0; i < count; i++) {
      const index = indices[i] as number;
      if (index >= dictionary.length) throw new Error(`index ${index} in a dictionary of ${dictionary.length}`);
      values[i] = dictionary[index];
    }
    return values;
  }

  #decode(page: Uint8Array, start: number, encoding: string, count: number): DecodedArray {
    const { type, type_length: width } = this.#leaf.element;
    const { readPlain, deltaBinaryUnpack, deltaByteArray, deltaLengthByteArray, byteStreamSplit } = this.#hyparquet;
    const reader = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: start };
    if (type === 'INT96') return plainInt96(reader.view, start, encoding, count);
    if (encoding === 'PLAIN') return readPlain(reader, type!, count, width);
    if (encoding === 'BYTE_STREAM_SPLIT') return byteStreamSplit(reader, count, type!, width);
    if (encoding === 'RLE' && type === 'BOOLEAN') {
      const end = start + 4 + reader.view.getUint32(start, true);
      return Array.from(readHybrid(page, start + 4, Math.min(end, page.length), 1, count), (bit) => bit === 1);
    }
    if (encoding === 'DELTA_BINARY_PACKED') {
      const output = type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
      deltaBinaryUnpack(reader, count, output);
      return output;
    }
    if (encoding !== 'DELTA_LENGTH_BYTE_ARRAY' && encoding !== 'DELTA_BYTE_ARRAY') throw new Error(`unsupported encoding ${encoding}`);
    const output = new Array<Uint8Array>(count);
    (encoding === 'DELTA_BYTE_ARRAY' ? deltaByteArray : deltaLengthByteArray)(reader, count, output);
    return output;
  }
}

/** Nanoseconds since 1970. Twelve bytes each: nanoseconds within the day, then the day as a Julian day number. */
function plainInt96(view: DataView, start: number, encoding: string, count: number): bigint[] {
  if (encoding !== 'PLAIN') throw new Error(`unsupported encoding ${encoding} of INT96`);
  return Array.from({ length: count }, (_, i) =>
    int96Nanoseconds(view.getInt32(start + i * 12 + 8, true), view.getBigInt64(start + i * 12, true)),
  );
}
