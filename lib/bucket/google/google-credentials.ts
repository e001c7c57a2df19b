import { readFile } from 'node:fs/promises';
import { environment } from '../../base/environment.js';
import { CheckpointError } from '../../base/errors.js';
import type { BucketOptions, GoogleServiceAccount } from '../../options/bucket-options.js';
import { accessToken } from '../access-token.js';

/** What gives the token of a request; undefined where none is sent. */
export function googleCredentials(options: BucketOptions): () => Promise<string | undefined> {
  const { credentials } = options;
  if (credentials === false) return async () => undefined;
  if (credentials !== undefined && !isAccount(credentials)) return accessToken('Google Cloud Storage', credentials);
  let known: Promise<() => Promise<string>> | undefined;
  return async () => {
    known ??= tokenOf(credentials ?? (await fromEnvironment()), options);
    return (await known)();
  };
}

async function tokenOf(account: GoogleServiceAccount, options: BucketOptions): Promise<() => Promise<string>> {
  const { serviceAccountToken } = await import('./service-account-token.js');
  return serviceAccountToken(account, options);
}

async function fromEnvironment(): Promise<GoogleServiceAccount> {
  const file = environment('GOOGLE_APPLICATION_CREDENTIALS');
  if (file === undefined) {
    const message =
      'there are no credentials for Google Cloud Storage: set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account, ' +
      'or give bucket.credentials: such an account, a token, a function that gives one, or false for public objects';
    throw new CheckpointError('ERR_CKPT_CREDENTIALS', message);
  }
  const account: unknown = await readFile(file, 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);
  if (isAccount(account)) return account;
  const message = 'GOOGLE_APPLICATION_CREDENTIALS names no key file of a service account; for others give a token function';
  throw new CheckpointError('ERR_CKPT_CREDENTIALS', message);
}

function isAccount(value: unknown): value is GoogleServiceAccount {
  if (typeof value !== 'object' || value === null) return false;
  const { client_email, private_key } = value as Partial<GoogleServiceAccount>;
  return typeof client_email === 'string' && typeof private_key === 'string';
}
