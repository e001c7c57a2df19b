import { given, PAGE, type Dialect, type StubAnswer, type StubRequest } from './dialect.js';
import { md5Base64, type StubCondition, type StubObject, type StubObjects } from './objects.js';
import { STUB_BUCKET } from './s3-dialect.js';

export const STUB_TOKEN = 'canary-token';

const json = (status: number, value: object, headers: Record<string, string> = {}): StubAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});
const refused = (status: number, reason: string, message = 'no'): StubAnswer => json(status, { error: { errors: [{ reason }], message } });
const itemOf = (name: string, { bytes, version, modified }: StubObject): object => ({
  name,
  size: String(bytes.length),
  generation: String(version),
  updated: modified.toISOString(),
});

function conditionOf(query: URLSearchParams): StubCondition {
  const said = query.get('ifGenerationMatch');
  if (said === null) return {};
  return said === '0' ? { ifAbsent: true } : { ifVersion: Number(said) };
}

/** The JSON API of Google Cloud Storage. */
export const googleDialect: Dialect = (request, objects) => {
  const { method, url, headers, body } = request;
  const token = headers['authorization'];
  if (token !== undefined && token !== `Bearer ${STUB_TOKEN}`) return refused(401, 'authError');
  const [, isUpload, bucket = '', escaped] = /^(\/upload)?\/storage\/v1\/b\/([^/]+)\/o(?:\/(.*))?$/.exec(url.pathname) ?? [];
  if (url.pathname.startsWith('/session/')) return sent(request, objects);
  if (bucket !== STUB_BUCKET) return refused(404, 'notFound', 'The specified bucket does not exist.');
  const query = url.searchParams;
  const condition = conditionOf(query);
  if (isUpload !== undefined) {
    if (query.get('uploadType') === 'resumable') return begun(request, objects);
    const boundary = /boundary=(.*)$/.exec(headers['content-type'] ?? '')?.[1] ?? '';
    const [, facts = '', bytes = ''] = body.toString('latin1').split(`--${boundary}\r\n`);
    const { name, md5Hash } = JSON.parse(Buffer.from(after(facts), 'latin1').toString()) as { name: string; md5Hash: string };
    const data = Buffer.from(after(bytes).slice(0, -`\r\n--${boundary}--\r\n`.length), 'latin1');
    return made(objects, name, data, condition, md5Hash);
  }
  if (escaped === undefined) {
    const from = Buffer.from(query.get('pageToken') ?? '', 'base64url').toString();
    const { entries, next } = objects.page(query.get('prefix') ?? '', from, PAGE);
    const items = entries.map(([key, object]) => itemOf(key, object));
    return json(200, { items, ...(next !== undefined && { nextPageToken: Buffer.from(next).toString('base64url') }) });
  }
  const key = decodeURIComponent(escaped);
  if (method === 'DELETE') {
    const gone = objects.delete(key, condition);
    return gone === 'unmet' ? refused(412, 'conditionNotMet') : gone ? { status: 204 } : refused(404, 'notFound');
  }
  const object = objects.all.get(key);
  if (object === undefined) return { status: 404, headers: { 'content-type': 'text/plain' }, body: `No such object: ${bucket}/${key}` };
  if (condition.ifVersion !== undefined && condition.ifVersion !== object.version) return refused(412, 'conditionNotMet');
  return given(object, headers['range'], { 'x-goog-generation': String(object.version) });
};

function after(part: string): string {
  return part.slice(part.indexOf('\r\n\r\n') + 4);
}

function made(objects: StubObjects, name: string, data: Buffer, condition: StubCondition, md5Hash: string): StubAnswer {
  if (md5Hash !== md5Base64(data)) return refused(400, 'Md5Mismatch');
  const put = objects.put(name, data, condition);
  return put === 'unmet' ? refused(412, 'conditionNotMet') : json(200, itemOf(name, put));
}

function begun({ url, body, origin }: StubRequest, objects: StubObjects): StubAnswer {
  const { name, md5Hash } = JSON.parse(body.toString()) as { name: string; md5Hash: string };
  const condition = conditionOf(url.searchParams);
  if (condition.ifAbsent === true && objects.all.has(name)) return refused(412, 'conditionNotMet');
  const id = `/session/${Math.random()}`;
  const parts = new Map([
    ['data', Buffer.alloc(0)],
    ['md5', Buffer.from(md5Hash)],
  ]);
  objects.uploads.set(id, { key: name, parts, condition });
  return { status: 200, headers: { location: `${origin}${id}` } };
}

function sent({ method, url, headers, body }: StubRequest, objects: StubObjects): StubAnswer {
  const upload = objects.uploads.get(url.pathname);
  // A session that has ended gives its answer again.
  if (upload === undefined) return (objects.ended.get(url.pathname) as StubAnswer | undefined) ?? refused(404, 'notFound');
  if (method === 'DELETE') {
    objects.uploads.delete(url.pathname);
    return { status: 499 };
  }
  const kept = upload.parts.get('data') as Buffer;
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
  const data = Buffer.concat([kept.subarray(0, Number(first)), body]);
  upload.parts.set('data', data);
  if (data.length < Number(total)) return { status: 308, headers: { range: `bytes=0-${data.length - 1}` } };
  const answer = made(objects, upload.key, data, upload.condition, (upload.parts.get('md5') as Buffer).toString());
  objects.uploads.delete(url.pathname);
  objects.ended.set(url.pathname, answer);
  return answer;
}
