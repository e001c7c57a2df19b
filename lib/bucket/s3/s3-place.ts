import { environment } from '../../base/environment.js';
import type { BucketOptions } from '../../options/bucket-options.js';

/** Where the objects of a bucket are, and in which region requests are signed. */
export interface S3Place {
  /** Ends with a slash: keys follow. */
  base: string;
  region: string;
}

/** Where the store is that is not Amazon's. */
export function s3Endpoint(options: BucketOptions): string | undefined {
  return options.endpoint ?? environment('AWS_ENDPOINT_URL_S3') ?? environment('AWS_ENDPOINT_URL');
}

/** By the endpoint, else Amazon's: the bucket in the name of the host, unless the certificate would not hold for it. */
export function s3Place(bucket: string, options: BucketOptions): S3Place {
  const region = options.region ?? environment('AWS_REGION') ?? environment('AWS_DEFAULT_REGION') ?? 'us-east-1';
  const endpoint = s3Endpoint(options);
  if (endpoint !== undefined) return { base: `${endpoint.replace(/\/+$/, '')}/${bucket}/`, region };
  const domain = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  return { base: bucket.includes('.') ? `https://${domain}/${bucket}/` : `https://${bucket}.${domain}/`, region };
}
