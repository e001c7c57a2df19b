import type { CheckpointInfo, ReadOptions, WriteOptions } from '../../options/options.js';
import type { Row, RowLike } from '../../base/rows.js';
import type { CheckpointSchema } from '../../options/checkpoint-schema.js';
import type { StandardSchemaV1 } from '../../options/standard-schema-v1.js';
import type { Logger } from '../../directory/log-lines.js';

/** Options of {@link JsonlCheckpointManager}. */
export interface JsonlCheckpointManagerOptions {
  /** `false`: nothing is saved, loaded, listed or deleted. @default true */
  enabled?: boolean;
  /** Save lines that Kura's classes read, and refuse rows that they would not: see `compat` of a save. @default none */
  compat?: 'kura';
  /** Where the manager reports what it saved and loaded; `false` for nowhere. @default console */
  logger?: Logger | false;
}

/** Options of {@link ParquetCheckpointManager}. The options of compression and row groups are the defaults of its saves. */
export interface ParquetCheckpointManagerOptions extends Pick<WriteOptions, 'compressionLevel' | 'rowGroupRows'> {
  /** `false`: nothing is saved, loaded, listed or deleted. @default true */
  enabled?: boolean;
  /** The codec of the column chunks. The default is Kura's. @default 'snappy' */
  compression?: NonNullable<WriteOptions['compression']>;
  /** Save Parquet that Kura's own manager reads: see `compat` of a save. @default none */
  compat?: 'kura';
  /** Where the manager reports what it saved and loaded; `false` for nowhere. @default console */
  logger?: Logger | false;
}

/** Options of `loadCheckpoint` of the Kura managers. The schema is an argument of its own. */
export interface KuraLoadOptions extends Omit<ReadOptions, 'schema'> {
  /** A checkpoint that was saved with another hash, or without one, counts as not there. @default any */
  hash?: string;
  /**
   * What to do with a JSONL file that ends in the middle of a line, as a killed program leaves it. `keep` gives the rows before that line,
   * with a warning that names file and line. `refuse` is `ERR_CKPT_TRUNCATED`; so is a file without one whole row. @default 'keep'
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
   * Where a save goes. `all_enabled`: to every enabled manager. `primary_only`: to the first enabled one, and to the next if that fails. A
   * manager that fails is reported with a warning, and its older checkpoint of the name is removed, so that no load finds it. The save
   * fails only if every manager fails. @default 'all_enabled'
   */
  saveStrategy?: SaveStrategy;
  /**
   * Where a load looks: in the enabled managers in order, until one has the checkpoint whole. A manager that fails is skipped with a
   * warning. A manager without the checkpoint is skipped silently with `first_found`; with `priority` a warning says that it is missing in
   * the first. The load fails only if every manager that has the checkpoint fails. @default 'first_found'
   */
  loadStrategy?: LoadStrategy;
  /**
   * A load also saves the checkpoint in the managers before the one it came from, where it was damaged or missing. The load waits for that.
   * @default false
   */
  heal?: boolean;
  /** Where the manager reports what failed and what it healed; its managers have loggers of their own. @default console */
  logger?: Logger | false;
}

/** What all of the Kura managers do, and whatever else {@link MultiCheckpointManager} shall keep checkpoints in. Names are alike with and without extension. */
export interface KuraCheckpointManager {
  readonly enabled: boolean;
  /** Where it keeps checkpoints, for messages. */
  readonly directory: string;
  /** Saves rows; resolves with the path, or null when it is disabled. */
  saveCheckpoint<T extends RowLike = RowLike>(
    name: string,
    rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>,
    options?: WriteOptions,
  ): Promise<string | null>;
  /** Loads rows; null when there are none of the name, or when it is disabled. */
  loadCheckpoint(name: string, schema?: StandardSchemaV1 | CheckpointSchema, options?: KuraLoadOptions): Promise<Row[] | null>;
  /** The names of its checkpoints, sorted, without extension. */
  listCheckpoints(): Promise<string[]>;
  /** Removes a checkpoint; resolves with whether there was one. */
  deleteCheckpoint(name: string): Promise<boolean>;
  /** Where a checkpoint is, or would be saved. */
  getCheckpointPath(name: string): Promise<string>;
  /** What is known of a checkpoint without loading it; null as of a load. */
  getCheckpointInfo(name: string): Promise<KuraCheckpointInfo | null>;
  getStats(): Promise<KuraManagerStats>;
}
