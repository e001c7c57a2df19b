import assert from 'node:assert/strict';
import { isCheckpointError, type CheckpointError, type CheckpointErrorCode } from 'arrow-ckpt';

/** The codes that {@link rejectsWith} has met in this process. */
export const seenCodes = new Set<CheckpointErrorCode>();

/** The ways of keeping a checkpoint, by the extension that chooses them. */
export const FORMATS = ['parquet', 'json', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

/** Awaits the failure of `work` and checks that it is a `CheckpointError` of this code with these fields; gives it back. */
export async function rejectsWith(
  code: CheckpointErrorCode,
  work: () => unknown,
  fields: { path?: string; column?: string; row?: number; done?: number; left?: number; message?: RegExp } = {},
): Promise<CheckpointError> {
  const error = await failureOf(work);
  assert.ok(isCheckpointError(error), `not a CheckpointError: ${String(error)}`);
  const { message, ...expected } = fields;
  assert.equal(error.code, code, error.message);
  for (const [name, value] of Object.entries(expected)) assert.equal(error[name as 'path'], value, `${name} of: ${error.message}`);
  if (message !== undefined) assert.match(error.message, message);
  seenCodes.add(code);
  return error;
}

/** What `work` throws or rejects with; fails if it does neither. */
export async function failureOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return assert.fail('it did not fail');
}
