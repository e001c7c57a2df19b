import type { Row, RowLike } from '../../base/rows.js';
import { throwIfAborted } from '../../base/halt.js';
import { keysOf, type OptionKeys } from '../../options/option-keys.js';
import { asOptions, checkReadOptions, type ReadOptions } from '../../options/options.js';
import { invalid, show } from '../../base/messages.js';
import type { FileBucketOptions } from '../../options/file-options.js';

/** Options of `openCheckpoint`: they hold for all readings of the file. */
export interface OpenCheckpointOptions
  extends Pick<ReadOptions, 'verify' | 'limits' | 'text' | 'duplicateColumns' | 'compat' | 'signal'>, FileBucketOptions {}

/** Options of one reading of an open checkpoint: those of a load that were not given when it was opened. */
export type RowsOptions<T extends RowLike = Row> = Omit<ReadOptions<T>, Exclude<keyof OpenCheckpointOptions, 'signal' | 'bucket'>>;

/** Options of `columns` and `scanColumns`: a schema is for rows. */
export type ColumnsOptions<T extends RowLike = Row> = Omit<RowsOptions<T>, 'schema' | 'extraColumns'>;

/** Options of `count`. */
export type CountOptions<T extends RowLike = Row> = Pick<ReadOptions<T>, 'where' | 'unknownColumns' | 'threads' | 'signal'>;

/** Options of `sample`. */
export interface SampleOptions<T extends RowLike = Row> extends Omit<RowsOptions<T>, 'offset' | 'limit' | 'onProgress'> {
  /** An integer: the same seed takes the same rows. @default another each time */
  seed?: number;
}

const COUNT = { where: true, unknownColumns: true, threads: true, signal: true } as const;
const COLUMNS = { ...COUNT, columns: true, offset: true, limit: true, onProgress: true } as const;
const SCHEMA = { schema: true, extraColumns: true } as const;
const COUNT_KEYS = keysOf<CountOptions>(COUNT);
const COLUMNS_KEYS = keysOf<ColumnsOptions>(COLUMNS);
const ROWS_KEYS = keysOf<RowsOptions>({ ...COLUMNS, ...SCHEMA });
const SAMPLE_KEYS = keysOf<Omit<SampleOptions, 'seed'>>({ ...COUNT, ...SCHEMA, columns: true });
/** Of `openCheckpoint`. */
export const OPEN_KEYS = keysOf<OpenCheckpointOptions>({
  verify: true,
  limits: true,
  text: true,
  duplicateColumns: true,
  compat: true,
  signal: true,
  bucket: true,
});

/** Checks the options of a method of a reader. */
export function checkRowsOptions<T extends RowLike>(options: RowsOptions<T> | undefined, what: string): ReadOptions {
  return checked(options, ROWS_KEYS, what);
}

export function checkColumnsOptions<T extends RowLike>(options: ColumnsOptions<T> | undefined, what: string): ReadOptions {
  return checked(options, COLUMNS_KEYS, what);
}

export function checkCountOptions<T extends RowLike>(options: CountOptions<T> | undefined): ReadOptions {
  return checked(options, COUNT_KEYS, 'count');
}

/** The options of a sample: its size, its seed, and what is read. */
export function checkSampleOptions(size: unknown, options: SampleOptions | undefined): { seed: number; reading: ReadOptions } {
  if (!(Number.isSafeInteger(size) && (size as number) >= 0))
    throw invalid(`the size of a sample must be an integer from 0 on, got ${show(size)}`);
  const { seed, ...reading } = asOptions(options, 'sample') as SampleOptions;
  if (seed !== undefined && !Number.isSafeInteger(seed)) throw invalid(`seed must be an integer, got ${show(seed)}`);
  return { seed: seed ?? Math.floor(Math.random() * 2 ** 32), reading: checked(reading, SAMPLE_KEYS, 'sample') };
}

function checked(options: object | undefined, keys: OptionKeys, what: string): ReadOptions {
  const known = checkReadOptions(options as ReadOptions | undefined, what, keys);
  throwIfAborted(known.signal);
  return known;
}
