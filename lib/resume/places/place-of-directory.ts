import { once } from '../../base/once.js';
import type { WriteDefaults } from '../../directory/manager-options.js';
import { remoteHome } from '../../directory/bucket/bucket-home.js';
import { DocetlConfig } from '../../directory/docetl-config.js';
import type { Logger } from '../../directory/log-lines.js';
import type { StoredFile } from '../../directory/manager-options.js';
import { OperationFiles } from '../../directory/operation-files.js';
import { RecentFiles } from '../../directory/recent-files.js';
import { refuseLocalOptions } from '../../formats/refuse-local-options.js';
import { MAX_BASES } from '../../options/base.js';
import type { CheckpointStore } from '../../store/store.js';
import type { DirectoryPlace } from './directory-place.js';

/** A directory as a manager has it from the beginning: what saves, loads and maps need. */
export interface DirectoryStart extends Pick<DirectoryPlace, 'operation' | 'mapped'> {
  /** All of it: loaded by the first call that needs more. */
  whole(): Promise<DirectoryPlace>;
}

/**
 * The directory of a manager: a local path, or a URL, with the option `bucket` of any scheme. @throws `ERR_CKPT_INVALID_OPTION` for a
 * `bucket` beside a local path, and for defaults of saves that a bucket does not know
 */
export function placeOfDirectory(
  directory: string,
  bucket: unknown,
  store: CheckpointStore,
  logger: Logger | null,
  defaults: WriteDefaults,
): DirectoryStart {
  const remote = remoteHome(directory, bucket);
  const recent = new RecentFiles(MAX_BASES);
  if (remote === undefined) {
    const home = { directory, store, config: new DocetlConfig(directory), logger, recent };
    return {
      operation: (...of) => OperationFiles.of(home, ...of),
      mapped: ({ step, operation, hash }) => OperationFiles.of(home, step, operation, hash),
      whole: once(async () => new (await import('./local-place.js')).LocalPlace(home)),
    };
  }
  refuseLocalOptions(defaults, { shares: true });
  const whole = once(async (): Promise<DirectoryPlace> => {
    const { BucketDirectory } = await import('./bucket-directory.js');
    return new BucketDirectory({ home: remote, store, logger, recent });
  });
  return {
    operation: async (...of) => (await whole()).operation(...of),
    mapped: async (of) => (await whole()).mapped(of),
    whole,
  };
}

/** The format that most checkpoints of a directory are in; null where there are none. */
export async function formatOfDirectory(directory: string, bucket: unknown): Promise<StoredFile['format'] | null> {
  const home = remoteHome(directory, bucket);
  if (home === undefined) return (await import('../../directory/inventory.js')).directoryFormat(directory);
  const { bucketFormat } = await import('../../directory/bucket/bucket-inventory.js');
  return bucketFormat(home);
}
