import { invalid } from '../../base/messages.js';
import { bucketOf, type BucketPlace } from '../../bucket/bucket-of.js';
import { keyPath } from '../../bucket/keys.js';
import type { Bucket } from '../../options/bucket.js';
import type { BucketOptions } from '../../options/bucket-options.js';
import { isBucketUrl } from '../../options/bucket-url.js';
import { checkFileBucket } from '../../options/file-options.js';

/** A directory of checkpoints in a bucket: the objects whose keys begin with its prefix. */
export interface BucketHome {
  /** As it was given, without a slash at its end: with a slash and the path of an object it is that object's URL. */
  url: string;
  bucket: Bucket;
  /** Of the keys; empty, or with a slash at its end. */
  prefix: string;
  /** Keys are paths of URLs: of a web server. */
  isEscaped: boolean;
  endpoint?: string;
}

/** The directory that a URL names. @throws `ERR_CKPT_INVALID_OPTION` for a URL that names none */
function bucketHome(path: string, given: Bucket | BucketOptions | undefined): BucketHome {
  const { bucket, key, url, endpoint } = bucketOf(path.replace(/\/+$/, ''), given);
  const isEscaped = /^https?:/i.test(path);
  if (isEscaped && /[?#]/.test(path)) throw invalid('the URL of a directory on a web server has no query: a path follows it');
  const prefix = key.replace(/\/+$/, '');
  return {
    url: url.replace(/\/+$/, ''),
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    isEscaped,
    ...(endpoint !== undefined && { endpoint }),
  };
}

/**
 * The same for a directory that may be local: undefined then. @throws `ERR_CKPT_INVALID_OPTION` for the option `bucket` beside a local path
 */
export function remoteHome(directory: string, bucket: unknown): BucketHome | undefined {
  const given = checkFileBucket(directory, bucket);
  return given === undefined && !isBucketUrl(directory) ? undefined : bucketHome(directory, given);
}

/** The object at a path below the directory. */
export function placeIn({ url, bucket, prefix, isEscaped, endpoint }: BucketHome, path: string): BucketPlace {
  const end = isEscaped ? keyPath(path) : path;
  const place = { bucket, key: prefix === '' && isEscaped ? `/${end}` : prefix + end, url: `${url}/${end}` };
  return endpoint === undefined ? place : { ...place, endpoint };
}
