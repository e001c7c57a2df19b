import { nodeCrypto } from '../../base/node-modules.js';
import type { IncomingMessage } from 'node:http';

/** Names of this machine that a browser may ask for. Another name that leads here is one of somebody else: DNS rebinding. */
const HOSTS = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/;

/** What every answer says: nothing from elsewhere, nothing kept, no other page may look at it or frame it. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The word in the address that only who started the viewer knows. */
export function makeToken(): string {
  return nodeCrypto().randomBytes(24).toString('base64url');
}

/** Why a request is refused, and how; undefined for one that may pass. */
export interface Refusal {
  status: number;
  text: string;
}

/**
 * Looks at a request before anything is done: it must ask for this machine by its name, come from the viewer's own page or from the address
 * bar, and know the token. Only reading methods pass.
 */
export function refusalOf({ method, url = '', headers }: IncomingMessage, token: string): Refusal | undefined {
  const { host = '', origin } = headers;
  if (!HOSTS.test(host)) return { status: 403, text: 'this viewer answers requests for 127.0.0.1 only' };
  if (origin !== undefined && origin !== `http://${host}`) return { status: 403, text: 'this viewer answers its own page only' };
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return { status: 403, text: 'this viewer answers its own page only' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'this viewer only reads' };
  if (!isToken(url.split(/[/?]/)[1] ?? '', token)) return { status: 404, text: 'nothing is here: the address has another token' };
  return undefined;
}

/** Takes the same time for each wrong word. */
function isToken(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && nodeCrypto().timingSafeEqual(one, other);
}
