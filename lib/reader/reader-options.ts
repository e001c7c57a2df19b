import { asOptions, checkKeys, checkReadOptions, type ReadOptions } from '../options.js';
import { invalid, show } from '../messages.js';

/** Options of `openCheckpoint`: they hold for all readings of the file. */
export type OpenCheckpointOptions = Pick<ReadOptions, 'verify' | 'limits' | 'compat' | 'signal'>;

/** Options of one reading of an open checkpoint: those of a load, without the ones that were given when it was opened. */
export type RowsOptions = Omit<ReadOptions, 'verify' | 'limits' | 'compat'>;

/** Options of a reading of columns: a schema is for rows. */
export type ColumnsOptions = Omit<RowsOptions, 'schema' | 'extraColumns'>;

/** Options of `count`. */
export type CountOptions = Pick<ReadOptions, 'where' | 'threads' | 'signal'>;

/** Options of `sample`. */
export interface SampleOptions extends Omit<RowsOptions, 'offset' | 'limit' | 'onProgress'> {
  /** An integer: the same seed takes the same rows. @default another each time */
  seed?: number;
}

const COUNT = ['where', 'threads', 'signal'];
const COLUMNS = ['columns', ...COUNT, 'offset', 'limit', 'onProgress'];
const SAMPLE = ['columns', ...COUNT, 'schema', 'extraColumns'];
const ROWS = [...COLUMNS, 'schema', 'extraColumns'];

/** Checks the options of a method of a reader. */
export function checkRowsOptions(options: RowsOptions | undefined, what: string): ReadOptions {
  return checked(options, ROWS, what);
}

export function checkColumnsOptions(options: ColumnsOptions | undefined, what: string): ReadOptions {
  return checked(options, COLUMNS, what);
}

export function checkCountOptions(options: CountOptions | undefined): ReadOptions {
  return checked(options, COUNT, 'count');
}

/** The options of a sample: its size, its seed, and what is read. */
export function checkSampleOptions(size: unknown, options: SampleOptions | undefined): { seed: number; reading: ReadOptions } {
  if (!(Number.isSafeInteger(size) && (size as number) >= 0))
    throw invalid(`the size of a sample must be an integer from 0 on, got ${show(size)}`);
  const { seed, ...reading } = asOptions(options, 'sample') as SampleOptions;
  if (seed !== undefined && !Number.isSafeInteger(seed)) throw invalid(`seed must be an integer, got ${show(seed)}`);
  checkKeys(reading, SAMPLE, 'sample');
  return { seed: seed ?? Math.floor(Math.random() * 2 ** 32), reading: checked(reading, SAMPLE, 'sample') };
}

function checked(options: object | undefined, keys: readonly string[], what: string): ReadOptions {
  checkKeys(asOptions(options, what), keys, what);
  const known = checkReadOptions(options as ReadOptions | undefined, what);
  known.signal?.throwIfAborted();
  return known;
}
