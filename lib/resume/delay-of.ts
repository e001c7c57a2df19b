import { unheeded } from '../base/guarded.js';
import { CheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';
import { MAX_MS } from './check-number.js';
import type { RetryOptions } from './retry-options.js';

/**
 * The milliseconds to wait before a row is tried again; undefined: it is not.
 * @throws what `retryIf` throws, and `ERR_CKPT_INVALID_OPTION` for an answer that is none: a promise would always count as yes
 */
export function delayOf(
  thrown: unknown,
  { index, attempt }: { index: number; attempt: number },
  { retryIf, minDelay, maxDelay }: Required<RetryOptions>,
): number | undefined {
  const answer: unknown = retryIf(thrown, attempt);
  if (answer === true) return Math.min(maxDelay, minDelay * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
  if (typeof answer === 'number' && answer >= 0 && answer <= MAX_MS) return answer;
  // NaN is no answer: what was to be a time has gone wrong.
  if (typeof answer !== 'number' && !answer) return undefined;
  // A promise that is rejected must not end the process beside.
  unheeded(answer);
  const message = `retryIf must return true, false or milliseconds from 0 to ${MAX_MS}, and must not be async; for row ${index} it returned ${show(answer)}`;
  throw new CheckpointError('ERR_CKPT_INVALID_OPTION', message, { row: index, cause: thrown });
}
