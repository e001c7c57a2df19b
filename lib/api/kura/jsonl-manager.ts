import { invalid, show } from '../../base/messages.js';
import { keysOf } from '../../options/option-keys.js';
import { asOptions, checkKeys, checkWriteOptions } from '../../options/options.js';
import { jsonlStore } from '../../formats/later-stores.js';
import { checkCompat, checkLogger } from '../../directory/manager-options.js';
import { DirectoryCheckpointManager } from './directory-manager.js';
import { LINES_EXTENSIONS } from './layout.js';
import type { JsonlCheckpointManagerOptions } from './types.js';

const TYPE = 'JsonlCheckpointManager';
const KEYS = keysOf<JsonlCheckpointManagerOptions>({ enabled: true, compat: true, logger: true, bucket: true });

/** Named checkpoints as JSON lines, a row a line: `<directory>/<name>.jsonl`. Kura's default, and readable by any tool for text. */
export class JsonlCheckpointManager extends DirectoryCheckpointManager {
  constructor(directory: string, options?: JsonlCheckpointManagerOptions) {
    const given = asOptions(options, TYPE) as JsonlCheckpointManagerOptions;
    checkKeys(given, KEYS, TYPE);
    const { enabled = true, compat, logger, bucket } = given;
    const defaults = compat === undefined ? {} : { compat };
    checkWriteOptions(defaults, TYPE);
    checkCompat(compat, 'kura');
    super(directory, {
      type: TYPE,
      store: jsonlStore,
      extensions: LINES_EXTENSIONS,
      enabled: checkEnabled(enabled),
      logger: checkLogger(logger),
      defaults,
      bucket,
    });
  }
}

/** @throws `ERR_CKPT_INVALID_OPTION` for what is neither true nor false */
export function checkEnabled(enabled: unknown): boolean {
  if (typeof enabled !== 'boolean') throw invalid(`enabled must be true or false, got ${show(enabled)}`);
  return enabled;
}
