import { setTimeout as delay } from 'node:timers/promises';
import { CheckpointError, isCheckpointError } from '../base/errors.js';
import { throwIfAborted } from '../base/halt.js';
import type { BucketOptions } from '../options/bucket-options.js';
import { Guard } from './guard.js';
import { codeIn } from './code-in.js';
import { isHtml } from './is-html.js';
import { sizeOf, type AnswerHeaders, type Exchange, type Exchanged, type SentBody } from './exchange.js';
import { exchangeOf } from './exchange-of.js';

/** A request to a store. */
export interface Ask {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  url: URL;
  headers?: Record<string, string>;
  body?: SentBody;
  signal: AbortSignal | undefined;
  /** Its success makes the object: where nobody can know whether it was carried out, that is what the error says. */
  isCommit?: true;
  /** Codes of the store for what passes, beside the statuses that say so. */
  passing?: readonly string[];
  /** Whether the text of a success is all of it: a server that cuts an answer may say a length that fits. */
  isWhole?: (text: string) => boolean;
}

/** What a store answered. */
export interface Answer {
  status: number;
  headers: AnswerHeaders;
  /** All of it, unless it was to be a stream. */
  text: string;
  /** The store's own code of a failure; empty where it gave none. */
  code: string;
  /** An earlier try of the same request may have been carried out. */
  isDoubtful: boolean;
  /** Where a stream was wanted: the body, and what guards it. */
  stream?: { body: AsyncIterable<Uint8Array> | null; guard: Guard };
}

/** What a request becomes when it is signed. */
export type Sign = (ask: Ask) => Promise<{ url: URL; headers: Record<string, string> }>;

const DEFAULT_RETRIES = 4;
const DEFAULT_TIMEOUT = 60_000;
/** The wait before the second try: doubled each time, and at least half of it. */
const FIRST_WAIT_MS = 100;
/** Stores that are there and are busy get more time. */
const BUSY_FACTOR = 4;
const MAX_RETRY_AFTER_MS = 30_000;
/** A body is given a second for each 50 kB. */
const BYTES_A_MS = 50;
/** The longest text that is read: a page of 1,000 keys of 1,024 bytes each, escaped, fits. */
const MAX_TEXT = 16 << 20;
const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
/** Of a connection that was never made. */
const UNREACHED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

interface Failed {
  why: string;
  /** The store may have got the request. */
  isReached: boolean;
}

/**
 * Sends requests to one store: signs them, makes those again that failed for the time being, and bounds the time. Redirects are not
 * followed. Nothing that it throws has a header, a query or a text of the store in it.
 */
export class Sender {
  readonly #name: string;
  readonly #sign: Sign;
  readonly #exchange: Exchange;
  readonly #retries: number;
  readonly #timeout: number;

  constructor(name: string, options: BucketOptions, sign: Sign) {
    this.#name = name;
    this.#sign = sign;
    this.#exchange = exchangeOf(options);
    this.#retries = options.retries ?? DEFAULT_RETRIES;
    this.#timeout = options.timeout ?? DEFAULT_TIMEOUT;
  }

  /**
   * The answer to a request, whatever its status, unless that says that the trouble passes: then, and when there is no answer, the request
   * is made again. @throws `ERR_CKPT_NETWORK`, `ERR_CKPT_UNKNOWN_OUTCOME` after the last try
   */
  async send(ask: Ask, read: 'text' | 'stream' = 'text'): Promise<Answer> {
    let isDoubtful = false;
    for (let tries = 0; ; tries++) {
      throwIfAborted(ask.signal);
      const tried = await this.#try(ask, read);
      const isAnswer = 'status' in tried;
      if (isAnswer && !isPassing(tried, ask)) return { ...tried, isDoubtful };
      isDoubtful ||= isAnswer ? tried.status >= 500 : tried.isReached;
      if (tries === this.#retries) throw this.#failure(ask, tried, tries + 1, isDoubtful);
      await pause(isAnswer ? busyWait(tried.headers, tries) : backoff(tries), ask.signal);
    }
  }

  /** What goes on after a stream broke off: whether it is made again, after a wait. */
  async isRetried(tries: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (tries > this.#retries) return false;
    await pause(backoff(tries - 1), signal);
    return true;
  }

  async #try(ask: Ask, read: 'text' | 'stream'): Promise<Answer | Failed> {
    const { url, headers } = await this.#sign(ask);
    const bytes = sizeOf(ask.body);
    const guard = new Guard(this.#timeout, this.#timeout + bytes / BYTES_A_MS, ask.signal);
    try {
      const response = await this.#exchange(url.href, {
        method: ask.method,
        // Else a body that somebody stored with gzip comes unpacked, and its length is not that of the object.
        headers: { 'accept-encoding': 'identity', ...headers },
        body: ask.body,
        signal: guard.signal,
      });
      guard.touch();
      const found = { status: response.status, headers: response.headers, isDoubtful: false };
      const isOk = response.status >= 200 && response.status < 300;
      if (read === 'stream' && isOk) return { ...found, text: '', code: '', stream: { body: response.body, guard } };
      const text = await textOf(response, guard);
      guard.end();
      if (isOk && ask.isWhole?.(text) === false && !isHtml({ text, headers: response.headers }))
        return { why: 'its answer was cut short', isReached: true };
      return { ...found, text, code: codeIn(text, response.headers) };
    } catch (error) {
      guard.end();
      throwIfAborted(ask.signal);
      if (isCheckpointError(error)) throw error;
      return guard.isLate ? { why: `nothing came for ${this.#timeout} ms`, isReached: true } : failedBy(error);
    }
  }

  #failure(ask: Ask, tried: Answer | Failed, tries: number, isDoubtful: boolean): CheckpointError {
    const why = 'status' in tried ? `it answered ${[tried.status, tried.code].join(' ').trim()}` : tried.why;
    const times = tries === 1 ? 'once' : `${tries} times`;
    if (ask.isCommit !== true || !isDoubtful) {
      const message = `${this.#name} at ${ask.url.host} could not be asked, tried ${times}: ${why}; check the network and the endpoint`;
      return new CheckpointError('ERR_CKPT_NETWORK', message);
    }
    const message = `${this.#name} at ${ask.url.host} did not say whether it made the object, tried ${times}: ${why}; ask again, it is safe`;
    return new CheckpointError('ERR_CKPT_UNKNOWN_OUTCOME', message);
  }
}

function isPassing({ status, code }: Answer, { passing }: Ask): boolean {
  return PASSING.has(status) || (passing !== undefined && passing.includes(code));
}

/** The message of such an error may have anything in it: what is shown is its code. */
function failedBy(error: unknown): Failed {
  const { cause, code, name } = error as { cause?: { code?: unknown; name?: unknown }; code?: unknown; name?: unknown };
  const known = [cause?.code, code, cause?.name, name].find((one) => typeof one === 'string' && /^\w{1,60}$/.test(one));
  const why = (known ?? 'the request failed') as string;
  return { why, isReached: !UNREACHED.has(why) };
}

function backoff(tries: number): number {
  return FIRST_WAIT_MS * 2 ** tries * (0.5 + Math.random() / 2);
}

function busyWait(headers: AnswerHeaders, tries: number): number {
  const said = headers.get('retry-after') ?? '';
  const ms = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now();
  return ms >= 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : BUSY_FACTOR * backoff(tries);
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(ms, undefined, signal && { signal }).catch(() => throwIfAborted(signal));
}

async function textOf(response: Exchanged, guard: Guard): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  if (response.body === null) return '';
  for await (const piece of response.body) {
    guard.touch();
    bytes += piece.length;
    if (bytes > MAX_TEXT) throw new CheckpointError('ERR_CKPT_BUCKET_ANSWER', `the store's answer has more than ${MAX_TEXT} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
