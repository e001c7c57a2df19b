import { CheckpointError } from '../../base/errors.js';
import { refuseLocalOptions } from '../../formats/refuse-local-options.js';
import type { WriteOptions } from '../../options/options.js';
import type { MapOptions } from '../map-options.js';

/**
 * Refuses what a map on a bucket cannot do. @throws `ERR_CKPT_NOT_FOR_BUCKETS` for workers, whose claims are files that all of them see;
 * `ERR_CKPT_INVALID_OPTION` for options of files that share values
 */
export function refuseForCopies({ workers }: Pick<MapOptions, 'workers'>, save: WriteOptions): void {
  // What is likely need not be: the checkpoint is whole.
  refuseLocalOptions(save, { shares: save.base === 'auto' });
  if (workers === undefined) return;
  const message = "workers: 'shared' is for local directories that all workers see; in a bucket share parts: arrow-ckpt work --claim";
  throw new CheckpointError('ERR_CKPT_NOT_FOR_BUCKETS', message);
}
