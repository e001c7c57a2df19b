import { escapeXml, given, PAGE, type Dialect, type StubAnswer } from './dialect.js';
import { md5Base64, type StubCondition, type StubObject } from './objects.js';
import { STUB_BUCKET } from './s3-dialect.js';

export const STUB_SAS = 'sv=2021-12-02&sig=canary-signature';

const refused = (status: number, code: string): StubAnswer => ({
  status,
  headers: { 'content-type': 'application/xml', 'x-ms-error-code': code },
  body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>no canary-signature</Message></Error>`,
});
const etagOf = ({ version }: StubObject): string => `"0x${version.toString(16)}"`;

function conditionOf(headers: Record<string, string>): StubCondition {
  const match = headers['if-match'];
  return {
    ...(headers['if-none-match'] === '*' && { ifAbsent: true }),
    ...(match !== undefined && { ifVersion: Number(match.replaceAll('"', '')) }),
  };
}

/** Azure Blob Storage. */
export const azureDialect: Dialect = ({ method, url, headers, body }, objects) => {
  const query = url.searchParams;
  if (query.get('sig') !== 'canary-signature') return refused(403, 'AuthenticationFailed');
  const [, container, ...rest] = url.pathname.split('/');
  if (container !== STUB_BUCKET) return refused(404, 'ContainerNotFound');
  const key = decodeURIComponent(rest.join('/'));
  if (headers['content-md5'] !== undefined && headers['content-md5'] !== md5Base64(body)) return refused(400, 'Md5Mismatch');
  if (query.get('comp') === 'list') {
    const { entries, next } = objects.page(query.get('prefix') ?? '', Buffer.from(query.get('marker') ?? '', 'base64url').toString(), PAGE);
    const blobs = entries.map(([name, object]) => {
      const facts = `<Content-Length>${object.bytes.length}</Content-Length><Etag>${etagOf(object).replaceAll('"', '')}</Etag>`;
      const time = `<Last-Modified>${object.modified.toUTCString()}</Last-Modified>`;
      return `<Blob><Name>${escapeXml(name)}</Name><Properties>${time}${facts}</Properties></Blob>`;
    });
    const marker = next === undefined ? '<NextMarker />' : `<NextMarker>${Buffer.from(next).toString('base64url')}</NextMarker>`;
    const page = `<EnumerationResults><Blobs>${blobs.join('')}</Blobs>${marker}</EnumerationResults>`;
    return { status: 200, headers: { 'content-type': 'application/xml' }, body: page };
  }
  if (method === 'PUT' && query.get('comp') === 'block') {
    const upload = objects.uploads.get(key) ?? { key, parts: new Map<string, Buffer>(), condition: {} };
    upload.parts.set(query.get('blockid') ?? '', body);
    objects.uploads.set(key, upload);
    return { status: 201 };
  }
  if (method === 'PUT') {
    const isList = query.get('comp') === 'blocklist';
    const blocks = [...body.toString().matchAll(/<Latest>([^<]*)<\/Latest>/g)].map(
      ([, id]) => objects.uploads.get(key)?.parts.get(id as string) ?? Buffer.alloc(0),
    );
    const condition = conditionOf(headers);
    const put = objects.put(key, isList ? Buffer.concat(blocks) : body, condition);
    if (put === 'unmet') return condition.ifAbsent === true ? refused(409, 'BlobAlreadyExists') : refused(412, 'ConditionNotMet');
    if (isList) objects.uploads.delete(key);
    return { status: 201, headers: { etag: etagOf(put) } };
  }
  if (method === 'DELETE') {
    const gone = objects.delete(key, conditionOf(headers));
    return gone === 'unmet' ? refused(412, 'ConditionNotMet') : gone ? { status: 202 } : refused(404, 'BlobNotFound');
  }
  const object = objects.all.get(key);
  if (object === undefined) return refused(404, 'BlobNotFound');
  if (headers['if-match'] !== undefined && headers['if-match'] !== etagOf(object)) return refused(412, 'ConditionNotMet');
  const range = headers['range'];
  // Azure knows no suffixes, and gives all.
  return given(object, range?.startsWith('bytes=-') === true ? undefined : range, { etag: etagOf(object) });
};
