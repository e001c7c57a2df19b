import { CheckpointError } from '../base/errors.js';
import type { Bucket, BucketDeleteOptions, BucketPutOptions } from '../options/bucket.js';
import { isHtml } from './is-html.js';
import { nameOf, refusal, type Asked } from './refusal.js';
import type { Answer, Ask, Sender } from './sender.js';
import { isGone, Unsure } from './settled.js';

/** The conditions of a put as headers of HTTP. */
export function conditionHeaders({ ifAbsent, ifMatch }: Pick<BucketPutOptions, 'ifAbsent' | 'ifMatch'>): Record<string, string> {
  if (ifMatch !== undefined) return { 'if-match': ifMatch };
  return ifAbsent === true ? { 'if-none-match': '*' } : {};
}

/** The error of a condition that the store found unmet. */
export function unmet(asked: Asked, { ifMatch }: { ifMatch?: string }): CheckpointError {
  const found = ifMatch === undefined ? 'it is there already' : 'it is not the one that was meant: another was written, or it was removed';
  return new CheckpointError('ERR_CKPT_CONDITION', `cannot ${asked.doing} ${nameOf(asked)}: ${found}`);
}

/**
 * Checks the answer to the request that makes an object. @throws `ERR_CKPT_CONDITION`; what {@link refusal} gives; `Unsure` where an
 * earlier try may have made it
 */
export function checkCommit(asked: Asked, answer: Answer, options: BucketPutOptions, isUnmet: boolean): void {
  if (answer.status >= 200 && answer.status < 300) return;
  const error = isUnmet ? unmet(asked, options) : refusal(asked, answer);
  throw answer.isDoubtful ? new Unsure(error) : error;
}

/** The same for a request that got no answer at all. */
export function unsureOf(error: unknown): unknown {
  return error instanceof CheckpointError && error.code === 'ERR_CKPT_UNKNOWN_OUTCOME' ? new Unsure(error) : error;
}

/** Sends the request that makes an object. @throws what `send` does; `Unsure` where it got no answer and may have made it */
export async function sendCommit(sender: Sender, ask: Ask): Promise<Answer> {
  try {
    return await sender.send({ ...ask, isCommit: true });
  } catch (error) {
    throw unsureOf(error);
  }
}

/**
 * Checks the answer to the request that removes an object: one that is gone already is removed. `noBucket`: the code that a 404 has where
 * the bucket itself is missing.
 * @throws `ERR_CKPT_CONDITION`; what {@link refusal} gives
 */
export async function checkDeleted(
  bucket: Pick<Bucket, 'get'>,
  asked: Asked & { key: string },
  answer: Answer,
  { ifMatch, signal }: BucketDeleteOptions,
  noBucket: string,
): Promise<void> {
  if (answer.status === 412) {
    // The first of two tries may have removed it.
    if (answer.isDoubtful && (await isGone(bucket, asked.key, signal))) return;
    throw unmet(asked, { ifMatch: ifMatch ?? '' });
  }
  if (answer.status === 404 && answer.code !== noBucket) return;
  if (answer.status < 200 || answer.status >= 300 || isHtml(answer)) throw refusal(asked, answer);
}
