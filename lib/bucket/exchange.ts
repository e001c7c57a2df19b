import type { FilePart } from './upload-file.js';

/** The headers of an answer. */
export interface AnswerHeaders {
  get(name: string): string | null;
}

/** An answer whose body is on its way. It is to be read to its end, or the request's signal aborted. */
export interface Exchanged {
  status: number;
  headers: AnswerHeaders;
  body: AsyncIterable<Uint8Array> | null;
}

/** What is sent with a request. A part of a file is read while it is sent, and again if the request is made again. */
export type SentBody = Uint8Array<ArrayBuffer> | string | FilePart;

/** Makes one request. It rejects when no answer begins, with an error whose `code`, or that of its `cause`, says why. */
export type Exchange = (
  url: string,
  request: { method: string; headers: Record<string, string>; body: SentBody | undefined; signal: AbortSignal },
) => Promise<Exchanged>;

/** The length of a body. @unit bytes */
export function sizeOf(body: SentBody | undefined): number {
  if (body === undefined) return 0;
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}
