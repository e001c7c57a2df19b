import { CheckpointError } from '../base/errors.js';
import type { BucketGetOptions, BucketObject, ByteRange } from '../options/bucket.js';
import type { AnswerHeaders } from './exchange.js';
import { isHtmlType } from './is-html.js';
import { objectBody } from './object-body.js';
import { modifiedOf } from './modified-of.js';
import { nameOf, refusal, type Asked } from './refusal.js';
import type { Answer, Ask, Sender } from './sender.js';

/** What stores do differently when an object is read. */
export interface Reading {
  sender: Pick<Sender, 'send' | 'isRetried'>;
  asked: Asked;
  /** The request of the object, with these headers, and only of the state `ifMatch`. */
  ask: (headers: Record<string, string>, ifMatch: string | undefined) => Ask;
  /** What tells the state of the object; undefined where the answer has none. */
  etagOf: (headers: AnswerHeaders) => string | undefined;
}

/** The answer to the request of an object, or a part of it. Null: it is not there. */
export async function readObject(reading: Reading, { range, ifMatch, signal }: BucketGetOptions): Promise<BucketObject | null> {
  const { asked } = reading;
  let answer = await request(reading, range, ifMatch);
  if (answer.status === 416 || (answer.status === 206 && partOf(answer.headers) === undefined)) {
    // There is no such part, as in an object without bytes. Not every store says of what size the object is: all of it does.
    answer.stream?.guard.stop();
    answer = await reading.sender.send(reading.ask({}, ifMatch), 'stream');
  }
  if (isAbsent(answer)) return null;
  check(reading, answer, ifMatch);
  const etag = reading.etagOf(answer.headers);
  const place = placeOf(answer);
  if (etag === undefined || place === undefined) {
    answer.stream?.guard.stop();
    const lacks = etag === undefined ? 'no ETag' : 'no size';
    const message = `cannot read ${nameOf(asked)}: ${asked.store} at ${asked.host} gave ${lacks}, without which parts may be of two objects`;
    throw new CheckpointError('ERR_CKPT_BUCKET_ANSWER', message);
  }
  const { start, end, size } = place;
  const again = async (from: number): Promise<Answer> => {
    const next = await request(reading, { start: from, end }, etag);
    if (isAbsent(next)) throw changed(asked);
    check(reading, next, etag);
    if (placeOf(next)?.start === from) return next;
    next.stream?.guard.stop();
    throw new CheckpointError('ERR_CKPT_NETWORK', `cannot read ${nameOf(asked)}: the connection broke off, and the store knows no ranges`);
  };
  const body = objectBody(reading.sender, answer, { start, end, again, what: nameOf(asked), signal });
  return { body, offset: start, etag, size, ...modifiedOf(answer.headers.get('last-modified')) };
}

function request({ sender, ask }: Reading, range: ByteRange | undefined, ifMatch: string | undefined): Promise<Answer> {
  // Of a part, the answer says the size of the whole beside the length of the body: one that is cut is seen.
  return sender.send(ask({ range: headerOf(range ?? { start: 0 }) }, ifMatch), 'stream');
}

function headerOf(range: ByteRange): string {
  if ('last' in range) return `bytes=-${range.last}`;
  return `bytes=${range.start}-${range.end === undefined ? '' : range.end - 1}`;
}

function isAbsent({ status, code }: Answer): boolean {
  return status === 404 && code !== 'NoSuchBucket' && code !== 'ContainerNotFound';
}

function check({ asked, etagOf }: Reading, answer: Answer, ifMatch: string | undefined): void {
  if (answer.status === 412) throw changed(asked);
  if (answer.stream === undefined || ![200, 206].includes(answer.status)) throw refusal(asked, answer);
  // A store that ignores the condition gives what is there now.
  const etag = etagOf(answer.headers);
  if (ifMatch === undefined || etag === undefined || etag === ifMatch) return;
  answer.stream.guard.stop();
  throw changed(asked);
}

function changed(asked: Asked): CheckpointError {
  return new CheckpointError('ERR_CKPT_CHANGED', `${nameOf(asked)} was replaced while it was read; read it again`);
}

/** Which bytes of which size an answer has. */
function placeOf({ status, headers, stream }: Answer): { start: number; end: number; size: number } | undefined {
  if (status === 206) return partOf(headers);
  const length = headers.get('content-length') ?? '';
  if (/^\d+$/.test(length) && !isHtmlType(headers)) return { start: 0, end: Number(length), size: Number(length) };
  stream?.guard.stop();
  return undefined;
}

function partOf(headers: AnswerHeaders): { start: number; end: number; size: number } | undefined {
  const said = headers.get('content-range') ?? '';
  const [, first, last, whole] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(said) ?? [];
  return whole === undefined ? undefined : { start: Number(first), end: Number(last) + 1, size: Number(whole) };
}
