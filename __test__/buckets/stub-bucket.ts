import type { Bucket } from '../../lib/options/bucket.js';
import type { BucketOptions } from '../../lib/options/bucket-options.js';
import { bucketOf } from '../../lib/bucket/bucket-of.js';
import { STUB_SAS } from '../support/bucket-stub/azure-dialect.js';
import { STUB_TOKEN } from '../support/bucket-stub/google-dialect.js';
import { STUB_KEYS } from '../support/bucket-stub/s3-dialect.js';
import { STUB_BUCKET, type BucketStub, type DialectName } from '../support/bucket-stub/stub.js';

/** What reaches a stub. */
export function stubOptions(stub: BucketStub, dialect: DialectName): BucketOptions {
  if (dialect === 'http') return {};
  const endpoint = stub.origin;
  if (dialect === 's3') return { endpoint, credentials: STUB_KEYS };
  if (dialect === 'google') return { endpoint, credentials: STUB_TOKEN };
  return { endpoint, account: 'stub', credentials: { sas: STUB_SAS } };
}

/** The URL of a key in a stub. */
export function stubUrl(stub: BucketStub, dialect: DialectName, key: string): string {
  if (dialect === 'http') return `${stub.origin}/${STUB_BUCKET}/${key}`;
  return `${{ s3: 's3', google: 'gs', azure: 'az' }[dialect]}://${STUB_BUCKET}/${key}`;
}

/** The bucket of a stub. */
export function stubBucket(stub: BucketStub, dialect: DialectName, options: BucketOptions = {}): Bucket {
  return bucketOf(stubUrl(stub, dialect, ''), { ...stubOptions(stub, dialect), ...options }).bucket;
}

/** The environment in which a program reaches a stub of S3. */
export function stubEnvironment({ origin }: BucketStub): { [name: string]: string } {
  return { AWS_ENDPOINT_URL_S3: origin, AWS_ACCESS_KEY_ID: STUB_KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: STUB_KEYS.secretAccessKey };
}
