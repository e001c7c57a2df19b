import type { StubObject, StubObjects } from './objects.js';

/** A request as a dialect sees it. */
export interface StubRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: Buffer;
  /** Where the server is, for URLs in answers. */
  origin: string;
}

export interface StubAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

/** One protocol over the objects. */
export type Dialect = (request: StubRequest, objects: StubObjects) => StubAnswer;

/** How many keys a page of a listing has. */
export const PAGE = 1000;

/** The answer of a GET, by the header `range`. */
export function given(object: StubObject, range: string | undefined, headers: Record<string, string>): StubAnswer {
  const { bytes, modified } = object;
  const size = bytes.length;
  headers = { ...headers, 'last-modified': modified.toUTCString() };
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === '' && last === '') return { status: 200, headers: { ...headers, 'content-length': String(size) }, body: bytes };
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(Number(last) + 1, size);
  if (start >= end) return { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } };
  const part = bytes.subarray(start, end);
  const said = { 'content-range': `bytes ${start}-${end - 1}/${size}`, 'content-length': String(part.length) };
  return { status: 206, headers: { ...headers, ...said }, body: part };
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
