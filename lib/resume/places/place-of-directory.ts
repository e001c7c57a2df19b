import type { WriteDefaults } from '../../directory/manager-options.js';
import { bucketFormat } from '../../directory/bucket/bucket-inventory.js';
import { BucketHashes } from '../../directory/bucket/bucket-hashes.js';
import { remoteHome } from '../../directory/bucket/bucket-home.js';
import { DocetlConfig } from '../../directory/docetl-config.js';
import { directoryFormat } from '../../directory/inventory.js';
import type { Logger } from '../../directory/log-lines.js';
import type { StoredFile } from '../../directory/manager-options.js';
import { RecentFiles } from '../../directory/recent-files.js';
import { refuseLocalOptions } from '../../formats/remote/write-remote.js';
import { MAX_BASES } from '../../options/base.js';
import type { CheckpointStore } from '../../store/store.js';
import { BucketDirectory } from './bucket-directory.js';
import type { DirectoryPlace } from './directory-place.js';
import { LocalPlace } from './local-place.js';

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
): DirectoryPlace {
  const home = remoteHome(directory, bucket);
  if (home === undefined) {
    const config = new DocetlConfig(directory);
    return new LocalPlace({ directory, store, config, logger, recent: new RecentFiles(MAX_BASES) });
  }
  refuseLocalOptions(defaults, { shares: true });
  return new BucketDirectory({ home, hashes: new BucketHashes(home), store, logger, recent: new RecentFiles(MAX_BASES) });
}

/** The format that most checkpoints of a directory are in; null where there are none. */
export async function formatOfDirectory(directory: string, bucket: unknown): Promise<StoredFile['format'] | null> {
  const home = remoteHome(directory, bucket);
  return home === undefined ? directoryFormat(directory) : bucketFormat(home);
}
