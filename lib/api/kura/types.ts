import type { CheckpointInfo, Codec, ReadOptions, WriteOptions } from '../../options/options.js';
import type { FileBucketOptions } from '../../options/file-options.js';
import type { Row, RowLike } from '../../base/rows.js';
import type { CheckpointSchema } from '../../options/checkpoint-schema.js';
import type { StandardSchemaV1 } from '../../options/standard-schema-v1.js';
import type { Logger } from '../../directory/log-lines.js';

/** Options of {@link JsonlCheckpointManager}. */
export interface JsonlCheckpointManagerOptions extends FileBucketOptions {
  /** `false`: nothing is saved, loaded, listed or deleted. @default true */
  enabled?: boolean;
  /** Save lines that Kura's classes read, and refuse rows that they would not: see `compat` of a save. */
  compat?: 'kura';
  /** Where the manager reports what it saved and loaded; `false` for nowhere. @default console */
  logger?: Logger | false;
}

/** Options of {@link ParquetCheckpointManager}. The options of compression and row groups are the defaults of its saves. */
export interface ParquetCheckpointManagerOptions
  extends Omit<JsonlCheckpointManagerOptions, 'compat'>, Pick<WriteOptions, 'compressionLevel' | 'rowGroupRows' | 'pages'> {
  /** The default is Kura's. @default 'snappy' */
  compression?: Codec;
  /** Save Parquet that Kura's own manager reads: see `compat` of a save. */
  compat?: 'kura';
}

/** Options of `loadCheckpoint` of the Kura managers. The schema is an argument of its own. */
export interface KuraLoadOptions<T extends RowLike = Row> extends Omit<ReadOptions<T>, 'schema'> {
  /** A checkpoint that was saved with another hash, or without one, counts as not there. @default any */
  hash?: string;
  /**
   * A JSONL file that ends in the middle of a line, as a killed program leaves it. `keep`: the rows before that line, with a warning that
   * names file and line. `refuse`: `ERR_CKPT_TRUNCATED`, as for a file without one whole row. @default 'keep'
   */
  torn?: 'keep' | 'refuse';
}

/** What is known of a checkpoint without loading its rows. */
export interface KuraCheckpointInfo extends CheckpointInfo {
  /** Without extension. */
  name: string;
  /** When the file was written. */
  modified: Date;
}

/** What a manager says of itself. */
export interface KuraManagerStats {
  /** The name of its class. */
  type: string;
  enabled: boolean;
  directory: string;
  /** The number of checkpoints that it lists. */
  checkpoints: number;
}

/** What {@link MultiCheckpointManager} says of itself. */
export interface MultiManagerStats extends KuraManagerStats {
  saveStrategy: SaveStrategy;
  loadStrategy: LoadStrategy;
  heal: boolean;
  /** In their order, disabled ones too. */
  managers: KuraManagerStats[];
}

/** See {@link MultiCheckpointManagerOptions}. */
export type SaveStrategy = 'all_enabled' | 'primary_only';
/** See {@link MultiCheckpointManagerOptions}. */
export type LoadStrategy = 'first_found' | 'priority';

/** Options of {@link MultiCheckpointManager}. */
export interface MultiCheckpointManagerOptions {
  /**
   * `all_enabled`: a save goes to every enabled manager. `primary_only`: to the first enabled one, and to the next if that fails. A manager
   * that fails is reported with a warning, and its older checkpoint of the name is removed, so that no load finds it. The save fails only
   * if every manager fails. @default 'all_enabled'
   */
  saveStrategy?: SaveStrategy;
  /**
   * A load asks the enabled managers in order, until one has the checkpoint whole. One that fails is skipped with a warning; one without
   * the checkpoint silently with `first_found`, and with a warning if it is the first with `priority`. The load fails only if every manager
   * that has the checkpoint fails. @default 'first_found'
   */
  loadStrategy?: LoadStrategy;
  /**
   * A load also saves the checkpoint where it was damaged or missing.
   *
   * That is in the managers before the one it came from. The load waits for it.
   * @default false
   */
  heal?: boolean;
  /**
   * Where the manager reports what failed and what it healed.
   *
   * Its managers have loggers of their own.
   * @default console
   */
  logger?: Logger | false;
}

/** What the Kura managers do, and what {@link MultiCheckpointManager} needs of one. Names count with and without extension. */
export interface KuraCheckpointManager {
  readonly enabled: boolean;
  /** Where it keeps checkpoints, for messages. */
  readonly directory: string;
  /**
   * Saves rows, `[]` too; resolves with the path, or null when it is disabled. Until then the checkpoint before is intact. @throws
   * `ERR_CKPT_INVALID_ARGUMENT` for an empty or overlong name; what {@link writeCheckpoint} throws
   */
  saveCheckpoint<T extends RowLike = RowLike>(
    name: string,
    rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>,
    options?: WriteOptions,
  ): Promise<string | null>;
  /**
   * Loads rows, as the schema makes them if there is one; null if there are none of the name, none with `options.hash`, or it is disabled.
   * @throws what {@link readCheckpoint} throws: null never stands for a checkpoint that is there but unreadable
   */
  loadCheckpoint(name: string, schema?: StandardSchemaV1 | CheckpointSchema, options?: KuraLoadOptions): Promise<Row[] | null>;
  /** The names, sorted, without extension: each loads. A warning names what is no checkpoint. */
  listCheckpoints(): Promise<string[]>;
  /** Removes a checkpoint; resolves with whether there was one. */
  deleteCheckpoint(name: string): Promise<boolean>;
  /** The path of a checkpoint, or where a save would put it. */
  getCheckpointPath(name: string): Promise<string>;
  /** What is known of a checkpoint without loading it; null as of a load. */
  getCheckpointInfo(name: string): Promise<KuraCheckpointInfo | null>;
  getStats(): Promise<KuraManagerStats>;
}
