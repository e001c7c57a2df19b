import { isErrorNamed } from '../../../base/realm.js';
import { CheckpointError } from '../../../base/errors.js';

/** What `make` allocates. @throws `ERR_CKPT_LIMIT` where the system has no memory for it */
export function roomFor<T>(bytes: number, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (!isErrorNamed(cause, 'RangeError')) throw cause;
    const message = `there is no memory for ${bytes} bytes of rows on their way; save smaller rows, load fewer columns, or give the process more`;
    throw new CheckpointError('ERR_CKPT_LIMIT', message, { cause });
  }
}
