import type { Row } from '../../../base/rows.js';
import type { CheckpointError } from '../../../base/errors.js';
import type { CheckpointFile } from '../../../directory/checkpoint-file.js';
import type { Logger } from '../../../directory/log-lines.js';
import type { CheckpointInfo, ReadOptions, WriteOptions } from '../../../options/options.js';
import type { CheckpointStore } from '../../../store/store.js';
import type { KuraCheckpointInfo } from '../types.js';

/** What a kind of manager saves and loads. */
export interface KuraKind {
  /** What it saves with. */
  store: CheckpointStore;
  /** Those of its files: see layout.ts. */
  extensions: readonly string[];
  logger: Logger | null;
}

/** How a checkpoint is loaded. */
export interface KuraLoad {
  read: ReadOptions;
  /** Only one that was saved with this hash counts. */
  hash: string | undefined;
  /** What is told of a file of JSON lines that ends in the middle of a row; undefined: such a file is not read. */
  onTorn: ((failure: CheckpointError, rows: number) => void) | undefined;
}

/** Where the checkpoints of a Kura manager are: in a directory, or in a bucket. Names have no extensions any more. */
export interface KuraPlace {
  /** Throws for what is no name. */
  check(name: string): Promise<void>;
  save(name: string, rows: Iterable<Row> | AsyncIterable<Row>, options: WriteOptions): Promise<CheckpointInfo>;
  load(name: string, load: KuraLoad): Promise<{ result: Row[]; path: string } | null>;
  info(name: string): Promise<Omit<KuraCheckpointInfo, 'name'> | null>;
  /** Where it is, or a save would put it. */
  path(name: string): Promise<string>;
  /** Gives the number of files. */
  remove(name: string): Promise<number>;
  /** The names in their order, with their files. */
  list(): AsyncIterable<{ name: string; files: CheckpointFile[] }>;
}
