import { nodeCrypto } from '../../base/node-modules.js';
import { CheckpointError } from '../../base/errors.js';
import type { Bucket, BucketDeleteOptions, BucketEntry, BucketGetOptions, BucketObject, BucketPutOptions } from '../../options/bucket.js';
import type { BucketOptions } from '../../options/bucket-options.js';
import { checkCommit, checkDeleted, conditionHeaders, sendCommit } from '../conditions.js';
import { checkKey, keyPath } from '../keys.js';
import type { AnswerHeaders } from '../exchange.js';
import { isHtml } from '../is-html.js';
import { modifiedOf } from '../modified-of.js';
import { readObject } from '../read-object.js';
import { refusal, type Asked } from '../refusal.js';
import { Sender, type Answer, type Ask } from '../sender.js';
import { settled } from '../settled.js';
import { UploadFile } from '../upload-file.js';
import { withQuery } from '../with-query.js';
import { eachIn, textIn } from '../xml.js';
import type { AzureAccount } from './azure-account.js';
import { azureSign } from './azure-sign.js';

/** A container of Azure Blob Storage, by its REST API. */
export class AzureBucket implements Bucket {
  readonly conditional = true;
  readonly #container: string;
  readonly #base: string;
  readonly #sender: Sender;

  constructor(container: string, account: AzureAccount, options: BucketOptions) {
    this.#container = container;
    this.#base = `${account.endpoint}/${container}`;
    this.#sender = new Sender('Azure', options, azureSign(account));
  }

  /** Azure has no ranges from the end: the size is asked for first. */
  async get(key: string, options: BucketGetOptions = {}): Promise<BucketObject | null> {
    const { range, signal } = options;
    if (range === undefined || 'start' in range) return this.#get(key, options);
    const head = await this.#sender.send({ method: 'HEAD', url: this.#url(key), signal });
    const isAbsent = head.status === 404 && head.code !== 'ContainerNotFound';
    if (isAbsent) return null;
    const etag = head.headers.get('etag');
    if (head.status !== 200 || etag === null) throw refusal(this.#asked('read', key), head);
    const size = Number(head.headers.get('content-length'));
    if (options.ifMatch !== undefined && options.ifMatch !== etag) return this.#get(key, { ...options, range: { start: 0 } });
    return this.#get(key, { ...options, ifMatch: etag, range: { start: Math.max(0, size - range.last) } });
  }

  #get(key: string, options: BucketGetOptions): Promise<BucketObject | null> {
    const url = this.#url(key);
    const ask = (headers: Record<string, string>, ifMatch: string | undefined): Ask => ({
      method: 'GET',
      url,
      headers: { ...headers, ...(ifMatch !== undefined && { 'if-match': ifMatch }) },
      signal: options.signal,
    });
    const etagOf = (headers: AnswerHeaders): string | undefined => headers.get('etag') ?? undefined;
    return readObject({ sender: this.#sender, asked: this.#asked('read', key), ask, etagOf }, options);
  }

  async put(key: string, file: string, options: BucketPutOptions = {}): Promise<{ etag: string }> {
    const url = this.#url(key);
    const asked = this.#asked('write', key);
    const source = await UploadFile.open(file, options.onBytes);
    try {
      return await settled(this, key, source, options, async () => {
        const answer = await (source.parts === 1 ? this.#putWhole(url, source, options) : this.#putBlocks(url, asked, source, options));
        checkCommit(asked, answer, options, isUnmet(answer, options));
        return etagIn(asked, answer);
      });
    } finally {
      await source.close();
    }
  }

  async #putWhole(url: URL, source: UploadFile, options: BucketPutOptions): Promise<Answer> {
    const body = source.part(0);
    const headers = {
      ...conditionHeaders(options),
      'content-md5': await body.md5(),
      'content-type': 'application/octet-stream',
      'x-ms-blob-type': 'BlockBlob',
    };
    const answer = await sendCommit(this.#sender, { method: 'PUT', url, headers, body, signal: options.signal });
    source.sent(body.length);
    return answer;
  }

  /** Azure drops blocks that are in no list by itself, and has no request for it. Each upload has names of its own for its blocks. */
  async #putBlocks(url: URL, asked: Asked, source: UploadFile, options: BucketPutOptions): Promise<Answer> {
    const { signal } = options;
    const upload = nodeCrypto().randomBytes(12).toString('hex');
    const nameOf = (part: number): string => Buffer.from(`${upload}-${String(part).padStart(6, '0')}`).toString('base64');
    await source.eachPart(async (part, body) => {
      const at = withQuery(url, { comp: 'block', blockid: nameOf(part) });
      const headers = { 'content-md5': await body.md5(), 'content-type': 'application/octet-stream' };
      const answer = await this.#sender.send({ method: 'PUT', url: at, headers, body, signal });
      if (answer.status !== 201) throw refusal(asked, answer);
    });
    const names = Array.from({ length: source.parts }, (_, part) => `<Latest>${nameOf(part)}</Latest>`);
    const body = `<?xml version="1.0" encoding="utf-8"?><BlockList>${names.join('')}</BlockList>`;
    const headers = { ...conditionHeaders(options), 'content-type': 'application/xml' };
    return sendCommit(this.#sender, { method: 'PUT', url: withQuery(url, { comp: 'blocklist' }), headers, body, signal });
  }

  async *list(prefix: string, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<BucketEntry, void, undefined> {
    const asked = this.#asked('list');
    let marker = '';
    do {
      const query = { restype: 'container', comp: 'list', ...(prefix !== '' && { prefix }), ...(marker !== '' && { marker }) };
      const answer = await this.#sender.send({ method: 'GET', url: withQuery(new URL(this.#base), query), signal, isWhole });
      if (answer.status !== 200 || isHtml(answer) || !answer.text.includes('<EnumerationResults')) throw refusal(asked, answer);
      for (const entry of eachIn(answer.text, 'Blob')) {
        const name = textIn(entry, 'Name') ?? '';
        const key = /<Name\s[^>]*Encoded="true"/i.test(entry) ? decodeURIComponent(name) : name;
        yield {
          key,
          size: Number(textIn(entry, 'Content-Length')),
          etag: quoted(textIn(entry, 'Etag') ?? ''),
          ...modifiedOf(textIn(entry, 'Last-Modified')),
        };
      }
      marker = textIn(answer.text, 'NextMarker') ?? '';
    } while (marker !== '');
  }

  async delete(key: string, options: BucketDeleteOptions = {}): Promise<void> {
    const { ifMatch, signal } = options;
    const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch };
    const answer = await this.#sender.send({ method: 'DELETE', url: this.#url(key), headers, signal });
    await checkDeleted(this, { ...this.#asked('delete'), key }, answer, options, 'ContainerNotFound');
  }

  #url(key: string): URL {
    return new URL(`${this.#base}/${keyPath(checkKey(key))}`);
  }

  #asked(doing: Asked['doing'], key?: string): Asked {
    return { store: 'Azure', host: new URL(this.#base).host, bucket: this.#container, doing, ...(key !== undefined && { key }) };
  }
}

/** 409 is S3's word for "again", and Azure's for "it is there". */
function isUnmet({ status, code }: Answer, { ifMatch }: BucketPutOptions): boolean {
  return status === 412 || code === 'BlobAlreadyExists' || (ifMatch !== undefined && code === 'BlobNotFound');
}

const isWhole = (text: string): boolean => /<\/EnumerationResults>\s*$/.test(text);

/** In listings they lack their quotes. */
function quoted(etag: string): string {
  return etag.startsWith('"') || etag === '' ? etag : `"${etag}"`;
}

function etagIn({ store, host }: Asked, { headers }: Answer): string {
  const etag = headers.get('etag');
  if (etag !== null) return etag;
  throw new CheckpointError('ERR_CKPT_BUCKET_ANSWER', `${store} at ${host} gave no ETag for what it wrote; check the endpoint`);
}
