import * as types from 'node:util/types';
import { isAbortSignal } from '../base/realm.js';
import type { CheckpointSchema } from './checkpoint-schema.js';
import type { StandardSchemaV1 } from './standard-schema-v1.js';
import { isPlainObject, type Row, type RowLike } from '../base/rows.js';
import { isRevoked } from '../base/value/is-revoked.js';
import { isText, itemsOf, listOf } from '../base/value/items-of.js';
import { checkBase, type Base } from './base.js';
import { isBucketUrl } from './bucket-url.js';
import type { DeltaInfo } from './delta-info.js';
import { parseWhere, type Where } from './where.js';
import { COMPATS, type Compat } from './compat.js';
import { CheckpointError } from '../base/errors.js';
import { checkLimits, MAX_PARTS, type Limits } from './limits.js';
import type { Progress } from '../base/pace.js';
import { invalid, show } from '../base/messages.js';
import { keysOf, valuesOf, type OptionKeys } from './option-keys.js';

/** The compression codecs of column chunks. `auto`, `fast` and `small` choose per column by what the data is. */
export type Codec = 'auto' | 'fast' | 'small' | 'snappy' | 'gzip' | 'brotli' | 'lz4' | 'zstd' | 'none';

/** Options of every save. Those of codecs, row groups and bloom filters have no effect on JSON and JSONL. */
export interface WriteOptions {
  /**
   * The codec of the column chunks. `auto`, per column: zstd where a sample shrinks by a tenth or more, else none; it looks for no repeats
   * in texts where that leaves at most an eighth more. `fast`: LZ4 by the first rule, for less time. `small`: zstd level 9 by the first
   * rule, for fewer bytes.
   *
   * No effect on JSON and JSONL.
   * @default 'auto'
   */
  compression?: Codec;
  /**
   * The codec's own level: gzip 0 to 9, brotli 0 to 11, zstd 1 to 22. With others, `auto`, `fast` and `small` too, an error.
   *
   * No effect on JSON and JSONL.
   * @default gzip 6, brotli 4, zstd 1
   */
  compressionLevel?: number;
  /**
   * The most rows in a row group, 1 to 16,777,216. It also ends at about 32 MiB.
   *
   * These are 32 MiB of column data. No effect on JSON and JSONL.
   * @default 131072 @unit rows
   */
  rowGroupRows?: number;
  /**
   * Where pages end. `fixed`: after about 1 MiB, or 20,000 rows. `content`: where the values say so, after 64 to 256 KiB, and row groups
   * likewise: versions of a checkpoint then have long stretches of the same bytes, which restic, borg or Hugging Face's Xet keep once. For
   * directories that such a store keeps or sends.
   *
   * A file is about 2% larger. No effect on JSON and JSONL. docs/deltas.md has figures. @default 'fixed'
   */
  pages?: 'fixed' | 'content';
  /**
   * Columns that get bloom filters, by key or path (`metadata.source`); `true`: all. A load that asks for values of such a column (`$eq`,
   * `$in`) then reads only the row groups that may hold them. A filter costs 1.2 to 2.4 bytes per distinct value. Texts, integers, dates
   * and 64-bit bigints outside lists can have one; a column gets none where its dictionary is smaller. The name of no column is
   * `ERR_CKPT_UNKNOWN_COLUMN`, unless there are no rows. No effect on JSON and JSONL. @default false
   */
  bloomFilter?: boolean | readonly string[];
  /**
   * Writes a folder of Parquet files, as engines do: so many parts, or parts of so many rows. docs/parts.md.
   *
   * A column has one type in all of them, `_SUCCESS` comes last, and the folder takes the name whole or not at all. Never more parts than
   * rows, up to 16,384. An iterable of rows goes through a temporary file where a number of parts is given. Not for batches, nor with
   * `compat`; `base` has no effect then. No effect on JSON and JSONL. @default one file
   */
  parts?: number | { rows: number };
  /** The hash of the operation that made the rows: any string. The file keeps it; `info.hash` returns it. */
  hash?: string;
  /** Strings of your own. The file keeps them; `info.metadata` returns them. */
  metadata?: Record<string, string>;
  /**
   * What the rows must be: a zod object, any Standard Schema, or a {@link CheckpointSchema}. If one does not fit, it is `ERR_CKPT_SCHEMA`
   * and nothing is saved. Rows are saved as they are: transforms and defaults apply on load. A schema whose columns can be read gives the
   * file columns and types, whatever the rows hold: doubles, and int64 where it asks for integers.
   */
  schema?: StandardSchemaV1 | CheckpointSchema;
  /**
   * The file has exactly the columns of `schema`, hidden ones included, of types that depend on nothing else: all files that are saved
   * with it make one table for engines. Rows that have no place in them are `ERR_CKPT_SCHEMA`. docs/schemas.md. Needs a schema whose
   * columns can be read; not with `compat`. No effect on JSON and JSONL. @default false
   */
  fixedColumns?: boolean;
  /**
   * Saves in a form that a Python program reads. `docetl`: Parquet for its PyArrow checkpoints, JSON for today's. `kura`: Parquet and
   * JSONL. A row that the program could not read back is `ERR_CKPT_NOT_COMPATIBLE`. Parquet holds all rows in memory meanwhile. A load in
   * arrow-ckpt needs no option for such a file.
   */
  compat?: Compat;
  /**
   * Earlier checkpoints that may have the same values: what they have is not written again, and the file refers to them. A path, or
   * several; for a CheckpointManager `{ step, operation }`, for a Kura manager a name; `auto`: those that are likely to. A file is whole,
   * as without the option, where nothing is shared, below 1 MiB, with `compat`, and where the file system has no hard links. No effect on
   * JSON, JSONL, batches and `parts`. docs/deltas.md says what to know before.
   * @default false
   */
  base?: Base;
  /**
   * How a file shares what its `base` has. `values`: it refers to them. `reflink`: it is whole, and column chunks of 128 KiB or more that
   * are the same byte for byte are in the same blocks of the disk, where the file system can do that (btrfs, XFS); elsewhere they are
   * written, with one warning.
   *
   * `reflink` without `base`, with `compat`, or for JSON and JSONL, is `ERR_CKPT_INVALID_OPTION`. @default 'values'
   */
  share?: 'values' | 'reflink';
  /**
   * The folder whose `.ckpt` keeps the files that others refer to.
   *
   * All files that share values are in it or below it. No effect without `base`, and in a manager, whose directory it is.
   * @default the folder of the file
   */
  pool?: string;
  /**
   * The most threads that encode columns of this save, 1 to 64 and no more than the cores.
   *
   * No effect on JSON.
   * @default the cores @unit threads
   */
  threads?: number;
  /** Aborts the save: it rejects with `signal.reason`. The old file stays, and no temporary does. */
  signal?: AbortSignal;
  /**
   * Called as rows are handed over, at most every 50 ms and once at the end.
   *
   * If it throws, the save goes on and the process gets a warning.
   */
  onProgress?: (progress: Progress) => void;
}

/** Options of every load. */
export interface ReadOptions<T extends RowLike = Row> {
  /**
   * Keys to load, and paths into objects (`metadata.source`). Others are not read.
   *
   * Other columns of a Parquet file are neither read nor decoded. Each row keeps its own order of keys.
   * @default all
   */
  columns?: readonly string[];
  /** Which rows to load. The conditions see the rows as they were saved, before `schema`. @default all */
  where?: Where<T>;
  /**
   * A name that no row has: `error` is `ERR_CKPT_UNKNOWN_COLUMN`, `missing` a missing key.
   *
   * Both in `columns` and in `where`. A path is such a name where all objects on its way lack its next key; what is neither null nor an
   * object on the way, and JSON in Parquet, may hold anything. A checkpoint without rows has every column. A text file shows its columns
   * only once all its rows were read, so not if `limit` ends the reading before.
   * @default an error in `columns`, a missing key in `where`
   */
  unknownColumns?: 'error' | 'missing';
  /** How many of the rows that `where` selects to skip, 0 or more. @default 0 @unit rows */
  offset?: number;
  /** The most rows to load. A schema checks only these, and counts its violations from 0. @default all @unit rows */
  limit?: number;
  /**
   * What the rows must be. The load returns what the schema makes of them: with defaults and transforms, without keys that it does not
   * name, which are not even decoded where it says its columns. If a row does not fit, it is `ERR_CKPT_SCHEMA`.
   */
  schema?: StandardSchemaV1 | CheckpointSchema;
  /**
   * Columns that the schema does not name: `keep` them, or `drop` them before the schema looks. The columns must be readable from the
   * schema. @default as the schema says: `z.object` and a CheckpointSchema drop, `z.looseObject` keeps, `z.strictObject` refuses
   */
  extraColumns?: 'keep' | 'drop';
  /**
   * This Python program wrote the file: give the rows that it was given.
   *
   * Managers find that out by themselves.
   */
  compat?: Compat;
  /**
   * Compare the checksums of what is read with those in the file.
   *
   * Text files have none, nor have most files of other writers.
   * @default true
   */
  verify?: boolean;
  /**
   * Texts in Parquet files of other writers. `strict`: a text that is not UTF-8 is `ERR_CKPT_UNSUPPORTED_FILE`. `lossy`: bytes that are not
   * UTF-8 become U+FFFD. `bytes`: every text is a `Uint8Array`. No effect on checkpoints and text files. @default 'strict'
   */
  text?: 'strict' | 'lossy' | 'bytes';
  /**
   * Columns, or fields of a struct, that share a name in Parquet files of other writers. `refuse`: `ERR_CKPT_UNSUPPORTED_FILE`. `rename`:
   * the second `a` is `a_1`, or the next free name. @default 'refuse'
   */
  duplicateColumns?: 'refuse' | 'rename';
  /**
   * The most that a Parquet file may ask for.
   *
   * No effect on text files. See {@link Limits}.
   * @default the most that the reader bears
   */
  limits?: Limits;
  /**
   * Threads that decode, 1 to 64.
   *
   * They are beside the one that packs blocks. No effect on JSON.
   * @default the cores, at most 4 @unit threads
   */
  threads?: number;
  /** Aborts the load: it rejects with `signal.reason`. */
  signal?: AbortSignal;
  /**
   * Called as rows are loaded, at most every 50 ms and once at the end.
   *
   * If it throws, the load goes on and the process gets a warning.
   */
  onProgress?: (progress: Progress) => void;
}

/** What becomes of the texts of a Parquet file of another writer. */
export type TextMode = NonNullable<ReadOptions['text']>;

/** What becomes of columns of one name in a Parquet file of another writer. */
export type DuplicateColumns = NonNullable<ReadOptions['duplicateColumns']>;

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
  /** What it shares with other files; null for a whole one. docs/deltas.md. */
  delta?: DeltaInfo | null;
  /** Number of parts of a folder; undefined for a file. */
  parts?: number;
  /** Of an object in a bucket: what tells this state of it from any other. `ifMatch` of a save takes it. */
  etag?: string;
  /** Where a save asked for Parquet and wrote JSON, as there is no native binary: why, and what to do. */
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
  /** The encodings of its values, sorted, dictionaries aside: `plain`, `rle_dictionary`, `delta_binary_packed`, ... */
  encodings: string[];
  /** Rows where it is null, missing or an exception. Null for lists, structs and files of other writers. */
  nulls: number | null;
  /** Values of another type, kept beside it as JSON text. Null where another program rewrote the file. */
  exceptions: number | null;
}

/** Every {@link Codec}. */
export const CODECS = valuesOf<Codec>({
  auto: true,
  fast: true,
  small: true,
  snappy: true,
  gzip: true,
  brotli: true,
  lz4: true,
  zstd: true,
  none: true,
});
const PAGES = valuesOf<NonNullable<WriteOptions['pages']>>({ fixed: true, content: true });
const SHARES = valuesOf<NonNullable<WriteOptions['share']>>({ values: true, reflink: true });
const TEXT_MODES = valuesOf<TextMode>({ strict: true, lossy: true, bytes: true });
const DUPLICATE_COLUMNS = valuesOf<DuplicateColumns>({ refuse: true, rename: true });

const WRITE_RECORD = {
  compression: true,
  compressionLevel: true,
  rowGroupRows: true,
  pages: true,
  bloomFilter: true,
  parts: true,
  hash: true,
  metadata: true,
  schema: true,
  fixedColumns: true,
  compat: true,
  base: true,
  share: true,
  pool: true,
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
  // What a check asks of a proxy may throw a TypeError: they are looked for here, once for all options.
  const entries = Object.entries(options).map(([key, value]) => [key, types.isProxy(value) ? asOption(value, key, what) : value]);
  // What is checked is what is used: a getter may give another value the next time. Of an object with a class the options may be there.
  return isPlainObject(options) ? (Object.fromEntries(entries) as T) : options;
}

/** Options as an object of their own. Those that are inherited, as from an object of a class, are read now, and once. */
function ownOptions<T extends object>(options: T, keys: OptionKeys): T {
  const values = keys.map((key) => [key, options[key as keyof T]] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as T;
}

/** A proxy as the value of an option. That of an array is asked for all that it has. */
function asOption(value: object, key: string, what: string): unknown {
  if (isRevoked(value)) throw invalid(`${key} of ${what} is a revoked proxy`);
  if (!Array.isArray(value)) return value;
  const items = itemsOf(value);
  if (items === undefined) throw invalid(`${key} of ${what} is a proxy of an array that tells no length, got ${show(value)}`);
  return items;
}

/**
 * Checks the write options of a call; throws a coded error that names the option, what it takes and what it got. `keys`: those that it
 * takes, where they are more.
 */
export function checkWriteOptions(
  options: WriteOptions | undefined,
  what = 'writeCheckpoint',
  keys: OptionKeys = WRITE_KEYS,
): WriteOptions {
  const given = asOptions(options, what) as WriteOptions;
  checkKeys(given, keys, what);
  const checked = ownOptions(given, keys);
  const codec = checkCodec(checked.compression);
  const { compressionLevel: level, rowGroupRows, bloomFilter, hash, metadata, pool } = checked;
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
  checkChoice('pages', checked.pages, PAGES);
  if (bloomFilter !== undefined && typeof bloomFilter !== 'boolean' && !isNames(bloomFilter)) {
    throw invalid(`bloomFilter must be true, false or an array of column names, got ${show(bloomFilter)}`);
  }
  if (hash !== undefined && typeof hash !== 'string') throw invalid(`hash must be a string, got ${show(hash)}`);
  checkParts(checked);
  checkFixedColumns(checked);
  const base = checkBase(checked.base);
  if (base !== undefined) checked.base = base;
  checkChoice('share', checked.share, SHARES);
  if (checked.share === 'reflink' && base === undefined)
    throw invalid("share: 'reflink' needs base: the checkpoints that may have the same blocks");
  if (checked.share === 'reflink' && checked.compat !== undefined)
    throw invalid(`share: 'reflink' does not go with compat '${show(checked.compat)}': what another program reads shares nothing`);
  if (pool !== undefined) checkPath(pool);
  if (metadata !== undefined) {
    if (!isPlainObject(metadata)) throw invalid(`metadata must be an object of strings, got ${show(metadata)}`);
    // A getter is asked once: what is checked is what is saved.
    const texts = { ...metadata };
    for (const [key, value] of Object.entries(texts)) {
      if (typeof value !== 'string') throw invalid(`metadata.${key} must be a string, got ${show(value)}`);
    }
    checked.metadata = texts;
  }
  checkRunning(checked);
  return checked;
}

/** Throws for `fixedColumns` that is no boolean, or has no schema to take the columns from. Whether these can be read, the schema shows. */
export function checkFixedColumns({ fixedColumns, schema, compat }: Pick<WriteOptions, 'fixedColumns' | 'schema' | 'compat'>): void {
  if (fixedColumns !== undefined && typeof fixedColumns !== 'boolean')
    throw invalid(`fixedColumns must be true or false, got ${show(fixedColumns)}`);
  if (fixedColumns !== true) return;
  if (schema === undefined) throw invalid('fixedColumns needs a schema: its columns are those of the file');
  if (compat !== undefined)
    throw invalid(`fixedColumns does not go with compat '${show(compat)}': that program's form has columns of its own`);
}

/** Checks the read options of a call, as {@link checkWriteOptions} does. `keys`: those that it takes, where they are not all. */
export function checkReadOptions(options: ReadOptions | undefined, what = 'readCheckpoint', keys: OptionKeys = READ_KEYS): ReadOptions {
  const given = asOptions(options, what) as ReadOptions;
  checkKeys(given, keys, what);
  const checked = ownOptions(given, keys);
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

/** How the rows are divided. A getter is asked once: what is checked is what is used. */
function checkParts(checked: WriteOptions): void {
  const { parts, compat, share } = checked;
  if (parts === undefined) return;
  const isCount = (value: unknown, most: number): value is number =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
  const rows = isPlainObject(parts) && Object.keys(parts).join() === 'rows' ? parts.rows : undefined;
  if (isCount(rows, 2 ** 32)) checked.parts = { rows };
  else if (!isCount(parts, MAX_PARTS))
    throw invalid(`parts must be an integer from 1 to ${MAX_PARTS}, or { rows } with an integer from 1 on, got ${show(parts)}`);
  if (compat !== undefined) throw invalid(`parts does not go with compat '${show(compat)}': that program reads one file`);
  if (share === 'reflink') throw invalid("parts does not go with share: 'reflink'");
}

function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (value !== undefined && !(choices as readonly unknown[]).includes(value))
    throw invalid(`${name} must be one of ${choices.join(', ')}, got ${show(value)}`);
}

function isNames(names: unknown): names is string[] {
  return listOf(names, isText) !== undefined;
}

/** The codec to use; throws `ERR_CKPT_UNKNOWN_CODEC` for a name that is none. */
function checkCodec(codec: unknown): Codec {
  if (codec === undefined) return 'auto';
  if (!(CODECS as readonly unknown[]).includes(codec)) {
    throw new CheckpointError('ERR_CKPT_UNKNOWN_CODEC', `unknown compression codec ${show(codec)}; use one of ${CODECS.join(', ')}`);
  }
  return codec as Codec;
}

/** Throws unless `path` is a string that can name a local file. @throws `ERR_CKPT_NOT_FOR_BUCKETS` for a URL */
export function checkPath(path: unknown): string {
  const checked = checkFilePath(path);
  if (!isBucketUrl(checked)) return checked;
  const message = `this call is for local files and directories, and not for URLs yet: got ${show(checked.replace(/[?#].*$/s, ''))}`;
  throw new CheckpointError('ERR_CKPT_NOT_FOR_BUCKETS', message);
}

/** Throws unless `path` is a string that can name a file, be it a local one or a URL. */
export function checkFilePath(path: unknown): string {
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
