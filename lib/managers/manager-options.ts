import type { CheckpointError } from '../errors.js';
import { invalid, show } from '../messages.js';
import { asOptions, checkKeys, checkWriteOptions, type CheckpointInfo, type ReadOptions, type WriteOptions } from '../options.js';
import { checkSchemaOptions } from '../schema/contract.js';
import type { Logger } from './log-lines.js';

/** Options of a {@link CheckpointManager}. Those of compression and row groups are the defaults of its saves. */
export interface CheckpointManagerOptions extends Pick<WriteOptions, 'compression' | 'compressionLevel' | 'rowGroupRows'> {
  /** Save as Parquet where the native binary is there; `false` saves as JSON. @default true */
  enableArrow?: boolean;
  /** Where the manager tells what it saved and loaded; `false` for nowhere. @default console */
  logger?: Logger | false;
}

/** Options of {@link CheckpointManager.loadCheckpoint}. */
export interface LoadOptions extends ReadOptions {
  /** The hash of the operation as it is now: a checkpoint that was saved with another, or with none, counts as not there. */
  hash?: string;
}

/** What is known of a checkpoint of a manager without loading its rows. */
export interface NamedCheckpointInfo extends CheckpointInfo {
  step: string;
  operation: string;
  /** When the file was written. */
  modified: Date;
}

/** An entry of {@link CheckpointManager.listCheckpoints}. */
export interface CheckpointListing extends NamedCheckpointInfo {
  /** Present when the file cannot be read; `rows` is then 0 and `hash` null, whatever the file once held. */
  error?: CheckpointError;
}

export type WriteDefaults = Pick<WriteOptions, 'compression' | 'compressionLevel' | 'rowGroupRows'>;

/** The options of the constructor, checked and filled in. */
export function checkManagerOptions(given: CheckpointManagerOptions | undefined): {
  enableArrow: boolean;
  logger: Logger | null;
  defaults: WriteDefaults;
} {
  const what = 'CheckpointManager';
  const options = asOptions(given, what) as CheckpointManagerOptions;
  checkKeys(options, ['enableArrow', 'compression', 'compressionLevel', 'rowGroupRows', 'logger'], what);
  const { enableArrow = true, logger = console, ...defaults } = options;
  checkWriteOptions(defaults, what);
  if (typeof enableArrow !== 'boolean') throw invalid(`enableArrow must be true or false, got ${show(enableArrow)}`);
  if (logger !== false && (typeof logger?.info !== 'function' || typeof logger.warn !== 'function')) {
    throw invalid(`logger must be an object with the methods info and warn, or false, got ${show(logger)}`);
  }
  return { enableArrow, logger: logger === false ? null : logger, defaults };
}

/** The write options of one save over the manager's defaults; another codec leaves the default's level behind. */
export function mergeWriteOptions(defaults: WriteDefaults, given: WriteOptions | undefined, what: string): WriteOptions {
  const options = asOptions(given, what) as WriteOptions;
  const merged: WriteOptions = { ...defaults, ...options };
  const otherCodec = options.compression !== undefined && options.compression !== defaults.compression;
  if (otherCodec && options.compressionLevel === undefined) delete merged.compressionLevel;
  const checked = checkWriteOptions(merged, what);
  checkSchemaOptions(checked);
  return checked;
}

/** The hash to compare with, or undefined. */
export function checkLoadHash(options: LoadOptions): string | undefined {
  if (options.hash !== undefined && typeof options.hash !== 'string') throw invalid(`hash must be a string, got ${show(options.hash)}`);
  return options.hash;
}
