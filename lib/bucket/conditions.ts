import { CheckpointError } from '../base/errors.js';
import type { BucketPutOptions } from '../options/bucket.js';
import { nameOf, refusal, type Asked } from './refusal.js';
import type { Answer } from './sender.js';
import { Unsure } from './settled.js';

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
