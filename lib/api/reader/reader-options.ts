import { throwIfAborted } from '../../base/halt.js';
import { keysOf, type OptionKeys } from '../../options/option-keys.js';
import { asOptions, checkReadOptions, type FileOptions, type ReadOptions } from '../../options/options.js';
import { invalid, show } from '../../base/messages.js';

/** Options of `openCheckpoint`: they hold for all readings of the file. */
export type OpenCheckpointOptions = FileOptions & Pick<ReadOptions, 'compat' | 'signal'>;

/** Options of one reading of an open checkpoint: those of a load, without the ones that were given when it was opened. */
export type RowsOptions = Omit<ReadOptions, keyof FileOptions | 'compat'>;

/** Options of a reading of columns: a schema is for rows. */
export type ColumnsOptions = Omit<RowsOptions, 'schema' | 'extraColumns'>;

/** Options of `count`. */
export type CountOptions = Pick<ReadOptions, 'where' | 'unknownColumns' | 'threads' | 'signal'>;

/** Options of `sample`. */
export interface SampleOptions extends Omit<RowsOptions, 'offset' | 'limit' | 'onProgress'> {
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
});

/** Checks the options of a method of a reader. */
export function checkRowsOptions(options: RowsOptions | undefined, what: string): ReadOptions {
  return checked(options, ROWS_KEYS, what);
}

export function checkColumnsOptions(options: ColumnsOptions | undefined, what: string): ReadOptions {
  return checked(options, COLUMNS_KEYS, what);
}

export function checkCountOptions(options: CountOptions | undefined): ReadOptions {
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
