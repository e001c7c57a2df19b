import { invalid } from '../base/messages.js';
import type { WriteOptions } from '../options/options.js';

/** What a save to a bucket cannot do. `shares`: it may have a base. @throws `ERR_CKPT_INVALID_OPTION` */
export function refuseLocalOptions(
  options: Pick<WriteOptions, 'base' | 'share' | 'pool' | 'parts'>,
  { shares = false }: { shares?: boolean } = {},
): void {
  for (const name of shares ? (['share', 'pool', 'parts'] as const) : (['base', 'share', 'pool', 'parts'] as const)) {
    const value = options[name];
    if (value !== undefined && value !== false && value !== 'values')
      throw invalid(`${name} is for local files: an object of a bucket is whole. Save without it, or save to a directory and copy that`);
  }
}
