import type { FileHead } from './origin.js';
import type { Columns } from '../columnar/columns/column.js';
import type { ArrowOptions, ArrowStream } from '../options/arrow-options.js';
import type { CheckpointInfo, FileOptions, ReadOptions, WriteOptions } from '../options/options.js';
import type { Row } from '../base/rows.js';

/**
 * Bytes that a file carries beside its rows, in pieces, made when all rows are written. No engine sees them. Whoever reads them knows what
 * they mean: see lib/resume/ledger.
 */
export type Attachment = () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Options of a save that knows some of its metadata only when all rows are written. */
export interface SaveOptions extends WriteOptions {
  moreMetadata?: () => Record<string, string>;
}

/**
 * One way of keeping a checkpoint in one file. A manager does not know which it has.
 *
 * Promises of every store:
 * - `write` replaces the file by the commit protocol of docs/RELIABILITY.md: it resolves when the new file is durable under its name.
 * - `read` gives back the rows that `write` was given: values, keys, and the order of both.
 * - Every failure is a `CheckpointError`, except an abort, which rejects with `signal.reason`.
 * - Neither blocks the event loop for more than some tens of milliseconds at a stretch.
 */
export interface CheckpointStore {
  readonly format: CheckpointInfo['format'];
  /** With the dot: `.parquet`, `.json`, `.jsonl`. */
  readonly extension: string;
  /** `attachment`: only where {@link CheckpointStore.attachment} is not undefined. */
  write(path: string, rows: Iterable<Row> | AsyncIterable<Row>, options: SaveOptions, attachment?: Attachment): Promise<CheckpointInfo>;
  read(path: string, options: ReadOptions): Promise<Row[]>;
  /**
   * The same rows in order, in batches that are made when they are asked for. Stopping early closes the file. With a `schema` that a row
   * does not fit, no batch follows.
   */
  batches(path: string, options: ReadOptions): AsyncGenerator<Row[], void, undefined>;
  /** The file, open for any number of readings. It must be closed. */
  open(path: string, options: OpenOptions): Promise<OpenFile>;
  /** The hash and the metadata that the file was saved with, and who wrote it: reads no row. */
  head(path: string): Promise<FileHead>;
  /** Reads no row of a Parquet file; a file of text must be scanned for its count unless it says it. */
  info(path: string, options?: FileOptions): Promise<CheckpointInfo>;
  /**
   * The bytes of the attachment in order, in pieces; none where the file has no attachment. Compared with its checksum: after the last
   * piece it throws `ERR_CKPT_CORRUPT` where the bytes are not those that were written. Undefined: files of this format have none.
   */
  attachment?(path: string): AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * A checkpoint that is open. Each call reads anew, and several may read at a time.
 *
 * - Rows and columns are made when they are asked for. Stopping early frees what the reading holds.
 * - What is read is the file that was opened, also where another has taken its name; if that cannot be, it is `ERR_CKPT_CHANGED`.
 * - After `close` all readings that are under way reject with `ERR_CKPT_CLOSED`.
 */
export interface OpenFile {
  readonly info: CheckpointInfo;
  /** `picked`: only the rows of these numbers, which ascend. */
  batches(options: ReadOptions, picked?: readonly number[]): AsyncGenerator<Row[], void, undefined>;
  /** The same rows as columns. The options have no `schema`. */
  columnBatches(options: ReadOptions): AsyncGenerator<Columns, void, undefined>;
  /** All of them as one batch. */
  columns(options: ReadOptions): Promise<Columns>;
  /** How many rows `where` takes. */
  count(options: Pick<ReadOptions, 'where' | 'unknownColumns' | 'signal' | 'threads'>): Promise<number>;
  /**
   * The rows as a C stream of Arrow, which outlives the file. Undefined, as {@link OpenFile.arrow}: this kind of file has no Arrow batches.
   */
  arrowStream?(options: ArrowOptions): ArrowStream;
  /** The rows as the bytes of an IPC stream, in pieces. */
  arrow?(options: ArrowOptions): AsyncGenerator<Uint8Array, void, undefined>;
  close(): void;
}

/** Options of opening a file, which hold for all readings of it. */
export type OpenOptions = FileOptions & Pick<ReadOptions, 'compat'>;
