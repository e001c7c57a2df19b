import { keysOf } from '../../options/option-keys.js';
import { asOptions, checkKeys, checkWriteOptions } from '../../options/options.js';
import { chooseStore } from '../../formats/choose.js';
import { checkCompat, checkLogger } from '../../directory/manager-options.js';
import { DirectoryCheckpointManager } from './directory-manager.js';
import { checkEnabled } from './jsonl-manager.js';
import { PARQUET_EXTENSIONS } from './layout.js';
import type { ParquetCheckpointManagerOptions } from './types.js';

const TYPE = 'ParquetCheckpointManager';
const KEYS = keysOf<ParquetCheckpointManagerOptions>({
  enabled: true,
  compression: true,
  compressionLevel: true,
  rowGroupRows: true,
  pages: true,
  compat: true,
  logger: true,
  bucket: true,
});

/**
 * Named checkpoints as Parquet: `<directory>/<name>.parquet`, those of Kura's own ParquetCheckpointManager too. Without the native binary
 * it saves `<name>.json`, and still reads Parquet.
 */
export class ParquetCheckpointManager extends DirectoryCheckpointManager {
  constructor(directory: string, options?: ParquetCheckpointManagerOptions) {
    const given = asOptions(options, TYPE) as ParquetCheckpointManagerOptions;
    checkKeys(given, KEYS, TYPE);
    const { enabled = true, logger, bucket, ...rest } = given;
    const defaults = { ...rest, compression: rest.compression ?? 'snappy' };
    checkWriteOptions(defaults, TYPE);
    checkCompat(defaults.compat, 'kura');
    super(directory, {
      type: TYPE,
      store: chooseStore(true),
      extensions: PARQUET_EXTENSIONS,
      enabled: checkEnabled(enabled),
      logger: checkLogger(logger),
      defaults,
      bucket,
    });
  }
}
