import { invalid, show } from '../base/messages.js';
import { keysOf } from './option-keys.js';
import { checkReadOptions, type ReadOptions } from './options.js';

/** Options of `arrowStream`. */
export interface ArrowStreamOptions {
  /**
   * Top-level keys to hand over, in the order of the file. A key that the file does not have is `ERR_CKPT_UNKNOWN_COLUMN`, unless it has no
   * rows. @default all
   */
  columns?: readonly string[];
  /** How many rows to skip, 0 or more. @default 0 @unit rows */
  offset?: number;
  /** The most rows to hand over. @default all @unit rows */
  limit?: number;
  /** The most rows in a batch, 1 to 16,777,216. A batch also ends at about 4 MiB, and with its row group. @default 131072 @unit rows */
  batchRows?: number;
  /**
   * Adds the hidden columns of the file: exceptions, whole rows and shapes, by their names of FORMAT.md, 3.2. Without it, values outside
   * their column's type are null. @default false
   */
  hidden?: boolean;
  /** Threads that decode, 1 to 64. @default the cores, at most 4 @unit threads */
  threads?: number;
}

/** Options of `arrow`. */
export interface ArrowOptions extends ArrowStreamOptions {
  /** Aborts it: the next step rejects with `signal.reason`. */
  signal?: AbortSignal;
}

/** A C stream of Arrow: an External whose pointer is to a `struct ArrowArrayStream`. docs/arrow.md says who owns what. */
export interface ArrowStream {
  readonly arrowArrayStream?: never;
}

const STREAM = { columns: true, offset: true, limit: true, batchRows: true, hidden: true, threads: true } as const;
const STREAM_KEYS = keysOf<ArrowStreamOptions>(STREAM);
const ARROW_KEYS = keysOf<ArrowOptions>({ ...STREAM, signal: true });
const MAX_BATCH_ROWS = 1 << 24;

/** Checks the options of `arrowStream`, or with a signal those of `arrow`. */
export function checkArrowOptions(options: ArrowOptions | undefined, what: 'arrow' | 'arrowStream'): ArrowOptions {
  const keys = what === 'arrow' ? ARROW_KEYS : STREAM_KEYS;
  const checked = checkReadOptions(options as ReadOptions | undefined, what, keys) as ArrowOptions;
  const { batchRows, hidden } = checked;
  if (batchRows !== undefined && !(Number.isInteger(batchRows) && batchRows >= 1 && batchRows <= MAX_BATCH_ROWS))
    throw invalid(`batchRows must be an integer from 1 to ${MAX_BATCH_ROWS}, got ${show(batchRows)}`);
  if (hidden !== undefined && typeof hidden !== 'boolean') throw invalid(`hidden must be true or false, got ${show(hidden)}`);
  return checked;
}
