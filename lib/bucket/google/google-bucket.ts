import { nodeCrypto } from '../../base/node-modules.js';
import { CheckpointError } from '../../base/errors.js';
import type { Bucket, BucketDeleteOptions, BucketEntry, BucketGetOptions, BucketObject, BucketPutOptions } from '../../options/bucket.js';
import type { BucketOptions } from '../../options/bucket-options.js';
import { checkCommit, checkDeleted, sendCommit } from '../conditions.js';
import { checkKey, escaped } from '../keys.js';
import type { AnswerHeaders } from '../exchange.js';
import { isHtml } from '../is-html.js';
import { modifiedOf } from '../modified-of.js';
import { readObject } from '../read-object.js';
import { refusal, type Asked } from '../refusal.js';
import { Sender, type Answer, type Ask } from '../sender.js';
import { settled } from '../settled.js';
import { UploadFile } from '../upload-file.js';
import { withQuery } from '../with-query.js';
import type { googleCredentials } from './google-credentials.js';
import { isJson } from './is-json.js';
import { resumableUpload } from './resumable-upload.js';

interface Item {
  name: string;
  size: string;
  updated?: string;
  generation: string;
}

/** A bucket of Google Cloud Storage, by its JSON API. The etag is the generation. */
export class GoogleBucket implements Bucket {
  readonly conditional = true;
  readonly #bucket: string;
  readonly #endpoint: string;
  readonly #sender: Sender;

  constructor(bucket: string, endpoint: string, token: ReturnType<typeof googleCredentials>, options: BucketOptions) {
    this.#bucket = bucket;
    this.#endpoint = endpoint;
    this.#sender = new Sender('Google Cloud Storage', options, async ({ url, headers = {} }) => {
      const known = await token();
      return { url, headers: known === undefined ? headers : { ...headers, authorization: `Bearer ${known}` } };
    });
  }

  async get(key: string, options: BucketGetOptions = {}): Promise<BucketObject | null> {
    const at = this.#objectUrl(key);
    const ask = (headers: Record<string, string>, ifMatch: string | undefined): Ask => ({
      method: 'GET',
      url: withQuery(at, { alt: 'media', ...(ifMatch !== undefined && { ifGenerationMatch: ifMatch }) }),
      headers,
      signal: options.signal,
    });
    const etagOf = (headers: AnswerHeaders): string | undefined => headers.get('x-goog-generation') ?? undefined;
    return readObject({ sender: this.#sender, asked: this.#asked('read', key), ask, etagOf }, options);
  }

  async put(key: string, file: string, options: BucketPutOptions = {}): Promise<{ etag: string }> {
    checkKey(key);
    const asked = this.#asked('write', key);
    const source = await UploadFile.open(file, options.onBytes);
    try {
      return await settled(this, key, source, options, async () => {
        const answer = await (source.parts === 1 ? this.#putWhole(key, source, options) : this.#putParts(key, asked, source, options));
        const isUnmet = answer.status === 412 || (options.ifMatch !== undefined && answer.status === 404 && answer.code === 'notFound');
        checkCommit(asked, answer, options, isUnmet);
        return itemIn(asked, answer).generation;
      });
    } finally {
      await source.close();
    }
  }

  /** The object and its MD5 in one request. */
  async #putWhole(key: string, source: UploadFile, options: BucketPutOptions): Promise<Answer> {
    const part = source.part(0);
    const boundary = `arrow-ckpt-${nodeCrypto().randomBytes(12).toString('hex')}`;
    const facts = JSON.stringify({ name: key, md5Hash: await part.md5() });
    const body = Buffer.concat([
      Buffer.from(`--${boundary}\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${facts}\r\n`),
      Buffer.from(`--${boundary}\r\ncontent-type: application/octet-stream\r\n\r\n`),
      await part.bytes(),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]) as Buffer<ArrayBuffer>;
    const url = this.#uploadUrl('multipart', key, options);
    const headers = { 'content-type': `multipart/related; boundary=${boundary}` };
    const answer = await sendCommit(this.#sender, { method: 'POST', url, headers, body, signal: options.signal, isWhole: isJson });
    source.sent(part.length);
    return answer;
  }

  #putParts(key: string, asked: Asked, source: UploadFile, options: BucketPutOptions): Promise<Answer> {
    return resumableUpload(this.#sender, asked, this.#uploadUrl('resumable', key, options), key, source, options);
  }

  async *list(prefix: string, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<BucketEntry, void, undefined> {
    const asked = this.#asked('list');
    const at = new URL(`${this.#endpoint}/storage/v1/b/${escaped(this.#bucket)}/o`);
    let pageToken: string | undefined;
    do {
      const query = { prefix, fields: 'items(name,size,generation,updated),nextPageToken', ...(pageToken !== undefined && { pageToken }) };
      const answer = await this.#sender.send({ method: 'GET', url: withQuery(at, query), signal, isWhole: isJson });
      if (answer.status !== 200 || isHtml(answer)) throw refusal(asked, bucketAnswer(answer));
      const page = jsonIn(asked, answer) as { items?: Item[]; nextPageToken?: string };
      for (const { name, size, generation, updated } of page.items ?? [])
        yield { key: name, size: Number(size), etag: generation, ...modifiedOf(updated) };
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined && pageToken !== '');
  }

  async delete(key: string, options: BucketDeleteOptions = {}): Promise<void> {
    const { ifMatch, signal } = options;
    const url = withQuery(this.#objectUrl(key), ifMatch === undefined ? {} : { ifGenerationMatch: ifMatch });
    const answer = await this.#sender.send({ method: 'DELETE', url, signal });
    await checkDeleted(this, { ...this.#asked('delete'), key }, answer, options, 'NoSuchBucket');
  }

  #objectUrl(key: string): URL {
    return new URL(`${this.#endpoint}/storage/v1/b/${escaped(this.#bucket)}/o/${escaped(checkKey(key))}`);
  }

  #uploadUrl(uploadType: string, name: string, { ifAbsent, ifMatch }: BucketPutOptions): URL {
    const condition = ifMatch ?? (ifAbsent === true ? '0' : undefined);
    const query = { uploadType, name, ...(condition !== undefined && { ifGenerationMatch: condition }) };
    return withQuery(new URL(`${this.#endpoint}/upload/storage/v1/b/${escaped(this.#bucket)}/o`), query);
  }

  #asked(doing: Asked['doing'], key?: string): Asked {
    const host = new URL(this.#endpoint).host;
    return { store: 'Google Cloud Storage', host, bucket: this.#bucket, doing, ...(key !== undefined && { key }) };
  }
}

/** A listing that finds nothing has found no bucket. */
function bucketAnswer(answer: Answer): Answer {
  return answer.status === 404 ? { ...answer, code: 'NoSuchBucket' } : answer;
}

function itemIn(asked: Asked, answer: Answer): Item {
  const item = jsonIn(asked, answer) as Item;
  if (typeof item.generation === 'string') return item;
  throw new CheckpointError(
    'ERR_CKPT_BUCKET_ANSWER',
    `${asked.store} at ${asked.host} gave no generation for what it wrote; check the endpoint`,
  );
}

function jsonIn(asked: Asked, answer: Answer): object {
  try {
    return JSON.parse(answer.text) as object;
  } catch {
    throw refusal(asked, answer);
  }
}
