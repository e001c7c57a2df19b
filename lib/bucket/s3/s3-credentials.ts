import { environment } from '../../base/environment.js';
import { CheckpointError } from '../../base/errors.js';
import { askedCredentials } from '../asked-credentials.js';
import type { BucketOptions, S3Credentials } from '../../options/bucket-options.js';

/** What the AWS SDK's providers give beside the keys. */
interface Expiring extends S3Credentials {
  expiration?: Date | undefined;
}

/** Credentials are asked for again when they last no longer than this. */
const MARGIN_MS = 60_000;
/** Those that do not say how long they last. */
const UNKNOWN_MS = 5 * 60_000;

/** What gives the keys to sign with; undefined where requests are not signed. */
export function s3Credentials({ credentials }: BucketOptions): () => Promise<S3Credentials | undefined> {
  if (credentials === false) return async () => undefined;
  if (credentials === undefined) return async () => fromEnvironment();
  if (typeof credentials !== 'function') {
    const keys = checked(credentials);
    return async () => keys;
  }
  let known: { keys: Expiring; until: number } | undefined;
  return async () => {
    if (known !== undefined && Date.now() < known.until) return known.keys;
    const keys = checked(await askedCredentials('S3', credentials));
    known = { keys, until: keys.expiration === undefined ? Date.now() + UNKNOWN_MS : keys.expiration.getTime() - MARGIN_MS };
    return keys;
  };
}

function fromEnvironment(): S3Credentials {
  const accessKeyId = environment('AWS_ACCESS_KEY_ID');
  const secretAccessKey = environment('AWS_SECRET_ACCESS_KEY');
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const message =
      'there are no credentials for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give bucket.credentials: keys, ' +
      'a provider of the AWS SDK, or false for public objects';
    throw new CheckpointError('ERR_CKPT_CREDENTIALS', message);
  }
  return { accessKeyId, secretAccessKey, sessionToken: environment('AWS_SESSION_TOKEN') };
}

function checked(given: unknown): Expiring {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = (given ?? {}) as Partial<Expiring>;
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    throw new CheckpointError('ERR_CKPT_CREDENTIALS', 'the credentials for S3 must have accessKeyId and secretAccessKey, both texts');
  }
  return { accessKeyId, secretAccessKey, sessionToken, ...(expiration instanceof Date && { expiration }) };
}
