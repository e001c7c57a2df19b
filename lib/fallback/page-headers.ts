import type { Encoding, PageType } from 'hyparquet';
import { checkLimit, MAX_PAGE_VALUES } from './limits.js';
import { ENCODINGS, named, PAGE_TYPES } from './parquet-names.js';
import { Compact, WIRE } from './thrift.js';

/** A page of a chunk, by its header. */
export interface PageHead {
  type: PageType;
  /** Where its bytes begin in those of the chunk. */
  start: number;
  /** Its bytes as stored. */
  packed: number;
  /** Bytes that it becomes. */
  full: number;
  /** CRC-32 of its bytes as stored, if the writer left one. */
  crc: number | undefined;
  /** Values, nulls included. */
  values: number;
  encoding: Encoding;
  /** How the levels of a page of version 1 are stored. */
  definitions: Encoding;
  repetitions: Encoding;
  /** Of a page of version 2: bytes of its levels, and whether the rest is compressed. */
  definitionBytes: number;
  repetitionBytes: number;
  isCompressed: boolean;
}

/** What the walk must know of a chunk. */
export interface WalkedChunk {
  path: string;
  column: string;
  values: number;
  /** Bytes that one page may become. */
  pageBytes: number;
  /** Whether a value may take no bytes at all. */
  hasEmptyValues: boolean;
}

/**
 * The pages of a chunk by their headers, all looked at before any is decompressed, as crates/arrow-ckpt/src/decode/pages.rs does it. `enough`: up to the one
 * with the last value, for a chunk whose length is too short.
 */
export function walkPages(bytes: Uint8Array, chunk: WalkedChunk, enough = false): PageHead[] {
  const pages: PageHead[] = [];
  let at = 0;
  let values = 0;
  while (at < bytes.length && !(enough && values >= chunk.values)) {
    const reader = new Compact(bytes, at);
    let page: PageHead;
    try {
      page = pageHead(reader);
    } catch (cause) {
      // All that was promised is there: what follows is padding of an old writer.
      if (values >= chunk.values) break;
      throw new Error(`a page's header is broken: ${(cause as Error).message}`, { cause });
    }
    page.start = reader.position;
    if (page.packed < 0) throw new Error('a page has a negative size');
    if (page.packed > bytes.length - page.start) throw new Error('a page is longer than its column');
    checkHead(page, chunk);
    pages.push(page);
    if (page.type !== 'DICTIONARY_PAGE') values += page.values;
    at = page.start + page.packed;
  }
  return pages;
}

function checkHead(page: PageHead, { path, column, pageBytes, hasEmptyValues }: WalkedChunk): void {
  if (page.full < 0 || page.values < 0) throw new Error('a page has a negative size');
  checkLimit(page.full, pageBytes, 'the size of a page', path, column);
  checkLimit(page.values, MAX_PAGE_VALUES, 'the number of values of a page', path, column);
  if (page.type === 'DICTIONARY_PAGE' && !hasEmptyValues && page.values > page.full)
    throw new Error('a dictionary has more values than bytes');
}

function pageHead(reader: Compact): PageHead {
  let type: PageType | undefined;
  let full: number | undefined;
  let packed: number | undefined;
  const page: Omit<PageHead, 'type' | 'full' | 'packed'> = {
    start: 0,
    crc: undefined,
    values: 0,
    encoding: 'PLAIN',
    definitions: 'RLE',
    repetitions: 'RLE',
    definitionBytes: 0,
    repetitionBytes: 0,
    isCompressed: true,
  };
  const inner = new Set<number>();
  reader.fields((id, kind) => {
    if (id === 1) type = named(PAGE_TYPES, integer(reader, kind), 'page type');
    else if (id === 2) full = integer(reader, kind);
    else if (id === 3) packed = integer(reader, kind);
    else if (id === 4) page.crc = integer(reader, kind) >>> 0;
    else if (id === 5 || id === 7 || id === 8) {
      if (kind !== WIRE.STRUCT) throw new Error('a field is of another type');
      inner.add(id);
      innerHead(reader, page, id);
    } else return false;
    return true;
  });
  if (type === undefined || full === undefined || packed === undefined) throw new Error('its type or size is missing');
  const of = { DATA_PAGE: 5, DICTIONARY_PAGE: 7, DATA_PAGE_V2: 8, INDEX_PAGE: undefined }[type];
  if (of !== undefined && !inner.has(of)) throw new Error('what is said of its values is missing');
  if (of === undefined) page.values = 0;
  return { ...page, type, full, packed };
}

/** The header of a kind of page: its number is `of` in the page header. */
function innerHead(reader: Compact, page: Omit<PageHead, 'type' | 'full' | 'packed'>, of: number): void {
  let hasValues = false;
  const encoding = (kind: number): Encoding => named(ENCODINGS, integer(reader, kind), 'encoding');
  reader.fields((id, kind) => {
    if (id === 1) {
      page.values = integer(reader, kind);
      hasValues = true;
      return true;
    }
    if (of === 8) {
      if (id === 4) page.encoding = encoding(kind);
      else if (id === 5) page.definitionBytes = integer(reader, kind);
      else if (id === 6) page.repetitionBytes = integer(reader, kind);
      else if (id === 7) page.isCompressed = boolean(kind);
      else return false;
      return true;
    }
    if (id === 2) page.encoding = encoding(kind);
    else if (of === 5 && id === 3) page.definitions = encoding(kind);
    else if (of === 5 && id === 4) page.repetitions = encoding(kind);
    else return false;
    return true;
  });
  if (!hasValues) throw new Error('its number of values is missing');
}

function integer(reader: Compact, kind: number): number {
  if (kind !== WIRE.I32) throw new Error('a field is of another type');
  return reader.i32();
}

function boolean(kind: number): boolean {
  if (kind !== WIRE.TRUE && kind !== WIRE.FALSE) throw new Error('a field is of another type');
  return kind === WIRE.TRUE;
}
