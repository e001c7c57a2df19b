import { nodeCrypto } from '../../base/node-modules.js';
import type { S3Credentials } from '../../options/bucket-options.js';
import { escaped, keyPath } from '../keys.js';
import type { Ask, Sign } from '../sender.js';

/** The body has its MD5, or is short: it is not part of what is signed. */
const UNSIGNED = 'UNSIGNED-PAYLOAD';
/** Of headers that may be changed on their way. */
const LEFT_OUT: ReadonlySet<string> = new Set(['range', 'content-type', 'content-length']);

/**
 * Signs requests by version 4 of AWS's signatures; undefined from `credentials`: they stay as they are. Node's own HMAC does it: packages
 * that use Web Crypto take some 40 ms for the first request of a process.
 */
export function s3Sign(credentials: () => Promise<S3Credentials | undefined>, region: string, now = () => new Date()): Sign {
  let known: { of: string; key: Buffer } | undefined;
  return async ({ method, url, headers = {} }) => {
    const keys = await credentials();
    if (keys === undefined) return { url, headers };
    const { accessKeyId, secretAccessKey, sessionToken } = keys;
    const time = now()
      .toISOString()
      .replace(/[:-]|\.\d{3}/g, '');
    const day = time.slice(0, 8);
    const scope = `${day}/${region}/s3/aws4_request`;
    const of = `${secretAccessKey} ${scope}`;
    if (known?.of !== of) {
      const key = [region, 's3', 'aws4_request'].reduce((made, part) => hmac(made, part), hmac(`AWS4${secretAccessKey}`, day));
      known = { of, key };
    }
    const own = { 'x-amz-content-sha256': UNSIGNED, 'x-amz-date': time, ...(sessionToken && { 'x-amz-security-token': sessionToken }) };
    const sent = { ...headers, ...own };
    const { text, names } = canonical(method, url, sent);
    const toSign = ['AWS4-HMAC-SHA256', time, scope, nodeCrypto().createHash('sha256').update(text).digest('hex')].join('\n');
    const signature = hmac(known.key, toSign).toString('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
    return { url, headers: { ...sent, authorization } };
  };
}

/** A request as both sides write it down, and the names of the headers in it. */
function canonical(method: Ask['method'], url: URL, headers: Record<string, string>): { text: string; names: string } {
  const signed = Object.entries({ ...headers, host: url.host })
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, value]) => [name, value.trim().replace(/\s+/g, ' ')] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const query = [...url.searchParams].map((pair) => pair.map(escaped).join('=')).sort();
  const lines = [method, keyPath(decodeURIComponent(url.pathname)), query.join('&'), ...signed.map((pair) => pair.join(':'))];
  return { text: [...lines, '', names, UNSIGNED].join('\n'), names };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return nodeCrypto().createHmac('sha256', key).update(text).digest();
}
