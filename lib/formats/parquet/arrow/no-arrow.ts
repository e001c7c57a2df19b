import { noBindingReason } from '../../../base/addon/binding.js';
import { CheckpointError } from '../../../base/errors.js';

/** The error of a checkpoint whose rows cannot be had as Arrow batches. */
export function noArrow(path: string, format: string): CheckpointError {
  const reason = noBindingReason();
  const message =
    reason === undefined
      ? format === 'parquet'
        ? 'a folder of parts in a bucket has no Arrow batches; copy it to a disk first (arrow-ckpt copy)'
        : `Arrow batches are of Parquet, and this is ${format}; save it as Parquet (arrow-ckpt convert)`
      : `Arrow batches take the native binary: ${reason.summary}. ${reason.advice}`;
  return new CheckpointError('ERR_CKPT_ARROW', `${path}: ${message}`, { path });
}
