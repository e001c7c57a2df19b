import { CheckpointError } from '../../base/errors.js';
import type { Bucket, BucketGetOptions, BucketObject } from '../../options/bucket.js';
import type { BucketOptions } from '../../options/bucket-options.js';
import type { AnswerHeaders } from '../exchange.js';
import { readObject } from '../read-object.js';
import type { Asked } from '../refusal.js';
import { Sender, type Answer, type Ask } from '../sender.js';

/** Of one host, to itself. */
const MAX_REDIRECTS = 5;

/** Files that a web server has. Keys are paths of URLs with their queries, escaped as they are. */
export class HttpBucket implements Bucket {
  readonly conditional = false;
  readonly #origin: string;
  readonly #sender: Sender;

  constructor(origin: string, token: (() => Promise<string>) | undefined, options: BucketOptions) {
    this.#origin = origin;
    this.#sender = new Sender('the server', options, async ({ url, headers = {} }) => ({
      url,
      headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${await token()}` },
    }));
  }

  async get(key: string, options: BucketGetOptions = {}): Promise<BucketObject | null> {
    let url = new URL(key, this.#origin);
    const asked = this.#asked('read', url.pathname);
    const ask = (headers: Record<string, string>, ifMatch: string | undefined): Ask => ({
      method: 'GET',
      url,
      headers: { ...headers, ...conditionOf(ifMatch) },
      signal: options.signal,
    });
    const sender = {
      send: async (given: Ask, read: 'text' | 'stream' = 'text'): Promise<Answer> => {
        for (let count = 0; ; count++) {
          const answer = await this.#sender.send({ ...given, url }, read);
          const next = this.#redirect(url, answer);
          if (next === undefined || count === MAX_REDIRECTS) return answer;
          url = next;
        }
      },
      isRetried: (tries: number, signal: AbortSignal | undefined) => this.#sender.isRetried(tries, signal),
    };
    return readObject({ sender, asked, ask, etagOf }, options);
  }

  /** Where a redirect leads, if that is the same host by the same protocol. */
  #redirect(from: URL, { status, headers }: Answer): URL | undefined {
    const to = headers.get('location');
    if (![301, 302, 303, 307, 308].includes(status) || to === null || !URL.canParse(to, from.href)) return undefined;
    const url = new URL(to, from);
    return url.origin === from.origin ? url : undefined;
  }

  async put(): Promise<never> {
    throw readOnly(this.#origin);
  }

  // oxlint-disable-next-line require-yield
  async *list(prefix: string): AsyncGenerator<never, void, undefined> {
    const message = `cannot list ${prefix.replace(/[?#].*$/s, '')} at ${this.#origin}: web servers have no listings; use s3://, gs:// or az://`;
    throw new CheckpointError('ERR_CKPT_NOT_FOR_BUCKETS', message);
  }

  async delete(): Promise<never> {
    throw readOnly(this.#origin);
  }

  #asked(doing: Asked['doing'], key: string): Asked {
    return { store: 'the server', host: new URL(this.#origin).host, bucket: '', doing, key };
  }
}

function readOnly(origin: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_READ_ONLY', `${origin} is a web server, which can only be read; save to s3://, gs:// or az://`);
}

function etagOf(headers: AnswerHeaders): string | undefined {
  return headers.get('etag') ?? headers.get('last-modified') ?? undefined;
}

/** A weak ETag equals nothing in `if-match`: what comes is compared instead. */
function conditionOf(etag: string | undefined): Record<string, string> {
  if (etag === undefined || etag.startsWith('W/')) return {};
  return etag.startsWith('"') ? { 'if-match': etag } : { 'if-unmodified-since': etag };
}
