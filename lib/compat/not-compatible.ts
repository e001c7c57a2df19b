import { CheckpointError } from '../base/errors.js';

/** The error of a value that another program could not read back. */
export function notCompatible(program: string, row: number, column: string, what: string): CheckpointError {
  const subject = column === '' ? `row ${row}` : `${column} of row ${row}`;
  return new CheckpointError(
    'ERR_CKPT_NOT_COMPATIBLE',
    `${subject} is ${what}, which ${program} cannot read back; save it without compat, or change it`,
    {
      row,
      ...(column !== '' && { column }),
    },
  );
}
