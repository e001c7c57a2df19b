import { itemsOf } from '../base/value/items-of.js';
import { isSame } from '../base/value/is-same.js';
import type { Row } from '../base/rows.js';
import type { Slot } from './slot.js';

/** Whether a row is compared after its call: the first ones, and then now and then. */
export function isLookedAt({ index, attempt }: Slot): boolean {
  return !warned && attempt === 1 && (index < 16 || (index & 255) === 0);
}

let warned = false;

/**
 * Warns, once in a process, of a function that changes the row that it is given and returns another: it has a copy, so that nobody sees the
 * change. In the caller's array it would be there in the first run only: a resumed one does not call the function, and the next operation
 * over the array would find other rows.
 */
export function warnOfChange(slot: Slot, row: Row, output: unknown): void {
  // The same object: the row of this call was not looked at.
  if (warned || row === slot.row || output === row || itemsOf(output)?.includes(row) === true || isSame(row, slot.row)) return;
  warned = true;
  const message = `the function of a map changed row ${slot.index} that it was given, and did not return it. It works on a copy, so that the change is lost; return what is to be kept`;
  process.emitWarning(message, 'CheckpointWarning');
}
