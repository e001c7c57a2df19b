import { escapeXml, given, PAGE, type Dialect, type StubAnswer, type StubRequest } from './dialect.js';
import { md5Base64, type StubCondition, type StubObject } from './objects.js';

/** The keys that the stub knows. */
export const STUB_KEYS = { accessKeyId: 'STUB', secretAccessKey: 'canary-secret' };
export const STUB_BUCKET = 'bucket';

const xml = (status: number, body: string, headers: Record<string, string> = {}): StubAnswer => ({
  status,
  headers: { 'content-type': 'application/xml', ...headers },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});
// As the real ones: with much in it that is nobody's business.
const refused = (status: number, code: string): StubAnswer =>
  xml(status, `<Error><Code>${code}</Code><Message>no</Message><StringToSign>canary-secret</StringToSign></Error>`);
const etagOf = ({ version }: StubObject): string => `"v${version}"`;

function conditionOf(headers: Record<string, string>): StubCondition {
  const match = headers['if-match'];
  return {
    ...(headers['if-none-match'] === '*' && { ifAbsent: true }),
    ...(match !== undefined && { ifVersion: Number(/^"v(\d+)"$/.exec(match)?.[1] ?? -1) }),
  };
}

/** S3, path-style. */
export const s3Dialect: Dialect = (request, objects) => {
  const { method, url, headers, body } = request;
  const anonymous = headers['authorization'] === undefined;
  if (!anonymous && !headers['authorization']?.includes(`Credential=${STUB_KEYS.accessKeyId}/`)) return refused(403, 'InvalidAccessKeyId');
  const [, bucket, ...rest] = url.pathname.split('/');
  if (bucket !== STUB_BUCKET) return refused(404, 'NoSuchBucket');
  const key = decodeURIComponent(rest.join('/'));
  const query = url.searchParams;
  if (key.startsWith('forbidden/') && method !== 'GET') return refused(403, 'AccessDenied');
  if (headers['content-md5'] !== undefined && headers['content-md5'] !== md5Base64(body)) return refused(400, 'BadDigest');
  if (query.has('list-type')) return listed(request, objects);
  if (query.has('uploads') || query.has('uploadId')) return uploaded(request, key, objects);
  if (method === 'PUT') {
    const condition = conditionOf(headers);
    if (condition.ifVersion !== undefined && !objects.all.has(key)) return refused(404, 'NoSuchKey');
    const put = objects.put(key, body, condition);
    return put === 'unmet' ? refused(412, 'PreconditionFailed') : { status: 200, headers: { etag: etagOf(put) } };
  }
  if (method === 'DELETE') {
    return objects.delete(key, conditionOf(headers)) === 'unmet' ? refused(412, 'PreconditionFailed') : { status: 204 };
  }
  const object = objects.all.get(key);
  if (object === undefined) return refused(404, 'NoSuchKey');
  if (headers['if-match'] !== undefined && headers['if-match'] !== etagOf(object)) return refused(412, 'PreconditionFailed');
  return given(object, headers['range'], { etag: etagOf(object) });
};

const listed: Dialect = ({ url }, objects) => {
  const query = url.searchParams;
  const from = Buffer.from(query.get('continuation-token') ?? '', 'base64url').toString();
  const { entries, next } = objects.page(query.get('prefix') ?? '', from, PAGE);
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const isAsked = query.get('encoding-type') === 'url';
  const encoded = (key: string): string => (isAsked ? encodeURIComponent(key) : escapeXml(key));
  /** Up to the delimiter; undefined where there is none behind the prefix. */
  const folderOf = (key: string): string | undefined => {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return end < 0 ? undefined : key.slice(0, end + delimiter.length);
  };
  const folders = new Set(entries.map(([key]) => folderOf(key)).filter((folder) => folder !== undefined));
  const files = entries.filter(([key]) => folderOf(key) === undefined);
  const contents = files.map(
    ([key, object]) =>
      `<Contents><Key>${encoded(key)}</Key><ETag>${escapeXml(etagOf(object))}</ETag><Size>${object.bytes.length}</Size><LastModified>${object.modified.toISOString()}</LastModified></Contents>`,
  );
  const more = next === undefined ? '' : `<NextContinuationToken>${Buffer.from(next).toString('base64url')}</NextContinuationToken>`;
  const common = [...folders].map((folder) => `<CommonPrefixes><Prefix>${encoded(folder)}</Prefix></CommonPrefixes>`);
  const count = `<KeyCount>${files.length + folders.size}</KeyCount>`;
  const head = `${isAsked ? '<EncodingType>url</EncodingType>' : ''}${count}<IsTruncated>${next !== undefined}</IsTruncated>`;
  return xml(200, `<ListBucketResult>${head}${more}${contents.join('')}${common.join('')}</ListBucketResult>`);
};

function uploaded({ method, url, headers, body }: StubRequest, key: string, objects: Parameters<Dialect>[1]): StubAnswer {
  const query = url.searchParams;
  const id = query.get('uploadId') ?? `u${objects.uploads.size}-${Math.random()}`;
  if (query.has('uploads')) {
    objects.uploads.set(id, { key, parts: new Map(), condition: {} });
    return xml(200, `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  }
  const upload = objects.uploads.get(id);
  if (upload === undefined) return refused(404, 'NoSuchUpload');
  if (method === 'DELETE') {
    objects.uploads.delete(id);
    return { status: 204 };
  }
  if (method === 'PUT') {
    upload.parts.set(query.get('partNumber') ?? '', body);
    return { status: 200, headers: { etag: `"p${query.get('partNumber')}"` } };
  }
  const condition = conditionOf(headers);
  if (condition.ifVersion !== undefined && !objects.all.has(key)) return refused(404, 'NoSuchKey');
  const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) => number as string);
  const put = objects.put(key, Buffer.concat(numbers.map((number) => upload.parts.get(number) ?? Buffer.alloc(0))), condition);
  if (put === 'unmet') return refused(412, 'PreconditionFailed');
  objects.uploads.delete(id);
  return xml(200, `<CompleteMultipartUploadResult><ETag>${escapeXml(etagOf(put))}</ETag></CompleteMultipartUploadResult>`);
}
