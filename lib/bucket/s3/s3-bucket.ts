import { CheckpointError } from '../../base/errors.js';
import type { Bucket, BucketDeleteOptions, BucketEntry, BucketGetOptions, BucketObject, BucketPutOptions } from '../../options/bucket.js';
import type { BucketOptions } from '../../options/bucket-options.js';
import { checkCommit, checkDeleted, conditionHeaders, sendCommit, unmet } from '../conditions.js';
import { checkKey, keyPath } from '../keys.js';
import type { AnswerHeaders } from '../exchange.js';
import { isHtml } from '../is-html.js';
import { modifiedOf } from '../modified-of.js';
import { readObject } from '../read-object.js';
import { refusal, type Asked } from '../refusal.js';
import { Sender, type Answer, type Ask } from '../sender.js';
import { settled, Unsure } from '../settled.js';
import { UploadFile } from '../upload-file.js';
import { withQuery } from '../with-query.js';
import { eachIn, textIn } from '../xml.js';
import type { s3Credentials } from './s3-credentials.js';
import type { S3Place } from './s3-place.js';
import { s3Sign } from './s3-sign.js';

/** Two conditional writes at a time: S3 wants the second to be tried again. */
const PASSING = ['ConditionalRequestConflict', 'OperationAborted', 'SlowDown', 'InternalError', 'RequestTimeout'];

/** A bucket of S3, or of a store that speaks it. */
export class S3Bucket implements Bucket {
  readonly conditional = true;
  readonly #bucket: string;
  readonly #base: string;
  readonly #sender: Sender;

  constructor(bucket: string, { base, region }: S3Place, keys: ReturnType<typeof s3Credentials>, options: BucketOptions) {
    this.#bucket = bucket;
    this.#base = base;
    this.#sender = new Sender('S3', options, s3Sign(keys, region));
  }

  async get(key: string, options: BucketGetOptions = {}): Promise<BucketObject | null> {
    const url = this.#url(key);
    const ask = (headers: Record<string, string>, ifMatch: string | undefined): Ask => ({
      method: 'GET',
      url,
      headers: { ...headers, ...(ifMatch !== undefined && { 'if-match': ifMatch }) },
      signal: options.signal,
    });
    return readObject({ sender: this.#sender, asked: this.#asked('read', key), ask, etagOf }, options);
  }

  async put(key: string, file: string, options: BucketPutOptions = {}): Promise<{ etag: string }> {
    const url = this.#url(key);
    const asked = this.#asked('write', key);
    const source = await UploadFile.open(file, options.onBytes);
    try {
      return await settled(this, key, source, options, () =>
        source.parts === 1 ? this.#putWhole(url, asked, source, options) : this.#putParts(url, asked, source, options),
      );
    } finally {
      await source.close();
    }
  }

  async #putWhole(url: URL, asked: Asked, source: UploadFile, options: BucketPutOptions): Promise<string> {
    const body = source.part(0);
    const headers = { ...conditionHeaders(options), 'content-md5': await body.md5() };
    const answer = await sendCommit(this.#sender, { passing: PASSING, method: 'PUT', url, headers, body, signal: options.signal });
    checkCommit(asked, answer, options, isUnmet(answer, options));
    source.sent(body.length);
    return etagOf(answer.headers) ?? refuse(asked, answer);
  }

  async #putParts(url: URL, asked: Asked, source: UploadFile, options: BucketPutOptions): Promise<string> {
    const { signal } = options;
    const begun = await this.#sender.send({
      method: 'POST',
      url: s3Url(url, { uploads: '' }),
      signal,
      isWhole: endsWith('InitiateMultipartUploadResult'),
    });
    const uploadId = begun.status === 200 ? textIn(begun.text, 'UploadId') : undefined;
    if (uploadId === undefined) throw refusal(asked, begun);
    try {
      const etags: string[] = [];
      await source.eachPart(async (part, body) => {
        const at = s3Url(url, { partNumber: String(part + 1), uploadId });
        const headers = { 'content-md5': await body.md5() };
        const answer = await this.#sender.send({ method: 'PUT', url: at, headers, body, signal, passing: PASSING });
        if (answer.status !== 200) throw refusal(asked, answer);
        etags[part] = etagOf(answer.headers) ?? refuse(asked, answer);
      });
      const parts = etags.map((etag, part) => `<Part><PartNumber>${part + 1}</PartNumber><ETag>${escapedXml(etag)}</ETag></Part>`);
      const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`;
      const headers = { ...conditionHeaders(options), 'content-type': 'application/xml' };
      const isWhole = endsWith('CompleteMultipartUploadResult|Error');
      const answer = await sendCommit(this.#sender, {
        passing: PASSING,
        method: 'POST',
        url: s3Url(url, { uploadId }),
        headers,
        body,
        signal,
        isWhole,
      });
      // The first of two tries has ended the upload.
      if (answer.code === 'NoSuchUpload' && answer.isDoubtful) throw new Unsure(unmet(asked, options));
      // A failure may come after the status, which says 200.
      const status = answer.status === 200 && answer.code !== '' ? 400 : answer.status;
      checkCommit(asked, { ...answer, status }, options, isUnmet(answer, options));
      return textIn(answer.text, 'ETag') ?? refuse(asked, answer);
    } catch (error) {
      // After an abort, too: the parts cost money. Where it is not known whether the object was made, this does no harm.
      const gone: Ask = { method: 'DELETE', url: s3Url(url, { uploadId }), signal: undefined };
      await this.#sender.send(gone).catch(() => {});
      throw error;
    }
  }

  async *list(prefix: string, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<BucketEntry, void, undefined> {
    const asked = this.#asked('list');
    let token: string | undefined;
    do {
      const query = { 'list-type': '2', 'encoding-type': 'url', prefix, ...(token !== undefined && { 'continuation-token': token }) };
      const isWhole = endsWith('ListBucketResult');
      const answer = await this.#sender.send({ method: 'GET', url: s3Url(this.#root(), query), signal, isWhole });
      if (answer.status !== 200 || isHtml(answer) || !answer.text.includes('<ListBucketResult')) throw refusal(asked, answer);
      const isEscaped = textIn(answer.text, 'EncodingType') === 'url';
      for (const entry of eachIn(answer.text, 'Contents')) {
        const key = textIn(entry, 'Key') ?? '';
        yield {
          key: isEscaped ? decodeURIComponent(key.replaceAll('+', ' ')) : key,
          size: Number(textIn(entry, 'Size')),
          etag: textIn(entry, 'ETag') ?? '',
          ...modifiedOf(textIn(entry, 'LastModified')),
        };
      }
      token = textIn(answer.text, 'IsTruncated') === 'true' ? textIn(answer.text, 'NextContinuationToken') : undefined;
    } while (token !== undefined);
  }

  async delete(key: string, options: BucketDeleteOptions = {}): Promise<void> {
    const { ifMatch, signal } = options;
    const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch };
    const answer = await this.#sender.send({ method: 'DELETE', url: this.#url(key), headers, signal, passing: PASSING });
    await checkDeleted(this, { ...this.#asked('delete'), key }, answer, options, 'NoSuchBucket');
  }

  #url(key: string): URL {
    return new URL(this.#base + keyPath(checkKey(key)));
  }

  /** Of the bucket itself: some servers take no slash behind it. */
  #root(): URL {
    const url = new URL(this.#base);
    if (url.pathname !== '/') url.pathname = url.pathname.slice(0, -1);
    return url;
  }

  #asked(doing: Asked['doing'], key?: string): Asked {
    return { store: 'S3', host: new URL(this.#base).host, bucket: this.#bucket, doing, ...(key !== undefined && { key }) };
  }
}

function etagOf(headers: AnswerHeaders): string | undefined {
  return headers.get('etag') ?? undefined;
}

/** With `if-match`, an object that is not there is a 404. */
function isUnmet({ status, code }: Answer, { ifMatch }: BucketPutOptions): boolean {
  return status === 412 || code === 'PreconditionFailed' || (ifMatch !== undefined && status === 404 && code !== 'NoSuchBucket');
}

/** A space as `+` is none to all servers. */
function s3Url(url: URL, query: Record<string, string>): URL {
  const made = withQuery(url, query);
  made.search = made.search.replaceAll('+', '%20');
  return made;
}

/** Whether an answer ends with the end of one of these elements. */
function endsWith(names: string): (text: string) => boolean {
  const end = new RegExp(`(?:</(?:${names})>|/>)\\s*$`);
  return (text) => end.test(text);
}

function escapedXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function refuse(asked: Asked, answer: Answer): never {
  if (isHtml(answer)) throw refusal(asked, answer);
  throw new CheckpointError(
    'ERR_CKPT_BUCKET_ANSWER',
    `the ${asked.store} at ${asked.host} gave no ETag for what it wrote; check the endpoint`,
  );
}
