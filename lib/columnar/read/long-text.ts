import { constants } from 'node:buffer';
import { CheckpointError } from '../../base/errors.js';

/** The longest string that this Node can make, in UTF-16 units. */
export const MAX_STRING_UNITS = constants.MAX_STRING_LENGTH;

/** The texts of a node's slots, one after the other; a text is a slice of it. */
export type BlockText = string | LongText;

/**
 * The texts of a block that are more than a string can hold together: those of a list in one large row, or of a large dictionary.
 * Each is made from the block's memory when it is asked for.
 */
export class LongText {
  constructor(
    readonly bytes: Buffer,
    readonly from: number,
    readonly isWide: boolean,
  ) {}

  /** The text between two places, in UTF-16 units. @throws `ERR_CKPT_LIMIT` if it is more than a string can hold itself */
  slice(start: number, end: number): string {
    const width = this.isWide ? 2 : 1;
    return textOfUnits(this.bytes.subarray(this.from + start * width, this.from + end * width), this.isWide);
  }
}

/** The string of bytes in Latin-1 or UTF-16. @throws `ERR_CKPT_LIMIT` */
export function textOfUnits(bytes: Buffer, isWide: boolean): string {
  const units = isWide ? bytes.length / 2 : bytes.length;
  if (units > MAX_STRING_UNITS) {
    const message = `a text has ${units} characters, and a string of this Node can hold ${MAX_STRING_UNITS}; leave its column out with \`columns\``;
    throw new CheckpointError('ERR_CKPT_LIMIT', message);
  }
  return bytes.toString(isWide ? 'utf16le' : 'latin1');
}
