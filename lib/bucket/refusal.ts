import { CheckpointError, type CheckpointErrorCode } from '../base/errors.js';
import { isHtml } from './is-html.js';
import type { Answer } from './sender.js';

/** What was asked of which store, for messages: nothing in it is secret. */
export interface Asked {
  /** `S3`, `Google Cloud Storage`, ... */
  store: string;
  host: string;
  /** The bucket or container; empty for plain HTTP. */
  bucket: string;
  key?: string;
  doing: 'read' | 'write' | 'list' | 'delete';
}

const CREDENTIALS: ReadonlySet<string> = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'TokenRefreshRequired',
  'InvalidClientTokenId',
  'AuthenticationFailed',
  'InvalidAuthenticationInfo',
  'NoAuthenticationInformation',
  'UNAUTHENTICATED',
  'authError',
]);
const NO_BUCKET: ReadonlySet<string> = new Set(['NoSuchBucket', 'ContainerNotFound', 'InvalidBucketName']);
const WRONG_BYTES: ReadonlySet<string> = new Set(['BadDigest', 'InvalidDigest', 'Md5Mismatch', 'XAmzContentSHA256Mismatch']);
/** Signatures hold for a quarter of an hour; clocks that differ by less are none of their troubles. */
const SKEW_MS = 10 * 60_000;

/** The error of an answer that is a failure: nothing of the store's own text is in it but its code. */
export function refusal(asked: Asked, answer: Answer): CheckpointError {
  const { status, code } = answer;
  const said = `${asked.store} at ${asked.host} answered ${[status, code].join(' ').trim()}`;
  const make = (known: CheckpointErrorCode, advice: string): CheckpointError =>
    new CheckpointError(known, `cannot ${asked.doing} ${nameOf(asked)}: ${advice} (${said})`);
  if (status >= 300 && status < 400) return redirected(asked, answer, make);
  if (isHtml(answer)) return make('ERR_CKPT_BUCKET_ANSWER', 'that is a page, and no answer of a store; check the endpoint');
  if (code === 'PermanentRedirect' || code === 'AuthorizationHeaderMalformed') return redirected(asked, answer, make);
  if (code === 'RequestTimeTooSkewed') return make('ERR_CKPT_CLOCK', skewAdvice(answer));
  if (CREDENTIALS.has(code) || status === 401) {
    if (Math.abs(skewOf(answer)) > SKEW_MS) return make('ERR_CKPT_CLOCK', skewAdvice(answer));
    return make('ERR_CKPT_CREDENTIALS', 'the store does not accept the credentials; they are wrong, or have expired');
  }
  if (status === 403) return make('ERR_CKPT_PERMISSION', 'these credentials may not do that; check the rights of the bucket');
  if (NO_BUCKET.has(code)) return make('ERR_CKPT_NO_BUCKET', 'there is no such bucket; make it, or check the name and the endpoint');
  if (code === 'KeyTooLongError') return make('ERR_CKPT_KEY', 'the key is longer than the store allows; choose a shorter one');
  if (WRONG_BYTES.has(code)) return make('ERR_CKPT_IO', 'the bytes changed on their way; save again');
  if (status === 404 && asked.doing === 'write')
    return make('ERR_CKPT_NO_BUCKET', 'there is no such bucket; check the name and the endpoint');
  return make('ERR_CKPT_BUCKET_ANSWER', 'the store refused it; check the endpoint and the options');
}

/** The bucket and the key as a URL would have them. */
export function nameOf({ bucket, key, host }: Pick<Asked, 'bucket' | 'key' | 'host'>): string {
  const place = bucket === '' ? host : bucket;
  return key === undefined ? `the bucket ${place}` : `${key} in ${place}`;
}

function redirected(
  asked: Asked,
  { headers }: Answer,
  make: (code: CheckpointErrorCode, advice: string) => CheckpointError,
): CheckpointError {
  const region = headers.get('x-amz-bucket-region') ?? '';
  if (/^[\w-]{1,40}$/.test(region)) return make('ERR_CKPT_REDIRECT', `the bucket is in the region ${region}; give bucket.region`);
  const to = headers.get('location') ?? '';
  const host = URL.canParse(to, `https://${asked.host}`) ? new URL(to, `https://${asked.host}`).host : '';
  const where = host === '' || host === asked.host ? 'another place' : `the host ${host}`;
  return make('ERR_CKPT_REDIRECT', `the store points to ${where}, and redirects are not followed; give the URL or endpoint that is meant`);
}

/** By how much the clock of the store is ahead of ours, by its own account. @unit ms */
function skewOf({ headers }: Answer): number {
  const ms = Date.parse(headers.get('date') ?? '') - Date.now();
  return Number.isNaN(ms) ? 0 : ms;
}

function skewAdvice(answer: Answer): string {
  const minutes = Math.round(Math.abs(skewOf(answer)) / 60_000);
  return `the signature failed because the clocks of this machine and of the store differ by ${minutes} minutes; set this machine's clock`;
}
