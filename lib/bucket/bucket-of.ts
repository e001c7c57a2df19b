import { invalid } from '../base/messages.js';
import type { Bucket } from '../options/bucket.js';
import { isBucket, type BucketOptions } from '../options/bucket-options.js';
import { bucketUrl, isBucketUrl, withoutQuery } from '../options/bucket-url.js';
import { accessToken } from './access-token.js';
import { azureAccount } from './azure/azure-account.js';
import { googleCredentials } from './google/google-credentials.js';
import { googleEndpoint } from './google/google-endpoint.js';
import { laterBucket } from './later-bucket.js';
import { s3Credentials } from './s3/s3-credentials.js';
import { s3Endpoint, s3Place } from './s3/s3-place.js';

/** A place in a bucket. */
export interface BucketPlace {
  bucket: Bucket;
  /** Of an object, or what the keys of several begin with. */
  key: string;
  /** As it was given, for messages: without what a web server takes as a query, where signatures stand. */
  url: string;
  /** Of a store at an endpoint of the caller's, which may not keep its word: the endpoint and the bucket. */
  endpoint?: string;
}

/**
 * What a URL names: in the driver that is given, else in one for its scheme. @throws `ERR_CKPT_INVALID_OPTION` for a URL that is none, and
 * for a scheme that needs a driver
 */
export function bucketOf(path: string, given: Bucket | BucketOptions = {}): BucketPlace {
  const parts = bucketUrl(path);
  if (parts === undefined) throw invalid('with the option bucket the path must be a URL: s3://bucket/key');
  const { scheme, bucket, key } = parts;
  const url = withoutQuery(path);
  if (isBucket(given)) return { bucket: given, key, url };
  if (scheme === 's3') {
    const endpoint = s3Endpoint(given);
    const place = { bucket: s3Bucket(name(bucket), given), key, url };
    return endpoint === undefined ? place : { ...place, endpoint: `${endpoint}/${bucket}` };
  }
  if (scheme === 'gs') return { bucket: googleBucket(name(bucket), given), key, url };
  if (scheme === 'az') return { bucket: azureBucket(name(bucket), given), key, url };
  if (scheme !== 'http' && scheme !== 'https') throw invalid(`${scheme}:// needs a driver of your own in the option bucket`);
  if (!URL.canParse(path)) throw invalid('that is no URL of a web server');
  const { origin, username, password, pathname, search } = new URL(path);
  if (username !== '' || password !== '') throw invalid('a URL with a name and a password is seen in messages; give bucket.credentials');
  return { bucket: httpBucket(origin, given), key: pathname + search, url };
}

/** What a call names that takes local paths and URLs; undefined for a local path. */
export function remotePlace(path: string, given: Bucket | BucketOptions | undefined): BucketPlace | undefined {
  return given === undefined && !isBucketUrl(path) ? undefined : bucketOf(path, given);
}

function s3Bucket(bucket: string, options: BucketOptions): Bucket {
  const place = s3Place(bucket, options);
  const keys = s3Credentials(options);
  return laterBucket(true, async () => new (await import('./s3/s3-bucket.js')).S3Bucket(bucket, place, keys, options));
}

function googleBucket(bucket: string, options: BucketOptions): Bucket {
  const endpoint = googleEndpoint(options);
  const token = googleCredentials(options);
  return laterBucket(true, async () => new (await import('./google/google-bucket.js')).GoogleBucket(bucket, endpoint, token, options));
}

function azureBucket(container: string, options: BucketOptions): Bucket {
  const account = azureAccount(options);
  return laterBucket(true, async () => new (await import('./azure/azure-bucket.js')).AzureBucket(container, account, options));
}

function httpBucket(origin: string, options: BucketOptions): Bucket {
  const { credentials } = options;
  const token = credentials === undefined || credentials === false ? undefined : accessToken('HTTP', credentials);
  return laterBucket(false, async () => new (await import('./http/http-bucket.js')).HttpBucket(origin, token, options));
}

/** In a host or a path, anything else would lead elsewhere. */
function name(bucket: string): string {
  if (/^[a-z0-9$][\w.-]{1,221}$/i.test(bucket) && !bucket.includes('..')) return bucket;
  throw invalid('the name of a bucket has letters, digits, dots, hyphens and underscores, and no others');
}
