import { CheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';
import { isError } from '../base/realm.js';
import { isPlainObject, type Row } from '../base/rows.js';
import { copyAsLoaded } from '../base/value/copy.js';
import { itemsOf } from '../base/value/items-of.js';
import { showKey } from './row-key.js';
import type { Slot } from './slot.js';

/** The results of a row of the input, of what the function returned for it. @throws what is wrong with them */
export function callOutput(output: unknown, row: number): Row | readonly Row[] | undefined {
  if (output === undefined || output === null) return undefined;
  const items = itemsOf(output);
  return items === undefined ? oneResult(output, row) : items.map((result) => oneResult(result, row));
}

/**
 * A copy, as a resumed run reads it: the function may keep what it returns, change it, and return it again. A result that no checkpoint can
 * keep must not stop the saving of others with it.
 */
function oneResult(result: unknown, row: number): Row {
  if (!isPlainObject(result)) {
    const message = `the function returned ${show(result)} for row ${row}; it must return a plain object, an array of them, or nothing`;
    throw new CheckpointError('ERR_CKPT_ROW_NOT_OBJECT', message, { row });
  }
  return copyAsLoaded(result, { row, path: '' });
}

/** The error of a row that has failed for good. */
export function rowFailure({ index, key, attempt }: Slot, cause: unknown): CheckpointError {
  const tries = attempt <= 1 ? '' : ` after ${attempt} attempts`;
  const message = `row ${index} (key ${showKey(key)}) failed${tries}: ${isError(cause) ? cause.message : show(cause)}`;
  return new CheckpointError('ERR_CKPT_ROW_FAILED', message, { row: index, cause });
}
