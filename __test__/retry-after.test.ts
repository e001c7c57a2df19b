import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfter } from 'arrow-ckpt';
import { toldToWait } from '../lib/resume/retry-after.ts';

type Head = Record<string, string>;
const NOW = Date.now();
const seconds = (count: number): string => new Date(NOW + count * 1000).toUTCString();
const error = (fields: object, message = 'busy'): Error => Object.assign(new Error(message), fields);

/** What each client throws for a status with headers. */
const CLIENTS: Record<string, (status: number, headers: Head) => unknown> = {
  'fetch, its Response': (status, headers) => new Response('', { status, headers }),
  'fetch, the Response as response': (status, headers) => error({ response: new Response('', { status, headers }) }),
  'openai and @anthropic-ai/sdk': (status, headers) => error({ status, headers: new Headers(headers) }),
  'openai 3 and 4': (status, headers) => error({ status, headers }),
  ai: (status, headers) => error({ statusCode: status, responseHeaders: headers }),
  'ai, after its retries': (status, headers) => error({ lastError: error({ statusCode: status, responseHeaders: headers }) }),
  axios: (status, headers) =>
    error({ status, response: { status, headers: { ...headers, get: (name: string) => headers[name.toLowerCase()] } } }),
  got: (status, headers) => error({ code: 'ERR_NON_2XX_3XX_RESPONSE', response: { statusCode: status, headers } }),
  undici: (status, headers) => error({ statusCode: status, headers }),
  'undici, raw': (status, headers) =>
    error({
      statusCode: status,
      headers: Object.entries(headers)
        .flat()
        .map((text) => Buffer.from(text)),
    }),
  gaxios: (status, headers) => error({ code: String(status), status, response: { status, headers: new Headers(headers) } }),
  AWS: (status, headers) => error({ $metadata: { httpStatusCode: status }, $response: { statusCode: status, headers } }),
  wrapped: (status, headers) => error({ cause: error({ cause: error({ status, headers }) }) }),
};

for (const [name, thrown] of Object.entries(CLIENTS)) {
  test(`retryAfter: ${name}`, () => {
    assert.equal(retryAfter(thrown(429, { 'retry-after': '7' })), 7000);
    assert.equal(retryAfter(thrown(503, { 'retry-after': '0.5' })), 500);
    assert.equal(retryAfter(thrown(429, { 'retry-after': seconds(30), date: seconds(10) })), 20_000);
    assert.equal(retryAfter(thrown(429, { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m2.5s' })), 62_500);
    assert.equal(retryAfter(thrown(400, { 'retry-after': '7' })), undefined);
    assert.equal(retryAfter(thrown(429, {})), undefined);
  });
}

test('every way of saying it', () => {
  const cases: [Head, number | undefined][] = [
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '120' }, 120_000],
    [{ 'retry-after-ms': '250', 'retry-after': '7' }, 250],
    [{ 'retry-after-ms': 'soon', 'retry-after': '7' }, 7000],
    // By the clock of the service, whatever ours says.
    [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT', date: 'Wed, 21 Oct 2015 07:28:00 GMT' }, 30_000],
    [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT', date: 'Wed, 21 Oct 2015 07:28:30 GMT' }, 1000],
    [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, 1000],
    [{ 'retry-after': seconds(-60) }, 1000],
    [{ 'retry-after': 'NaN' }, undefined],
    [{ 'retry-after': 'Infinity' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': '1e3' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': 'NaN', 'x-ratelimit-reset': '4' }, 4000],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s', 'x-ratelimit-reset-requests': '8.64s' }, 360_000],
    [{ 'x-ratelimit-remaining-tokens': '5', 'x-ratelimit-reset-tokens': '120ms', 'x-ratelimit-reset-requests': '2ms' }, 120],
    [{ 'anthropic-ratelimit-input-tokens-reset': '2026-01-01T00:00:09Z', date: 'Thu, 01 Jan 2026 00:00:00 GMT' }, 9000],
    [{ 'x-ratelimit-reset': '1767225605', date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'x-ratelimit-remaining': '0' }, 5000],
    [{ 'x-ratelimit-reset': '1767225605500', date: 'Thu, 01 Jan 2026 00:00:00 GMT' }, 5500],
    [{ 'x-ratelimit-reset': '1767225605', date: 'Thu, 01 Jan 2026 00:00:10 GMT' }, 1000],
    [{ 'ratelimit-reset': '3' }, 3000],
    [{ 'x-ratelimit-reset-after': '1.25' }, 1250],
  ];
  for (const [headers, wanted] of cases) {
    assert.equal(retryAfter(new Response('', { status: 429, headers })), wanted, JSON.stringify(headers));
    assert.equal(
      retryAfter(
        error({ status: 503, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value])) }),
      ),
      wanted,
    );
  }
  const late = retryAfter(new Response('', { status: 429, headers: { 'retry-after': new Date(Date.now() + 30_000).toUTCString() } }));
  assert.ok(late !== undefined && late > 28_000 && late <= 30_000);
});

test('Google says it in the body', () => {
  const info = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '17s' };
  assert.equal(retryAfter(error({ status: 429, errorDetails: [{ reason: 'x' }, info] })), 17_000);
  assert.equal(retryAfter(error({ status: 429 }, JSON.stringify({ error: { details: [info] } }))), 17_000);
  assert.equal(retryAfter(error({ status: 400 }, JSON.stringify({ error: { details: [info] } }))), undefined);
});

test('a year is an hour', () => {
  const year = new Response('', { status: 429, headers: { 'retry-after': String(365 * 86_400) } });
  assert.equal(retryAfter(year), 3_600_000);
  assert.equal(toldToWait(year), 365 * 86_400_000);
});

test('anything else says nothing', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const cycle: Record<string, unknown> = { message: 'busy' };
  cycle['cause'] = cycle;
  const getter = Object.defineProperty({}, 'status', {
    get() {
      throw new Error('no');
    },
  });
  const others = [undefined, null, 5, '429', () => 429, [], {}, new Error('429'), proxy, cycle, getter, { status: '429' }, { headers: 5 }];
  for (const other of [...others, new Response('', { status: 200, headers: { 'retry-after': '5' } })])
    assert.equal(retryAfter(other), undefined);
  // Headers that can mean nothing else, of an error that does not say its status.
  assert.equal(retryAfter({ headers: { 'retry-after': '5' } }), 5000);
  assert.equal(retryAfter({ headers: { 'x-ratelimit-reset': '5' } }), undefined);
});
