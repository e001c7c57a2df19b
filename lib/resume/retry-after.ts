import { bodyWait, headerOf, headersWait, type Headers } from './wait-headers.js';

/** The longest that a service may make a run wait: after that it is asked again. */
export const MOST_PAUSE_MS = 3_600_000;

type Fields = Readonly<Record<string, unknown>>;

/**
 * How long a service wants to be left alone: the milliseconds that an answer or an error says, at most an hour, or undefined if it says
 * nothing of the kind. It looks at responses of fetch, and at errors of openai, @anthropic-ai/sdk, ai, axios, got, undici, gaxios and
 * Google's SDKs, also where they are the `cause` of another: status 408, 425, 429, 503, 529 or another of 500 and above with `Retry-After`
 * (seconds or a date), `retry-after-ms`, `x-ratelimit-reset-*`, `ratelimit-reset`, `anthropic-ratelimit-*-reset` or Google's `retryDelay`.
 * A date counts by the clock of the service, if it says its time (`Date`). One that is past is a second.
 */
export function retryAfter(error: unknown): number | undefined {
  const told = toldToWait(error);
  return told === undefined ? undefined : Math.min(told, MOST_PAUSE_MS);
}

/** The same without the cap. */
export function toldToWait(error: unknown): number | undefined {
  try {
    for (const { status, headers, fields } of answersIn(error)) {
      if (status !== undefined && !saysWait(status)) continue;
      const told = headers === undefined ? undefined : headersWait(headers, Date.now(), status !== undefined);
      const wait = told ?? (status === undefined ? undefined : bodyWait(fields));
      if (wait !== undefined) return wait;
    }
  } catch {
    // A getter that throws, a proxy that was revoked: nothing is said.
  }
  return undefined;
}

/** The HTTP status of an answer or an error. */
export function statusOf(error: unknown): number | undefined {
  try {
    for (const { status } of answersIn(error)) if (status !== undefined) return status;
  } catch {
    // As above.
  }
  return undefined;
}

function saysWait(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

interface Answer {
  status: number | undefined;
  headers: Headers | undefined;
  fields: Fields;
}

/** What an error says of the answer of a service, itself or in what it wraps. */
function* answersIn(error: unknown, depth = 0): Generator<Answer, void, undefined> {
  if (typeof error !== 'object' || error === null || depth > 4) return;
  const fields = error as Fields;
  const response = isFields(fields['response']) ? fields['response'] : isFields(fields['$response']) ? fields['$response'] : undefined;
  const metadata = isFields(fields['$metadata']) ? fields['$metadata'] : undefined;
  const status = firstStatus(
    fields['status'],
    fields['statusCode'],
    response?.['status'],
    response?.['statusCode'],
    metadata?.['httpStatusCode'],
    fields['code'],
  );
  const headers = [fields['headers'], fields['responseHeaders'], response?.['headers']].map(headerOf).find((found) => found !== undefined);
  if (status !== undefined || headers !== undefined) yield { status, headers, fields };
  for (const inner of ['cause', 'lastError']) yield* answersIn(fields[inner], depth + 1);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function firstStatus(...given: unknown[]): number | undefined {
  for (const each of given) {
    const status = typeof each === 'string' && /^[1-5]\d\d$/.test(each) ? Number(each) : each;
    if (typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599) return status;
  }
  return undefined;
}
