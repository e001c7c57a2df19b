import { invalid, show } from '../base/messages.js';
import type { RowLike, Row } from '../base/rows.js';
import type { Bucket } from './bucket.js';
import { checkBucket, type BucketOptions } from './bucket-options.js';
import { bucketUrl, isBucketUrl } from './bucket-url.js';
import { keysOf } from './option-keys.js';
import {
  asOptions,
  checkReadOptions,
  checkWriteOptions,
  READ_RECORD,
  WRITE_RECORD,
  type ReadOptions,
  type WriteOptions,
} from './options.js';

/** What a call of one file, or a manager, takes for a URL. */
export interface FileBucketOptions {
  /**
   * How the bucket of a URL is reached: an endpoint, credentials and the like, or a driver of your own. docs/buckets.md.
   *
   * With a driver the path is a URL of any scheme: `name://bucket/key`. @default the provider of the scheme, and the environment
   */
  bucket?: Bucket | BucketOptions;
}

/** When a save to a URL makes the object. */
export interface FileConditions {
  /** For URLs: only if there is no such object; else it is `ERR_CKPT_CONDITION`. @default false */
  ifAbsent?: boolean;
  /** For URLs: only if the object is still the one whose `info.etag` this is; else it is `ERR_CKPT_CONDITION`. @default any */
  ifMatch?: string;
}

/** Options of a save to one file: `writeCheckpoint`, `createCheckpoint`. */
export interface FileWriteOptions extends WriteOptions, FileBucketOptions, FileConditions {}

/** Options of a load of one file: `readCheckpoint`. */
export interface FileReadOptions<T extends RowLike = Row> extends ReadOptions<T>, FileBucketOptions {}

const FILE_WRITE_KEYS = keysOf<FileWriteOptions>({ ...WRITE_RECORD, bucket: true, ifAbsent: true, ifMatch: true });
const FILE_READ_KEYS = keysOf<FileReadOptions>({ ...READ_RECORD, bucket: true });

/** Checks the options of a save to one file; apart from those of its writer, what is for buckets. */
export function checkFileWriteOptions(
  path: string,
  options: FileWriteOptions | undefined,
  what: string,
): { save: WriteOptions; conditions: FileConditions; bucket: FileBucketOptions['bucket'] } {
  const { bucket, ifAbsent, ifMatch, ...save } = checkWriteOptions(
    asOptions(options, what) as WriteOptions,
    what,
    FILE_WRITE_KEYS,
  ) as FileWriteOptions;
  if (ifAbsent !== undefined && typeof ifAbsent !== 'boolean') throw invalid(`ifAbsent must be true or false, got ${show(ifAbsent)}`);
  if (ifMatch !== undefined && (typeof ifMatch !== 'string' || ifMatch === ''))
    throw invalid(`ifMatch must be an etag, got ${show(ifMatch)}`);
  if (ifAbsent === true && ifMatch !== undefined) throw invalid('ifAbsent and ifMatch exclude each other');
  const given = checkFileBucket(path, bucket);
  const isConditional = ifAbsent === true || ifMatch !== undefined;
  if (isConditional && given === undefined && !isBucketUrl(path)) throw invalid('ifAbsent and ifMatch are for URLs');
  return {
    save,
    conditions: { ...(ifAbsent !== undefined && { ifAbsent }), ...(ifMatch !== undefined && { ifMatch }) },
    bucket: given,
  };
}

/** The same of a load. */
export function checkFileReadOptions(
  path: string,
  options: FileReadOptions | undefined,
  what: string,
): { read: ReadOptions; bucket: FileBucketOptions['bucket'] } {
  const { bucket, ...read } = checkReadOptions(options, what, FILE_READ_KEYS) as FileReadOptions;
  return { read, bucket: checkFileBucket(path, bucket) };
}

/** Checks the option `bucket` of a call with this path. */
export function checkFileBucket(path: string, bucket: unknown): Bucket | BucketOptions | undefined {
  const checked = checkBucket(bucket);
  if (checked !== undefined && bucketUrl(path) === undefined)
    throw invalid(`bucket is for URLs such as s3://bucket/key, got the path ${show(path)}`);
  return checked;
}
