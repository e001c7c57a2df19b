import { unheeded } from '../base/guarded.js';
import { throwIfAborted } from '../base/halt.js';
import type { Compat } from '../options/compat.js';
import type { CheckpointError } from '../base/errors.js';
import { invalid, show } from '../base/messages.js';
import { checkBucket } from '../options/bucket-options.js';
import type { FileBucketOptions } from '../options/file-options.js';
import { keysOf } from '../options/option-keys.js';
import {
  asOptions,
  checkKeys,
  checkSignal,
  checkWriteOptions,
  READ_RECORD,
  type CheckpointInfo,
  type ReadOptions,
  type WriteOptions,
} from '../options/options.js';
import type { Row, RowLike } from '../base/rows.js';
import { checkSchemaOptions } from '../schema/contract.js';
import type { Logger } from './log-lines.js';

/** Options of a {@link CheckpointManager}. The options of compression and row groups are the defaults of its saves. */
export interface CheckpointManagerOptions
  extends Pick<WriteOptions, 'compression' | 'compressionLevel' | 'rowGroupRows' | 'pages' | 'base' | 'share'>, FileBucketOptions {
  /** Save in the form that DocETL reads: see `compat` of a save. */
  compat?: 'docetl';
  /** Save as Parquet if the native binary is there; `false` saves as JSON. @default true */
  enableArrow?: boolean;
  /** Where the manager reports what it saved and loaded; `false` for nowhere. @default console */
  logger?: Logger | false;
}

/** Options of {@link CheckpointManager.loadCheckpoint}. */
export interface LoadOptions<T extends RowLike = Row> extends ReadOptions<T> {
  /** A checkpoint that was saved with another hash, or without one, counts as not there. @default any */
  hash?: string;
}

/** What is known of a checkpoint of a manager without loading its rows. */
export interface NamedCheckpointInfo extends CheckpointInfo {
  step: string;
  operation: string;
  /** When the file was written. */
  modified: Date;
  /** All files of the checkpoint, the newest first: it may be there as Parquet and as JSON. */
  files: StoredFile[];
}

/** One file of a checkpoint. */
export interface StoredFile {
  path: string;
  /** By its extension. */
  format: 'parquet' | 'json';
  bytes: number;
  modified: Date;
}

/** Options of {@link CheckpointManager.migrateJsonToArrow}. */
export interface MigrateCheckpointOptions {
  /** Leave the JSON file beside the Parquet file, which counts from then on: it is newer. @default true */
  keepJson?: boolean;
  /** Aborts with `signal.reason`. What is done stays; a file that is half done leaves nothing. */
  signal?: AbortSignal;
}

/** An entry of {@link CheckpointManager.listCheckpoints}. */
export interface CheckpointListing extends NamedCheckpointInfo {
  /** Present when the file cannot be read; `rows` is then 0 and `hash` null, whatever the file once held. */
  error?: CheckpointError;
}

export type WriteDefaults = Pick<WriteOptions, 'compression' | 'compressionLevel' | 'rowGroupRows' | 'pages' | 'compat' | 'base' | 'share'>;

const MANAGER_KEYS = keysOf<CheckpointManagerOptions>({
  enableArrow: true,
  compression: true,
  compressionLevel: true,
  rowGroupRows: true,
  pages: true,
  base: true,
  share: true,
  compat: true,
  logger: true,
  bucket: true,
});
const MIGRATE_KEYS = keysOf<MigrateCheckpointOptions>({ keepJson: true, signal: true });
/** Of a load of a manager. */
export const LOAD_KEYS = keysOf<LoadOptions>({ ...READ_RECORD, hash: true });

/** The options of the constructor, checked and filled in. */
export function checkManagerOptions(given: CheckpointManagerOptions | undefined): {
  enableArrow: boolean;
  logger: Logger | null;
  defaults: WriteDefaults;
  bucket: CheckpointManagerOptions['bucket'];
} {
  const what = 'CheckpointManager';
  const options = asOptions(given, what) as CheckpointManagerOptions;
  checkKeys(options, MANAGER_KEYS, what);
  const { enableArrow = true, logger, bucket, ...defaults } = options;
  checkWriteOptions(defaults, what);
  checkCompat(defaults.compat, 'docetl');
  if (enableArrow === false && defaults.share === 'reflink') throw invalid("share: 'reflink' is for Parquet, and enableArrow is false");
  if (typeof enableArrow !== 'boolean') throw invalid(`enableArrow must be true or false, got ${show(enableArrow)}`);
  return { enableArrow, logger: checkLogger(logger), defaults, bucket: checkBucket(bucket) };
}

/** Where to log; null for nowhere. */
export function checkLogger(logger: Logger | false = console): Logger | null {
  if (logger === false) return null;
  if (typeof logger?.info === 'function' && typeof logger.warn === 'function') return heedless(logger);
  throw invalid(`logger must be an object with the methods info and warn, or false, got ${show(logger)}`);
}

/** Nothing waits for a message: a logger that is async must not end the process when it rejects. */
function heedless(logger: Logger): Logger {
  return { info: (message) => unheeded(logger.info(message)), warn: (message) => unheeded(logger.warn(message)) };
}

/**
 * The write options of one save over the manager's defaults; another codec leaves the default's level behind. `layout`: whose the directory
 * is.
 */
export function mergeWriteOptions(
  defaults: WriteDefaults,
  given: WriteOptions | undefined,
  what: string,
  layout: Compat = 'docetl',
): WriteOptions {
  const options = asOptions(given, what) as WriteOptions;
  const merged: WriteOptions = { ...defaults, ...options };
  const otherCodec = options.compression !== undefined && options.compression !== defaults.compression;
  if (otherCodec && options.compressionLevel === undefined) delete merged.compressionLevel;
  const checked = checkWriteOptions(merged, what);
  checkCompat(checked.compat, layout);
  checkSchemaOptions(checked);
  return checked;
}

const OTHERS: Record<Compat, string> = {
  docetl: "is none of DocETL's layout; the Kura managers know it",
  kura: "is none of Kura's layout; CheckpointManager knows it",
};

/** Throws for the form of a program that has another layout. */
export function checkCompat(compat: Compat | undefined, layout: Compat): void {
  if (compat !== undefined && compat !== layout) throw invalid(`compat '${compat}' ${OTHERS[layout]}`);
}

/** The options of a migration, checked. */
export function checkMigrateOptions(given: MigrateCheckpointOptions | undefined): MigrateCheckpointOptions {
  const options = asOptions(given, 'migrateJsonToArrow') as MigrateCheckpointOptions;
  checkKeys(options, MIGRATE_KEYS, 'migrateJsonToArrow');
  const { keepJson, signal } = options;
  if (keepJson !== undefined && typeof keepJson !== 'boolean') throw invalid(`keepJson must be true or false, got ${show(keepJson)}`);
  checkSignal(signal);
  throwIfAborted(signal);
  return options;
}

/** The hash to compare with, or undefined. */
export function checkLoadHash(options: Pick<LoadOptions, 'hash'>): string | undefined {
  if (options.hash !== undefined && typeof options.hash !== 'string') throw invalid(`hash must be a string, got ${show(options.hash)}`);
  return options.hash;
}
