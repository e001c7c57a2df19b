import { isAbortSignal } from '../base/realm.js';
import type { CheckpointSchema } from './checkpoint-schema.js';
import type { StandardSchemaV1 } from './standard-schema-v1.js';
import { isPlainObject } from '../base/rows.js';
import { isRevoked } from '../base/value/is-revoked.js';
import { parseWhere, type Where } from './where.js';
import { COMPATS, type Compat } from './compat.js';
import { CheckpointError } from '../base/errors.js';
import { checkLimits, type Limits } from './limits.js';
import type { Progress } from '../base/pace.js';
import { invalid, show } from '../base/messages.js';
import { keysOf, type OptionKeys } from './option-keys.js';

/** The compression codecs of column chunks. `auto` chooses per column by what the data is. */
export const CODECS = ['auto', 'snappy', 'gzip', 'brotli', 'lz4', 'zstd', 'none'] as const;
export type Codec = (typeof CODECS)[number];

/** Options of every save. */
export interface WriteOptions {
  /** The codec of the column chunks; no effect on JSON and JSONL, as the next two. @default 'auto' */
  compression?: Codec;
  /** The codec's own level: gzip 0-9, brotli 0-11, zstd 1-22. With any other codec, `auto` too, it is an error. @default gzip 6, brotli 4, zstd 1 */
  compressionLevel?: number;
  /** Most rows in a row group, 1 to 16,777,216. A row group also ends at about 32 MiB of column data. @default 131072 */
  rowGroupRows?: number;
  /**
   * Columns that get bloom filters, by key or path (`metadata.source`); `true`: all. With one, a load that asks for values of a column (`$eq`, `$in`) reads only the row groups that may have them. It costs 1.2 to 2.4 bytes a
   * distinct value. Only texts, integers, dates and bigints of 64 bits outside of lists have any, and none where a dictionary is smaller; no effect on JSON and JSONL. A name that is no column's is
   * `ERR_CKPT_UNKNOWN_COLUMN`, unless there are no rows. @default false
   */
  bloomFilter?: boolean | readonly string[];
  /** The hash of the operation that made the rows, any string; kept in the file, returned by `info.hash`. @default none */
  hash?: string;
  /** Strings of your own, kept in the file, returned by `info.metadata`. @default none */
  metadata?: Record<string, string>;
  /**
   * What the rows must be: a zod object, any other Standard Schema, or a {@link CheckpointSchema}. Rows that do not fit are `ERR_CKPT_SCHEMA`, and nothing
   * is saved. The rows are saved as they are: transforms and defaults apply on load. Where the schema tells its
   * columns, all of them are in the file and have its types, whatever the rows hold: numbers are doubles, and int64 where it asks for integers. @default none
   */
  schema?: StandardSchemaV1 | CheckpointSchema;
  /**
   * Saves in the form that the loaders of a Python program read: `docetl` (Parquet as of its PyArrow checkpoints, JSON as of today's), `kura` (Parquet and
   * JSONL). Rows that it could not read back are `ERR_CKPT_NOT_COMPATIBLE`. For Parquet all rows are held in memory. A load here needs no option. @default none
   */
  compat?: Compat;
  /** Most threads that encode columns of this save at a time, 1 to 64; no more than there are cores. No effect on JSON. @default the cores */
  threads?: number;
  /** Aborts the save: rejects with `signal.reason`, leaves the old file and no temporary. */
  signal?: AbortSignal;
  /** Called as rows are handed over, at most every 50 ms and once at the end. If it throws, the save goes on and the process gets a warning. */
  onProgress?: (progress: Progress) => void;
}

/** What becomes of the texts of a Parquet file of another writer. */
const TEXT_MODES = ['strict', 'lossy', 'bytes'] as const;
export type TextMode = (typeof TEXT_MODES)[number];

/** What becomes of columns of one name in a Parquet file of another writer. */
const DUPLICATE_COLUMNS = ['refuse', 'rename'] as const;
export type DuplicateColumns = (typeof DUPLICATE_COLUMNS)[number];

/** Options of every load. */
export interface ReadOptions {
  /** Top-level keys to load; other columns of Parquet are not decoded. Each row keeps its own order of keys. @default all */
  columns?: readonly string[];
  /** Which rows to load: see {@link Where}. It looks at the rows as they were saved, before `schema`. @default all */
  where?: Where;
  /**
   * What a name is that no row has, as far as the file tells: `error` refuses those of `columns` and of `where` with `ERR_CKPT_UNKNOWN_COLUMN`, `missing` none.
   * Left out, those of `columns` are refused, and a condition of `where` is one on missing values. A checkpoint without rows has any column. Files of text tell it
   * when all their rows were read, so not where `limit` ends the reading before.
   */
  unknownColumns?: 'error' | 'missing';
  /** How many of the rows that `where` takes to leave out first, 0 or more. @default 0 */
  offset?: number;
  /** How many rows to load at most, 0 or more. With a schema, only these rows are looked at, and violations count them from 0. @default all */
  limit?: number;
  /**
   * What the rows must be, as of a save. They come as the schema makes them: with its defaults and transforms, and without the keys that it does
   * not name, which are not even decoded where the schema tells its columns. Rows that do not fit are `ERR_CKPT_SCHEMA`. @default none
   */
  schema?: StandardSchemaV1 | CheckpointSchema;
  /**
   * Columns that the schema does not name: `keep` them, or `drop` them before it looks. Needs a schema whose columns can be told.
   * @default as the schema says: `z.object` and a CheckpointSchema drop, `z.looseObject` keeps, `z.strictObject` refuses
   */
  extraColumns?: 'keep' | 'drop';
  /** The file may have been written by this Python program itself: give the rows that it was given. Managers know by themselves. @default none */
  compat?: Compat;
  /** Compare the checksums of what is read with those in the file. Files of text and most of other writers have none. @default true */
  verify?: boolean;
  /**
   * Texts in Parquet files of other writers: `strict`: text that is not UTF-8 is `ERR_CKPT_UNSUPPORTED_FILE`; `lossy`: bytes that are not UTF-8 become U+FFFD; `bytes`: every text is a `Uint8Array`. No
   * effect on checkpoints and files of text. @default 'strict'
   */
  text?: TextMode;
  /**
   * Columns, or fields of a struct, of one name in Parquet files of other writers: `refuse` is `ERR_CKPT_UNSUPPORTED_FILE`; `rename` gives the second of the name `a` the name `a_1`, or the next that is free.
   * @default 'refuse'
   */
  duplicateColumns?: DuplicateColumns;
  /** What a Parquet file may ask for at most: {@link Limits}. No effect on text. @default the most that the reader bears */
  limits?: Limits;
  /** Threads that decode Parquet, 1 to 64, beside the one that packs blocks. No effect on JSON. @default the cores less one, at most 4 */
  threads?: number;
  /** Aborts the load: rejects with `signal.reason`. */
  signal?: AbortSignal;
  /** Called as rows are loaded, at most every 50 ms and once at the end. If it throws, the load goes on and the process gets a warning. */
  onProgress?: (progress: Progress) => void;
}

/** Those options that say how a file is opened: they hold for all readings of it. */
export type FileOptions = Pick<ReadOptions, 'verify' | 'limits' | 'text' | 'duplicateColumns'>;

/** What is known of one checkpoint without loading its rows. */
export interface CheckpointInfo {
  /** The path as it was given. */
  path: string;
  /** What the file is, whatever its name. */
  format: 'parquet' | 'json' | 'jsonl';
  /** Number of rows. */
  rows: number;
  /** Size of the file in bytes. */
  bytes: number;
  /** The hash given on save, or null. */
  hash: string | null;
  /** The metadata given on save; `{}` when there was none. */
  metadata: Record<string, string>;
  /** The top-level columns in order of first appearance; empty for JSON and JSONL checkpoints, which have none. */
  columns: ColumnInfo[];
  /** Only of a save to a name that asked for Parquet, where the rows were saved as JSON as there is no native binary: why, and what to do. */
  fallback?: { reason: string };
}

/** One top-level column of a Parquet checkpoint. */
export interface ColumnInfo {
  /** The key in the rows. */
  name: string;
  /** The type in the file: `string`, `int64`, `double`, `bool`, `null`, `list<...>`, `struct<...>`, `json`, ... */
  type: string;
  /** The codec or codecs of its column chunks, `none`, `zstd`, ..., separated by `, `. */
  codec: string;
  /** Compressed size in bytes, its hidden column of exceptions included. */
  bytes: number;
  /** The type of the column itself, where `type` says what its values are: the `string` of `json`. Else the same. */
  stored: string;
  /** The encodings of its values, sorted: `plain`, `rle_dictionary`, `delta_binary_packed`, ... Dictionaries themselves are `plain`. */
  encodings: string[];
  /** Rows in which the column is null: for null, for a missing key and for an exception. Null for lists, structs and files of other writers. */
  nulls: number | null;
  /** Values of another type than the column, kept beside it as JSON text. Null where another program rewrote the file. */
  exceptions: number | null;
}

const WRITE_RECORD = {
  compression: true,
  compressionLevel: true,
  rowGroupRows: true,
  bloomFilter: true,
  hash: true,
  metadata: true,
  schema: true,
  compat: true,
  threads: true,
  signal: true,
  onProgress: true,
} satisfies Record<keyof WriteOptions, true>;
const READ_RECORD = {
  columns: true,
  where: true,
  unknownColumns: true,
  offset: true,
  limit: true,
  schema: true,
  extraColumns: true,
  compat: true,
  verify: true,
  text: true,
  duplicateColumns: true,
  limits: true,
  threads: true,
  signal: true,
  onProgress: true,
} satisfies Record<keyof ReadOptions, true>;
/** The keys of {@link WriteOptions}, and of {@link ReadOptions}; the records are for options that extend these. */
export const WRITE_KEYS = keysOf<WriteOptions>(WRITE_RECORD);
export const READ_KEYS = keysOf<ReadOptions>(READ_RECORD);
export { READ_RECORD, WRITE_RECORD };
const LEVELS: Partial<Record<Codec, [number, number]>> = { gzip: [0, 9], brotli: [0, 11], zstd: [1, 22] };

/** Throws `ERR_CKPT_UNKNOWN_OPTION` for a key that is not in `known`. */
export function checkKeys(options: object, known: OptionKeys, what: string): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new CheckpointError('ERR_CKPT_UNKNOWN_OPTION', `unknown option '${key}' of ${what}; it knows ${known.join(', ')}`);
    }
  }
}

/** An option object that may be missing; throws `ERR_CKPT_INVALID_OPTION` for anything but an object. */
export function asOptions<T extends object>(options: T | undefined, what: string): Partial<T> {
  if (options === undefined) return {};
  if (typeof options !== 'object' || options === null || isRevoked(options) || Array.isArray(options))
    throw invalid(`the options of ${what} must be an object, got ${show(options)}`);
  // Whatever a check asks of a revoked proxy throws a TypeError: it is looked for here, once for all options.
  for (const [key, value] of Object.entries(options)) if (isRevoked(value)) throw invalid(`${key} of ${what} is a revoked proxy`);
  return options;
}

/** Checks the write options of a call; throws a coded error that names the option, what it takes and what it got. */
export function checkWriteOptions(options: WriteOptions | undefined, what = 'writeCheckpoint'): WriteOptions {
  const checked = asOptions(options, what) as WriteOptions;
  checkKeys(checked, WRITE_KEYS, what);
  const codec = checkCodec(checked.compression);
  const { compressionLevel: level, rowGroupRows, bloomFilter, hash, metadata } = checked;
  if (level !== undefined) {
    const range = LEVELS[codec];
    if (range === undefined) throw invalid(`codec '${codec}' has no compressionLevel; remove it or choose gzip, brotli or zstd`);
    if (!Number.isInteger(level) || level < range[0] || level > range[1]) {
      throw invalid(`compressionLevel of ${codec} must be an integer from ${range[0]} to ${range[1]}, got ${show(level)}`);
    }
  }
  if (rowGroupRows !== undefined && !(Number.isInteger(rowGroupRows) && rowGroupRows >= 1 && rowGroupRows <= 1 << 24)) {
    throw invalid(`rowGroupRows must be an integer from 1 to ${1 << 24}, got ${show(rowGroupRows)}`);
  }
  if (bloomFilter !== undefined && typeof bloomFilter !== 'boolean' && !isNames(bloomFilter)) {
    throw invalid(`bloomFilter must be true, false or an array of column names, got ${show(bloomFilter)}`);
  }
  if (hash !== undefined && typeof hash !== 'string') throw invalid(`hash must be a string, got ${show(hash)}`);
  if (metadata !== undefined) {
    if (!isPlainObject(metadata)) throw invalid(`metadata must be an object of strings, got ${show(metadata)}`);
    for (const [key, value] of Object.entries(metadata)) {
      if (typeof value !== 'string') throw invalid(`metadata.${key} must be a string, got ${show(value)}`);
    }
  }
  checkRunning(checked);
  return checked;
}

/** Checks the read options of a call, as {@link checkWriteOptions} does. `keys`: those that it takes, where they are not all. */
export function checkReadOptions(options: ReadOptions | undefined, what = 'readCheckpoint', keys: OptionKeys = READ_KEYS): ReadOptions {
  const checked = asOptions(options, what) as ReadOptions;
  checkKeys(checked, keys, what);
  const { columns, where, unknownColumns, offset, limit, limits, verify } = checked;
  checkLimits(limits);
  if (columns !== undefined && !isNames(columns)) {
    throw invalid(`columns must be an array of column names, got ${show(columns)}`);
  }
  if (where !== undefined) parseWhere(where);
  if (unknownColumns !== undefined && unknownColumns !== 'error' && unknownColumns !== 'missing')
    throw invalid(`unknownColumns must be 'error' or 'missing', got ${show(unknownColumns)}`);
  for (const [name, count] of Object.entries({ offset, limit })) {
    if (count !== undefined && !(Number.isSafeInteger(count) && count >= 0))
      throw invalid(`${name} must be an integer from 0 on, got ${show(count)}`);
  }
  checkChoice('text', checked.text, TEXT_MODES);
  checkChoice('duplicateColumns', checked.duplicateColumns, DUPLICATE_COLUMNS);
  if (verify !== undefined && typeof verify !== 'boolean') throw invalid(`verify must be true or false, got ${show(verify)}`);
  checkRunning(checked);
  return checked;
}

function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (value !== undefined && !(choices as readonly unknown[]).includes(value))
    throw invalid(`${name} must be one of ${choices.join(', ')}, got ${show(value)}`);
}

function isNames(names: unknown): names is string[] {
  // Not `every`, which passes over holes.
  return Array.isArray(names) && !names.includes(undefined) && names.every((name) => typeof name === 'string');
}

/** The codec to use; throws `ERR_CKPT_UNKNOWN_CODEC` for a name that is none. */
function checkCodec(codec: unknown): Codec {
  if (codec === undefined) return 'auto';
  if (!(CODECS as readonly unknown[]).includes(codec)) {
    throw new CheckpointError('ERR_CKPT_UNKNOWN_CODEC', `unknown compression codec ${show(codec)}; use one of ${CODECS.join(', ')}`);
  }
  return codec as Codec;
}

/** Throws unless `path` is a string that can name a file. */
export function checkPath(path: unknown): string {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `path must be a non-empty string without NUL, got ${show(path)}`);
  }
  return path;
}

/** Throws for a `signal` that is none. */
export function checkSignal(signal: unknown): void {
  if (signal !== undefined && !isAbortSignal(signal)) throw invalid(`signal must be an AbortSignal, got ${show(signal)}`);
}

function checkRunning(options: { compat?: unknown; threads?: number; signal?: AbortSignal; onProgress?: unknown }): void {
  const { compat, threads, signal, onProgress } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
    throw invalid(`threads must be an integer from 1 to 64, got ${show(threads)}`);
  }
  if (compat !== undefined && !(COMPATS as readonly unknown[]).includes(compat)) {
    throw invalid(`compat must be one of ${COMPATS.join(', ')}, got ${show(compat)}`);
  }
  checkSignal(signal);
  if (onProgress !== undefined && typeof onProgress !== 'function') throw invalid(`onProgress must be a function, got ${show(onProgress)}`);
}
