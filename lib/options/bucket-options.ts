import { invalid, show } from '../base/messages.js';
import type { Bucket } from './bucket.js';
import { keysOf } from './option-keys.js';

/** Keys of S3, and of stores that speak it. The AWS SDK's credential providers return this. */
export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** A key of an Azure storage account, or a shared access signature. */
export type AzureCredentials = { key: string } | { sas: string };

/** A service account of Google, as its JSON key file has it. */
export interface GoogleServiceAccount {
  client_email: string;
  private_key: string;
}

/** An OAuth token, as functions of Google and Azure give it: a text, or an object that has it. */
export type AccessToken = string | { token?: string | null | undefined } | { access_token?: string | null | undefined };

/** What a store wants to know of the caller. */
export type BucketCredentials = S3Credentials | AzureCredentials | GoogleServiceAccount | AccessToken;

/**
 * How a URL's bucket is reached. Without credentials those of the environment are taken: docs/buckets.md says which variables.
 */
export interface BucketOptions {
  /**
   * Where the store is, if it is not that of the provider: of R2, MinIO, versitygw and the like for `s3://`, of an emulator for the others.
   * A URL with `http` or `https`.
   */
  endpoint?: string;
  /** Of S3. @default `AWS_REGION`, else `AWS_DEFAULT_REGION`, else us-east-1 */
  region?: string;
  /** The storage account of Azure. @default `AZURE_STORAGE_ACCOUNT` */
  account?: string;
  /**
   * Credentials; a function that gives them, which is asked again when they expire, such as a provider of the AWS SDK or a token function
   * of Google or Azure; or `false`: none, for public objects.
   * @default of the environment
   */
  credentials?: BucketCredentials | (() => BucketCredentials | null | undefined | Promise<BucketCredentials | null | undefined>) | false;
  /**
   * Makes the requests, as through a proxy.
   * @default Node's HTTP client, or the global `fetch` where undici's `setGlobalDispatcher` gave it a proxy
   */
  fetch?: typeof fetch;
  /** How often a request that failed for the time being is made again, 0 to 10. @default 4 @unit times */
  retries?: number;
  /** How long a request may go without a byte, 100 or more. @default 60000 @unit ms */
  timeout?: number;
}

const KEYS = keysOf<BucketOptions>({
  endpoint: true,
  region: true,
  account: true,
  credentials: true,
  fetch: true,
  retries: true,
  timeout: true,
});
const METHODS = ['get', 'put', 'list', 'delete'] as const;

/** Whether the value is a driver, and not options of one. */
export function isBucket(value: unknown): value is Bucket {
  return typeof value === 'object' && value !== null && METHODS.some((name) => typeof (value as Bucket)[name] === 'function');
}

/** Checks the option `bucket`: a driver, or how one of ours is to be made. No message shows a value that may be a secret. */
export function checkBucket(bucket: unknown): Bucket | BucketOptions | undefined {
  if (bucket === undefined) return undefined;
  if (typeof bucket !== 'object' || bucket === null) throw invalid(`bucket must be an object, got ${show(bucket)}`);
  if (isBucket(bucket)) {
    const missing = METHODS.filter((name) => typeof bucket[name] !== 'function');
    if (missing.length > 0) throw invalid(`the driver of a bucket lacks ${missing.join(', ')}`);
    if (typeof bucket.conditional !== 'boolean')
      throw invalid(`conditional of the driver of a bucket must be true or false, got ${show(bucket.conditional)}`);
    return bucket;
  }
  const options = Object.fromEntries(Object.entries(bucket).filter(([, value]) => value !== undefined)) as BucketOptions;
  for (const key of Object.keys(options))
    if (!KEYS.includes(key)) throw invalid(`bucket has no option '${key}'; it knows ${KEYS.join(', ')}`);
  checkPlace(options);
  const { credentials, fetch, retries, timeout } = options;
  if (credentials !== undefined && credentials !== false && !['object', 'function', 'string'].includes(typeof credentials))
    throw invalid('bucket.credentials must be an object, a token, a function or false');
  if (fetch !== undefined && typeof fetch !== 'function') throw invalid(`bucket.fetch must be a function, got ${show(fetch)}`);
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0 && retries <= 10))
    throw invalid(`bucket.retries must be an integer from 0 to 10, got ${show(retries)}`);
  if (timeout !== undefined && !(Number.isFinite(timeout) && timeout >= 100))
    throw invalid(`bucket.timeout must be 100 ms or more, got ${show(timeout)}`);
  return options;
}

function checkPlace({ endpoint, region, account }: BucketOptions): void {
  if (region !== undefined && !(typeof region === 'string' && /^[\w-]+$/.test(region)))
    throw invalid(`bucket.region must be the name of a region, got ${show(region)}`);
  if (account !== undefined && !(typeof account === 'string' && /^[a-z0-9]{3,24}$/.test(account)))
    throw invalid(`bucket.account must be the name of a storage account, got ${show(account)}`);
  if (endpoint === undefined) return;
  const url = typeof endpoint === 'string' && URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  // A name and a password in it, or a signature, would be seen in messages.
  const isPlain = url !== undefined && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!isPlain || !/^https?:$/.test(url.protocol))
    throw invalid('bucket.endpoint must be a URL with http or https, without a password, a query and a fragment');
}
