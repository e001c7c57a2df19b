import { nodeCrypto } from '../../base/node-modules.js';
import { CheckpointError } from '../../base/errors.js';
import type { BucketOptions, GoogleServiceAccount } from '../../options/bucket-options.js';
import { Sender } from '../sender.js';

const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_write';
const LIFE_S = 3600;

/** What gives tokens of a service account, which signs for itself at Google's token server (RFC 7523). Each serves for most of its hour. */
export function serviceAccountToken(account: GoogleServiceAccount, options: BucketOptions): () => Promise<string> {
  const sender = new Sender('the token server of Google', options, async ({ url, headers = {} }) => ({ url, headers }));
  let known: { token: string; until: number } | undefined;
  return async () => {
    if (known !== undefined && Date.now() < known.until) return known.token;
    const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertionOf(account) });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await sender.send({ method: 'POST', url: new URL(TOKEN_URL), headers, body: body.toString(), signal: undefined });
    const token = answer.status === 200 ? tokenIn(answer.text) : undefined;
    if (token === undefined) {
      const message = `Google gives no token for the service account (${answer.status}); its key is wrong, or was removed`;
      throw new CheckpointError('ERR_CKPT_CREDENTIALS', message);
    }
    known = { token, until: Date.now() + (LIFE_S - 300) * 1000 };
    return token;
  };
}

function assertionOf({ client_email, private_key }: GoogleServiceAccount): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: client_email, scope: SCOPE, aud: TOKEN_URL, iat: now, exp: now + LIFE_S };
  const text = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  try {
    return `${text}.${nodeCrypto().createSign('RSA-SHA256').update(text).sign(private_key, 'base64url')}`;
  } catch {
    // What OpenSSL says of it may have a part of it.
    throw new CheckpointError('ERR_CKPT_CREDENTIALS', 'private_key of the service account is no private key in PEM');
  }
}

function tokenIn(text: string): string | undefined {
  try {
    const { access_token } = JSON.parse(text) as { access_token?: unknown };
    return typeof access_token === 'string' && /^[\x21-\x7e]+$/.test(access_token) ? access_token : undefined;
  } catch {
    return undefined;
  }
}
