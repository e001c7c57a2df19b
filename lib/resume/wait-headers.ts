/** Reads a header of an answer by its name in small letters. */
export type Headers = (name: string) => string | undefined;

/** What may hold headers: those of fetch, of axios, plain objects, lists of names and values in turn or in pairs. */
export function headerOf(given: unknown): Headers | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { get } = given as { get?: unknown };
  if (typeof get === 'function') return (name) => textOf((get as (name: string) => unknown).call(given, name));
  const entries = Array.isArray(given) ? pairsOf(given) : Object.entries(given);
  const named = new Map(entries.map(([name, value]) => [String(name).toLowerCase(), value]));
  return (name) => textOf(named.get(name));
}

function pairsOf(list: readonly unknown[]): [unknown, unknown][] {
  if (list.every(Array.isArray)) return list as [unknown, unknown][];
  return Array.from({ length: list.length >> 1 }, (_, pair) => [list[pair * 2], list[pair * 2 + 1]]);
}

function textOf(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'number') return String(first);
  // undici gives raw headers as bytes.
  if (first instanceof Uint8Array) return new TextDecoder().decode(first).trim();
  return typeof first === 'string' ? first.trim() : undefined;
}

/** Of a date that is past: its service wants a wait, but by clocks that differ nobody can say how long. */
const PAST_MS = 1000;
const RESETS = [
  ['x-ratelimit-reset-requests', 'x-ratelimit-remaining-requests'],
  ['x-ratelimit-reset-tokens', 'x-ratelimit-remaining-tokens'],
  ['anthropic-ratelimit-requests-reset', 'anthropic-ratelimit-requests-remaining'],
  ['anthropic-ratelimit-tokens-reset', 'anthropic-ratelimit-tokens-remaining'],
  ['anthropic-ratelimit-input-tokens-reset', 'anthropic-ratelimit-input-tokens-remaining'],
  ['anthropic-ratelimit-output-tokens-reset', 'anthropic-ratelimit-output-tokens-remaining'],
  ['x-ratelimit-reset-after', 'x-ratelimit-remaining'],
  ['x-ratelimit-reset', 'x-ratelimit-remaining'],
  ['ratelimit-reset', 'ratelimit-remaining'],
] as const;

/**
 * The milliseconds that headers say to wait. `isRefusal`: the answer is known to be one; else only what can mean nothing else counts.
 * `here`: the time by our clock.
 */
export function headersWait(header: Headers, here: number, isRefusal: boolean): number | undefined {
  const server = Date.parse(header('date') ?? '');
  const now = Number.isNaN(server) ? here : server;
  const exact = numberOf(header('retry-after-ms'));
  if (exact !== undefined) return exact;
  const given = header('retry-after');
  const seconds = numberOf(given);
  if (seconds !== undefined) return seconds * 1000;
  const until = given === undefined ? Number.NaN : dateOf(given);
  if (!Number.isNaN(until)) return until > now ? until - now : PAST_MS;
  return isRefusal ? resetWait(header, now) : undefined;
}

/** When limits are whole again: those that are used up, or where none says so all. */
function resetWait(header: Headers, now: number): number | undefined {
  const waits = RESETS.flatMap(([reset, remaining]) => {
    const ms = resetMs(header(reset), now);
    return ms === undefined ? [] : [{ ms, isUsedUp: numberOf(header(remaining)) === 0 }];
  });
  const usedUp = waits.filter(({ isUsedUp }) => isUsedUp);
  const counted = usedUp.length > 0 ? usedUp : waits;
  return counted.length === 0 ? undefined : Math.max(...counted.map(({ ms }) => ms));
}

/** `6m0s`, `120ms`, seconds, seconds or milliseconds since 1970, a date. */
function resetMs(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const number = numberOf(text);
  const ago = (at: number): number => (at > now ? at - now : PAST_MS);
  if (number !== undefined) return number > 1e11 ? ago(number) : number > 1e8 ? ago(number * 1000) : number * 1000;
  const length = durationOf(text);
  if (length !== undefined) return length;
  const at = dateOf(text);
  return Number.isNaN(at) ? undefined : ago(at);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1h2m3.5s`. */
function durationOf(text: string): number | undefined {
  if (!/^(?:\d{1,12}(?:\.\d{1,12})?(?:ms|s|m|h|d))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) ms += Number(count) * (UNITS[unit as string] as number);
  return ms;
}

/** Zero and above; undefined for anything else, NaN and what is not finite too. */
function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,18}(?:\.\d{1,18})?$/.test(text) ? Number(text) : undefined;
}

/** Dates of HTTP and of RFC 3339: other texts, small numbers among them, are no dates. */
function dateOf(text: string): number {
  return /^[A-Z][a-z]+,? |^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
}

/** Google says it in the body: `retryDelay` of a `RetryInfo`, in the details of the error or in its message. */
export function bodyWait(fields: Readonly<Record<string, unknown>>): number | undefined {
  const details: unknown = fields['errorDetails'] ?? fields['details'];
  if (Array.isArray(details)) {
    for (const detail of details as unknown[]) {
      const delay: unknown = (detail as { retryDelay?: unknown } | null)?.retryDelay;
      if (typeof delay === 'string') return durationOf(delay);
    }
  }
  const { message } = fields;
  const found = typeof message === 'string' ? /"retryDelay"\s*:\s*"([\d.]{1,20}s)"/.exec(message.slice(0, 20_000)) : null;
  return found?.[1] === undefined ? undefined : durationOf(found[1]);
}
