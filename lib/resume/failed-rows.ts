import { CheckpointError } from '../base/errors.js';
import { unheeded } from '../base/guarded.js';
import { invalid, show } from '../base/messages.js';
import type { RowFailure } from './events.js';
import { recordOfFailure, type StoredFailure } from './failure-record.js';
import { isOnError, type CheckedMapOptions, type OnError } from './map-options.js';
import type { Row } from '../base/rows.js';
import { showKey } from './row-key.js';
import type { Slot } from './slot.js';

/** What a failed row does to the run. Where the function that decides throws, or gives no answer, the run ends with that. */
export function onErrorOf(failure: RowFailure, { onError }: CheckedMapOptions<Row>): { onError: OnError; wrong?: unknown } {
  if (typeof onError !== 'function') return { onError };
  try {
    const answer: unknown = onError(failure);
    if (isOnError(answer)) return { onError: answer };
    unheeded(answer);
    throw invalid(
      `onError must return 'throw', 'collect' or 'skip', and must not be async; for row ${failure.row} it returned ${show(answer)}`,
    );
  } catch (wrong) {
    return { onError: 'throw', wrong };
  }
}

/**
 * Whether a row that failed in an earlier run is called again.
 * @throws what `retryFailed` throws, and `ERR_CKPT_INVALID_OPTION` for an answer that is none
 */
export function isRetried(recorded: StoredFailure, { retryFailed, hash }: CheckedMapOptions<Row>): boolean {
  if (typeof retryFailed === 'boolean') return retryFailed;
  const record = recordOfFailure(recorded, hash ?? null);
  const answer: unknown = retryFailed(record);
  if (typeof answer === 'boolean') return answer;
  unheeded(answer);
  throw invalid(
    `retryFailed must return true or false, and must not be async; for the key ${showKey(recorded.key)} it returned ${show(answer)}`,
  );
}

/** The error of a row that is not called again. Its cause tells what the record has of the first one. */
export function failedBefore({ index }: Slot, { key, name, message, code, time }: StoredFailure): CheckpointError {
  const cause = Object.assign(new Error(message), { name, ...(code !== null && { code }) });
  // Of this process, and not of the failure.
  delete cause.stack;
  const when = new Date(time).toISOString();
  const text = `row ${index} (key ${showKey(key)}) failed in a run before, at ${when}, and retryFailed wants no further call: ${message}`;
  return new CheckpointError('ERR_CKPT_ROW_FAILED', text, { row: index, cause });
}
