import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { deprecated } from '../../base/deprecated.js';
import { throwIfAborted } from '../../base/halt.js';
import type { Columns } from '../../columnar/columns/column.js';
import { asOptions, type CheckpointInfo, type ReadOptions } from '../../options/options.js';
import type { Row, RowLike } from '../../base/rows.js';
import { checkSchemaOptions } from '../../schema/contract.js';
import { checkArrowOptions, type ArrowOptions, type ArrowStream, type ArrowStreamOptions } from '../../options/arrow-options.js';
import { noArrow } from '../../formats/parquet/arrow/no-arrow.js';
import type { StandardSchemaV1 } from '../../options/standard-schema-v1.js';
import type { OpenFile } from '../../store/store.js';
import { pickedBatches, tellsAtEnd } from '../../store/picked-batches.js';
import { gather } from '../../store/wanted-rows.js';
import {
  checkColumnsOptions,
  checkCountOptions,
  checkRowsOptions,
  checkSampleOptions,
  type ColumnsOptions,
  type CountOptions,
  type RowsOptions,
  type SampleOptions,
} from './reader-options.js';
import { Readings } from './readings.js';
import { RowIterator } from './row-iterator.js';
import { nodeStream, webStream } from './row-streams.js';
import { sampleOf } from './sample-of.js';

/** The constructor is private: readers come from `openCheckpoint`. */
let make: <T extends RowLike>(file: OpenFile) => CheckpointReader<T>;

/** Rows for `for await`, some thousand in memory. Breaking out of the loop frees them. */
export interface CheckpointRows<T> extends AsyncDisposable {
  // Spelt out: `AsyncIterableIterator` has one type parameter up to TypeScript 5.5, and three from 5.6 on.
  next(): Promise<IteratorResult<T, undefined>>;
  return(): Promise<IteratorResult<T, undefined>>;
  [Symbol.asyncIterator](): CheckpointRows<T>;
}

/**
 * An open checkpoint: {@link openCheckpoint} makes it. docs/reading.md.
 *
 * ```ts
 * await using checkpoint = await openCheckpoint('extract.parquet');
 * for await (const row of checkpoint.rows({ columns: ['id', 'title'], where: { score: { $gte: 0.5 } } })) console.log(row);
 * ```
 *
 * Several readings may run at a time. Each throws what `readCheckpoint` throws, and `ERR_CKPT_CLOSED` once the reader is closed. The file
 * that was opened is read even after a save has replaced it; JSON that was replaced is `ERR_CKPT_CHANGED`.
 */
export class CheckpointReader<T extends RowLike = Row> implements AsyncDisposable {
  /** What is known without the rows. */
  readonly info: CheckpointInfo;
  readonly #file: OpenFile;
  readonly #readings: Readings;

  static {
    make = (file) => new CheckpointReader(file);
  }

  private constructor(file: OpenFile) {
    this.#file = file;
    this.info = file.info;
    this.#readings = new Readings(file.info.path);
  }

  get closed(): boolean {
    return this.#readings.closed;
  }

  /** One after another, in bounded memory. */
  rows<S extends StandardSchemaV1>(options: RowsOptions & { schema: S }): CheckpointRows<StandardSchemaV1.InferOutput<S>>;
  rows<R extends RowLike = T>(options?: NoInfer<RowsOptions<R>>): CheckpointRows<R>;
  rows(options?: RowsOptions): CheckpointRows<Row> {
    return this.#rows(this.#checked(options, 'rows'));
  }

  /** As an array. */
  async read<S extends StandardSchemaV1>(options: RowsOptions & { schema: S }): Promise<StandardSchemaV1.InferOutput<S>[]>;
  async read<R extends RowLike = T>(options?: NoInfer<RowsOptions<R>>): Promise<R[]>;
  async read(options?: RowsOptions): Promise<Row[]> {
    return gather(this.#file.batches(this.#checked(options, 'read')));
  }

  /** As a Node stream in object mode. Destroying it stops. */
  readable(options?: RowsOptions<T>): Readable {
    const checked = this.#checked(options, 'readable');
    return nodeStream(this.#rows(checked), checked.signal, this.#readings);
  }

  /** As a Web stream. Cancelling it stops. */
  stream<R extends RowLike = T>(options?: NoInfer<RowsOptions<R>>): ReadableStream<R> {
    return webStream(this.#rows(this.#checked(options, 'stream')) as unknown as CheckpointRows<R>);
  }

  /**
   * The rows as columns, some ten thousand at a time, without row objects; texts become strings when they are asked for. `columns` may name
   * paths into objects. JSON, which has no columns, is read as rows.
   */
  scanColumns(options?: ColumnsOptions<T>): AsyncGenerator<Columns, void, undefined> {
    const checked = checkColumnsOptions(options, 'scanColumns');
    this.#readings.check();
    return this.#file.columnBatches(checked);
  }

  /** @deprecated {@link scanColumns} */
  batches(options?: ColumnsOptions<T>): AsyncGenerator<Columns, void, undefined> {
    deprecated('ARROW_CKPT_DEP0002');
    return this.scanColumns(options);
  }

  /**
   * All rows as columns: numbers, bigints, booleans and dates in one array each. `names`: keys, or paths into objects; all if undefined.
   */
  async columns(names?: readonly string[], options?: Omit<ColumnsOptions<T>, 'columns'>): Promise<Columns> {
    const checked = checkColumnsOptions(names === undefined ? options : { ...asOptions(options, 'columns'), columns: names }, 'columns');
    this.#readings.check();
    return this.#file.columns(checked);
  }

  /**
   * The rows as a C stream of Arrow, for code in C, C++ or Rust: no value is copied on the way. Not with `where`, of which the core is not
   * always certain. It outlives the reader. Reading it blocks its thread: not for JavaScript's. docs/arrow.md says who owns what.
   * @throws `ERR_CKPT_ARROW` for what is not Parquet, for parts of other types, and without the native binary
   */
  arrowStream(options?: ArrowStreamOptions): ArrowStream {
    const checked = checkArrowOptions(options, 'arrowStream');
    this.#readings.check();
    const stream = this.#file.arrowStream?.(checked);
    if (stream === undefined) throw noArrow(this.info.path, this.info.format);
    return stream;
  }

  /** The same as the bytes of an IPC stream, in pieces: for `tableFromIPC` of apache-arrow or flechette. */
  arrow(options?: ArrowOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const checked = checkArrowOptions(options, 'arrow');
    throwIfAborted(checked.signal);
    this.#readings.check();
    const pieces = this.#file.arrow?.(checked);
    if (pieces === undefined) throw noArrow(this.info.path, this.info.format);
    return pieces;
  }

  /** How many rows there are, or `where` takes. */
  async count(options?: CountOptions<T>): Promise<number> {
    const checked = checkCountOptions(options);
    this.#readings.check();
    return this.#file.count(checked);
  }

  /**
   * `size` rows at random, each as likely as another, in the order of the file; all if there are no more. Only these become rows. With
   * `where` the rows that it takes are counted first.
   */
  async sample<S extends StandardSchemaV1>(
    size: number,
    options: SampleOptions & { schema: S },
  ): Promise<StandardSchemaV1.InferOutput<S>[]>;
  async sample<R extends RowLike = T>(size: number, options?: NoInfer<SampleOptions<R>>): Promise<R[]>;
  async sample(size: number, options?: SampleOptions): Promise<Row[]> {
    const { seed, reading } = checkSampleOptions(size, options);
    checkSchemaOptions(reading);
    this.#readings.check();
    const { where, unknownColumns, threads, signal } = reading;
    if (where === undefined) return gather(this.#file.batches(reading, sampleOf(size, this.info.rows, seed)));
    const known = unknownColumns === undefined ? {} : { unknownColumns };
    const counting: CountOptions = { where, ...known, ...(threads !== undefined && { threads }), ...(signal !== undefined && { signal }) };
    const picked = sampleOf(size, await this.#file.count(counting), seed);
    return gather(pickedBatches(this.#file.batches(reading), picked, tellsAtEnd(this.info, reading)));
  }

  /** Closes the file and ends all readings. Closing again does nothing. */
  async close(): Promise<void> {
    if (this.#readings.closed) return;
    this.#readings.close();
    this.#file.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #checked<R extends RowLike>(options: RowsOptions<R> | undefined, what: string): ReadOptions {
    const checked = checkRowsOptions(options, what);
    checkSchemaOptions(checked);
    this.#readings.check();
    return checked;
  }

  #rows(options: ReadOptions): CheckpointRows<Row> {
    return new RowIterator(this.#file.batches(options), options.signal, this.#readings);
  }
}

/** A reader of an open file. */
export function readerOf<T extends RowLike>(file: OpenFile): CheckpointReader<T> {
  return make(file);
}
