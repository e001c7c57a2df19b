import { CheckpointError } from '../../base/errors.js';
import { stampOf, type Part } from './list-parts.js';

/** @throws `ERR_CKPT_CHANGED` for a part that is not the one that was listed */
export async function checkPart({ path, stamp }: Part): Promise<void> {
  if ((await stampOf(path)).stamp === stamp) return;
  const message = `the part ${path} was changed or replaced while its folder was read; read the folder again`;
  throw new CheckpointError('ERR_CKPT_CHANGED', message, { path });
}
