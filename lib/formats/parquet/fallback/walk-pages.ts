import type { PageType } from 'hyparquet';
import { checkLimit, MAX_PAGE_VALUES } from './limits.js';
import { ENCODINGS, named, PAGE_TYPES, type AnyEncoding } from './parquet-names.js';
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
  encoding: AnyEncoding;
  /** How the levels of a page of version 1 are stored. */
  definitions: AnyEncoding;
  repetitions: AnyEncoding;
  /** Of a page of version 2: bytes of its levels, and whether the rest is compressed. */
  definitionBytes: number;
  repetitionBytes: number;
  isCompressed: boolean;
}

/** What the walk must know of a chunk. */
interface WalkedChunk {
  path: string;
  column: string;
  values: number;
  /** Bytes that one page may become. */
  pageBytes: number;
  /** Whether a value may take no bytes at all. */
  hasEmptyValues: boolean;
}

/**
 * The pages of a chunk by their headers, all looked at before any is decompressed, as crates/arrow-ckpt/src/decode/pages.rs does it.
 * `enough`: up to the one with the last value, for a chunk whose length is too short.
 */
export function walkPages(bytes: Uint8Array, chunk: WalkedChunk, enough = false): PageHead[] {
  const pages: PageHead[] = [];
  let at = 0;
  let values = 0;
  while (at < bytes.length && !(enough && values >= chunk.values)) {
    const reader = new Compact(bytes, at);
    let raw: RawHead;
    try {
      raw = readHead(reader);
    } catch (cause) {
      // All that was promised is there: what follows is padding of an old writer.
      if (values >= chunk.values) break;
      throw new Error(`a page's header is broken: ${(cause as Error).message}`, { cause });
    }
    const page = pageHead(raw, reader.position);
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

/** A page header as numbers. */
interface RawHead {
  type?: number;
  full?: number;
  packed?: number;
  crc?: number;
  /** The inner headers by their numbers. */
  inner: Map<number, InnerHead>;
}

/** The header of a kind of page: its integers and booleans by number. */
type InnerHead = Map<number, number | boolean>;

/** Their numbers in a page header, and which of their fields the format demands. */
const INNER = { DATA_PAGE: 5, DICTIONARY_PAGE: 7, DATA_PAGE_V2: 8 } as const;
const DEMANDED: Record<number, readonly number[]> = { 5: [1, 2, 3, 4], 7: [1, 2], 8: [1, 2, 3, 4, 5, 6] };
const FIELDS: Record<number, Record<number, 'integer' | 'boolean'>> = {
  5: { 1: 'integer', 2: 'integer', 3: 'integer', 4: 'integer' },
  7: { 1: 'integer', 2: 'integer', 3: 'boolean' },
  8: { 1: 'integer', 2: 'integer', 3: 'integer', 4: 'integer', 5: 'integer', 6: 'integer', 7: 'boolean' },
};

function readHead(reader: Compact): RawHead {
  const raw: RawHead = { inner: new Map() };
  reader.fields((id, kind) => {
    if (id === 1) raw.type = integer(reader, kind);
    else if (id === 2) raw.full = integer(reader, kind);
    else if (id === 3) raw.packed = integer(reader, kind);
    else if (id === 4) raw.crc = integer(reader, kind) >>> 0;
    else if (FIELDS[id] !== undefined) {
      if (kind !== WIRE.STRUCT) throw new Error('a field is of another type');
      raw.inner.set(id, innerHead(reader, FIELDS[id]));
    } else return false;
    return true;
  });
  if (raw.full === undefined || raw.packed === undefined) throw new Error('its size is missing');
  return raw;
}

function innerHead(reader: Compact, fields: Record<number, 'integer' | 'boolean'>): InnerHead {
  const head: InnerHead = new Map();
  reader.fields((id, kind) => {
    if (fields[id] === undefined) return false;
    head.set(id, fields[id] === 'integer' ? integer(reader, kind) : boolean(kind));
    return true;
  });
  return head;
}

function pageHead(raw: RawHead, start: number): PageHead {
  const type = named(PAGE_TYPES, raw.type ?? -1, 'page type');
  const { full = -1, packed = -1, crc } = raw;
  const id = type === 'INDEX_PAGE' ? undefined : INNER[type];
  const inner = id === undefined ? undefined : raw.inner.get(id);
  const encoding = (field: number): AnyEncoding => named(ENCODINGS, (inner?.get(field) as number | undefined) ?? 0, 'encoding');
  const number = (field: number): number => (inner?.get(field) as number | undefined) ?? 0;
  if (id !== undefined) {
    if (inner === undefined) throw new Error('what is said of its values is missing');
    for (const field of DEMANDED[id]!) if (!inner.has(field)) throw new Error('a field is missing');
  }
  const isSecond = type === 'DATA_PAGE_V2';
  const page: PageHead = {
    type,
    start,
    packed,
    full,
    crc,
    values: number(1),
    encoding: encoding(isSecond ? 4 : 2),
    definitions: type === 'DATA_PAGE' ? encoding(3) : 'RLE',
    repetitions: type === 'DATA_PAGE' ? encoding(4) : 'RLE',
    definitionBytes: isSecond ? number(5) : 0,
    repetitionBytes: isSecond ? number(6) : 0,
    isCompressed: inner?.get(7) !== false,
  };
  if (isSecond && (number(2) < 0 || number(2) > page.values)) throw new Error(`a page of ${page.values} values has ${number(2)} nulls`);
  return page;
}

function integer(reader: Compact, kind: number): number {
  if (kind !== WIRE.I32) throw new Error('a field is of another type');
  return reader.i32();
}

function boolean(kind: number): boolean {
  if (kind !== WIRE.TRUE && kind !== WIRE.FALSE) throw new Error('a field is of another type');
  return kind === WIRE.TRUE;
}
