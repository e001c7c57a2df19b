import * as types from 'node:util/types';
import { crc32 } from 'node:zlib';
import type { ColumnMetaData } from 'hyparquet';
import { CheckpointError, isCheckpointError } from '../../../base/errors.js';
import { chunkRange } from './check-metadata.js';
import { checkChunk, chunkChecksum } from './checksums.js';
import { copied } from './copied.js';
import { decompressor } from './decompressor.js';
import type { FileLimits } from '../../../options/limits.js';
import type { Leaf } from './fields.js';
import type { Hyparquet } from './hyparquet.js';
import { countOf, joinPages, type LeafData, type Levels, type Page } from './leaf-data.js';
import { bitWidth, readHybrid } from './levels.js';
import { checkLimit, MAX_CHUNK_BYTES, MAX_CHUNK_VALUES } from './limits.js';
import { walkPages, type PageHead } from './walk-pages.js';
import { decodeValues } from './decode-values.js';
import type { ParquetFile } from './parquet-file.js';
import type { AnyEncoding } from './parquet-names.js';
import { leafConverter } from './leaf-values.js';

/** parquet-mr before 1.2.9 left the dictionary page's header out of the chunk's size: so much is read beyond its end (PARQUET-816). */
const FORGOTTEN_BYTES = 100;

/**
 * Reads and decodes one column chunk into JavaScript values; checks the checksums that the writer left, unless `checksums` is null: else it
 * is the number of the row group's first.
 */
export async function readLeaf(file: ParquetFile, leaf: Leaf, chunk: ColumnMetaData, checksums: number | null): Promise<LeafData> {
  const column = chunk.path_in_schema.join('.');
  const total = Number(chunk.num_values);
  checkLimit(Number(chunk.total_compressed_size), MAX_CHUNK_BYTES, 'the size of a column chunk', file.path, column);
  checkLimit(total, MAX_CHUNK_VALUES, 'the number of values of a column chunk', file.path, column);
  const { bytes, heads } = await readPages(file, leaf, chunk, checksums);
  if (total === 0) return { count: 0, definitions: null, repetitions: leaf.repetition === 0 ? null : new Uint8Array(), values: [] };

  const reader = new ChunkReader(file, await file.decoders(), leaf, { chunk, verify: checksums !== null, bytes });
  const pages: Page[] = [];
  let left = total;
  for (const head of heads) {
    const page = reader.read(head, left);
    if (page === null) continue;
    pages.push(page);
    left -= page.count;
    if (left === 0) break;
  }
  if (left > 0) throw new Error('pages are missing');
  return joinPages(pages, total, leaf);
}

/** The bytes of a chunk, and its pages, all of whose headers were looked at. */
async function readPages(
  file: ParquetFile,
  leaf: Leaf,
  chunk: ColumnMetaData,
  checksums: number | null,
): Promise<{ bytes: Uint8Array; heads: PageHead[] }> {
  // Both were compared with the file's length when it was opened.
  const { start, length } = chunkRange(chunk);
  const bytes = new Uint8Array(await file.read(start, length));
  const checksum = checksums === null ? undefined : chunkChecksum(file.footer, checksums + leaf.ordinal);
  checkChunk(bytes, checksum);
  const walked = {
    path: file.path,
    column: leaf.name,
    values: Number(chunk.num_values),
    pageBytes: file.limits.pageBytes,
    hasEmptyValues: leaf.element.type === 'FIXED_LEN_BYTE_ARRAY' && leaf.element.type_length === 0,
  };
  try {
    return { bytes, heads: walkPages(bytes, walked) };
  } catch (error) {
    const longer = Math.min(length + FORGOTTEN_BYTES, file.dataEnd - start);
    if (isCheckpointError(error) || checksum !== undefined || longer <= length) throw error;
    const more = new Uint8Array(await file.read(start, longer));
    try {
      return { bytes: more, heads: walkPages(more, walked, true) };
    } catch {
      throw error;
    }
  }
}

class ChunkReader {
  readonly #hyparquet: Hyparquet;
  readonly #path: string;
  readonly #limits: Required<FileLimits>;
  readonly #leaf: Leaf;
  readonly #chunk: ColumnMetaData;
  readonly #verify: boolean;
  readonly #convert: (value: unknown) => unknown;
  readonly #bytes: Uint8Array;
  #dictionary: unknown[] | null = null;

  constructor(
    file: ParquetFile,
    hyparquet: Hyparquet,
    leaf: Leaf,
    { chunk, verify, bytes }: { chunk: ColumnMetaData; verify: boolean; bytes: Uint8Array },
  ) {
    this.#hyparquet = hyparquet;
    this.#path = file.path;
    this.#limits = file.limits;
    this.#leaf = leaf;
    this.#chunk = chunk;
    this.#verify = verify;
    this.#convert = leafConverter(leaf.element, leaf.isLossy);
    this.#bytes = bytes;
  }

  /** A data page; null for a page of another kind. */
  read(head: PageHead, left: number): Page | null {
    const bytes = this.#bytes.subarray(head.start, head.start + head.packed);
    if (this.#verify && head.crc !== undefined && crc32(bytes) !== head.crc) throw new Error("a page's checksum does not match");
    if (head.type === 'DICTIONARY_PAGE') this.#readDictionary(bytes, head);
    if (head.type === 'DICTIONARY_PAGE' || head.type === 'INDEX_PAGE') return null;
    if (head.values > left) throw new Error(`a page claims ${head.values} values`);
    return head.type === 'DATA_PAGE' ? this.#dataPage(bytes, head) : this.#dataPageV2(bytes, head);
  }

  #readDictionary(bytes: Uint8Array, head: PageHead): void {
    const page = this.#decompress(bytes, head.full);
    if (head.encoding !== 'PLAIN' && head.encoding !== 'PLAIN_DICTIONARY')
      throw new Error(`unsupported encoding ${head.encoding} of a dictionary`);
    this.#dictionary = this.#values(page, 0, 'PLAIN', head.values);
  }

  #dataPage(bytes: Uint8Array, head: PageHead): Page {
    const page = this.#decompress(bytes, head.full);
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
    let position = 0;
    const levels = (max: number, encoding: string): Levels | null => {
      if (max === 0) return null;
      if (encoding === 'BIT_PACKED') throw new Error('unsupported encoding BIT_PACKED of levels');
      if (encoding !== 'RLE') throw new Error(`levels are encoded as ${encoding}`);
      if (position + 4 > page.length) throw new Error('levels end early');
      const end = position + 4 + view.getUint32(position, true);
      if (end > page.length) throw new Error('levels end early');
      const decoded = readLevels(page, position + 4, end, max, head.values);
      position = end;
      return decoded;
    };
    const repetitions = levels(this.#leaf.repetition, head.repetitions);
    const definitions = levels(this.#leaf.definition, head.definitions);
    return this.#page(page, position, head.encoding, head.values, repetitions, definitions);
  }

  #dataPageV2(bytes: Uint8Array, head: PageHead): Page {
    const { repetitionBytes: first, definitionBytes: second, values: count } = head;
    const { repetition, definition } = this.#leaf;
    if (first < 0 || second < 0 || first + second > bytes.length) throw new Error('levels end early');
    const repetitions = repetition === 0 ? null : readLevels(bytes, 0, first, repetition, count);
    const definitions = definition === 0 ? null : readLevels(bytes, first, first + second, definition, count);
    const body = bytes.subarray(first + second);
    const size = head.full - first - second;
    // Some writers leave a page without values uncompressed, or without any bytes, and still call it compressed.
    const page = !head.isCompressed || size <= 0 || body.length === 0 ? body : this.#decompress(body, size);
    return this.#page(page, 0, head.encoding, count, repetitions, definitions);
  }

  #page(
    page: Uint8Array,
    start: number,
    encoding: AnyEncoding,
    count: number,
    repetitions: Levels | null,
    definitions: Levels | null,
  ): Page {
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
    const decompress = decompressor(codec, this.#hyparquet);
    if (decompress === undefined) {
      throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', `${this.#path}: this reader does not know the codec ${codec}`, {
        path: this.#path,
      });
    }
    if (codec === 'UNCOMPRESSED') return bytes;
    const page = size === 0 ? new Uint8Array() : decompress(bytes, size);
    if (page.length !== size) throw new Error(`a page of ${page.length} bytes where the header says ${size}`);
    return page;
  }

  #values(page: Uint8Array, start: number, encoding: AnyEncoding, count: number): unknown[] {
    if (count === 0) return [];
    if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') return this.#lookUp(page, start, count);
    const { element } = this.#leaf;
    const decoded = decodeValues(this.#hyparquet, { page, start, encoding, count, element, most: this.#limits.pageBytes });
    if (decoded.length < count) throw new Error(`${decoded.length} values where the page claims ${count}`);
    const values = new Array<unknown>(count);
    const { stringBytes } = this.#limits;
    for (let i = 0; i < count; i++) {
      const value = decoded[i];
      if (types.isUint8Array(value)) checkLimit(value.length, stringBytes, 'the size of a value', this.#path, this.#leaf.name);
      values[i] = this.#convert(value);
    }
    return values;
  }

  #lookUp(page: Uint8Array, start: number, count: number): unknown[] {
    const width = page[start];
    if (width === undefined) throw new Error('indices are missing');
    const dictionary = this.#dictionary;
    if (dictionary === null) throw new Error('its dictionary is missing');
    const indices = readHybrid(page, start + 1, page.length, width, count);
    const values = new Array<unknown>(count);
    for (let i = 0; i < count; i++) {
      const index = indices[i] as number;
      if (index >= dictionary.length) throw new Error(`index ${index} in a dictionary of ${dictionary.length}`);
      values[i] = copied(dictionary[index]);
    }
    return values;
  }
}

/** Levels, none above the highest that the schema has. */
function readLevels(bytes: Uint8Array, start: number, end: number, max: number, count: number): Levels {
  const levels = readHybrid(bytes, start, end, bitWidth(max), count);
  for (let i = 0; i < count; i++) if (levels[i]! > max) throw new Error(`a level of ${levels[i]}, the highest is ${max}`);
  return levels;
}
