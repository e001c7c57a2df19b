import { CheckpointError } from '../base/errors.js';
import { askedCredentials } from './asked-credentials.js';
import type { BucketOptions } from '../options/bucket-options.js';

/** A token that does not say how long it lasts is asked for again after this. */
const UNKNOWN_MS = 5 * 60_000;
/** One that does is used up to this long before its end. */
const MARGIN_MS = 60_000;

/** What gives a token for the header `authorization`, out of what the user gave: a token, or a function that gives one. */
export function accessToken(store: string, credentials: Exclude<BucketOptions['credentials'], undefined | false>): () => Promise<string> {
  if (typeof credentials !== 'function') {
    const token = tokenOf(store, credentials);
    return async () => token;
  }
  let known: { token: string; until: number } | undefined;
  return async () => {
    if (known !== undefined && Date.now() < known.until) return known.token;
    const given = await askedCredentials(store, credentials);
    const { expiresOnTimestamp } = (given ?? {}) as { expiresOnTimestamp?: unknown };
    const until = typeof expiresOnTimestamp === 'number' ? expiresOnTimestamp - MARGIN_MS : Date.now() + UNKNOWN_MS;
    known = { token: tokenOf(store, given), until };
    return known.token;
  };
}

function tokenOf(store: string, given: unknown): string {
  const { token, access_token } = (given ?? {}) as { token?: unknown; access_token?: unknown };
  const found = [given, token, access_token].find((one) => typeof one === 'string' && one !== '');
  // What does not fit into a header would be told by `fetch`, with the token.
  if (typeof found === 'string' && /^[\x21-\x7e]+$/.test(found)) return found;
  throw new CheckpointError('ERR_CKPT_CREDENTIALS', `the credentials for ${store} give no token: a text, { token } or { access_token }`);
}
