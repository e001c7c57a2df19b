import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { ColumnBatch } from '../../columnar/columns/column.js';
import { asOptions, type CheckpointInfo, type ReadOptions } from '../../options/options.js';
import type { Row, RowLike } from '../../base/rows.js';
import { checkSchemaOptions } from '../../schema/contract.js';
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

type Output<S extends StandardSchemaV1> = StandardSchemaV1.InferOutput<S>;
type WithSchema<S, O> = O & { schema: S };

/** Rows with a row at a time in memory, or some thousand: for `for await`. Breaking out of the loop frees all of it. */
export interface CheckpointRows<T> extends AsyncDisposable {
  // Spelt out: `AsyncIterableIterator` has one type parameter up to TypeScript 5.5, and three from 5.6 on.
  next(): Promise<IteratorResult<T, undefined>>;
  return(): Promise<IteratorResult<T, undefined>>;
  [Symbol.asyncIterator](): CheckpointRows<T>;
}

/**
 * An open checkpoint, of which as much is read as is asked for. `openCheckpoint` makes it.
 *
 * ```ts
 * await using checkpoint = await openCheckpoint('extract.parquet');
 * for await (const row of checkpoint.rows({ columns: ['id', 'title'], where: { score: { $gte: 0.5 } } })) console.log(row);
 * ```
 *
 * Several readings may run at a time. Each throws what `readCheckpoint` throws, and `ERR_CKPT_CLOSED` once the reader is closed. The file that was opened is the one that is read, also after a save has
 * replaced it; a file of JSON that was replaced is `ERR_CKPT_CHANGED`.
 */
export class CheckpointReader<T extends RowLike = Row> implements AsyncDisposable {
  /** What is known of the checkpoint without its rows. */
  readonly info: CheckpointInfo;
  readonly #file: OpenFile;
  readonly #readings: Readings;

  /** @internal */
  constructor(file: OpenFile) {
    this.#file = file;
    this.info = file.info;
    this.#readings = new Readings(file.info.path);
  }

  get closed(): boolean {
    return this.#readings.closed;
  }

  /** The rows one after another, in bounded memory. */
  rows<S extends StandardSchemaV1>(options: WithSchema<S, RowsOptions>): CheckpointRows<Output<S>>;
  rows<R extends RowLike = T>(options?: RowsOptions): CheckpointRows<R>;
  rows(options?: RowsOptions): CheckpointRows<Row> {
    return this.#rows(this.#checked(options, 'rows'));
  }

  /** The rows as an array. */
  async read<S extends StandardSchemaV1>(options: WithSchema<S, RowsOptions>): Promise<Output<S>[]>;
  async read<R extends RowLike = T>(options?: RowsOptions): Promise<R[]>;
  async read(options?: RowsOptions): Promise<Row[]> {
    return gather(this.#file.batches(this.#checked(options, 'read')));
  }

  /** The rows as a Node stream in object mode. Destroying it stops the reading. */
  readable(options?: RowsOptions): Readable {
    const checked = this.#checked(options, 'readable');
    return nodeStream(this.#rows(checked), checked.signal, this.#readings);
  }

  /** The rows as a Web stream. Cancelling it stops the reading. */
  stream<R extends RowLike = T>(options?: RowsOptions): ReadableStream<R> {
    return webStream(this.#rows(this.#checked(options, 'stream')) as unknown as CheckpointRows<R>);
  }

  /**
   * The rows as columns, some ten thousand at a time: typed arrays and texts that become strings when they are asked for, no row objects. `columns` may name paths into objects. JSON, which has no columns, is
   * read as rows.
   */
  batches(options?: ColumnsOptions): AsyncGenerator<ColumnBatch, void, undefined> {
    const checked = checkColumnsOptions(options, 'batches');
    this.#readings.check();
    return this.#file.columnBatches(checked);
  }

  /** All rows as columns: numbers, bigints, booleans and dates in one array each. `names`: keys, or paths into objects; undefined for all. */
  async columns(names?: readonly string[], options?: Omit<ColumnsOptions, 'columns'>): Promise<ColumnBatch> {
    const checked = checkColumnsOptions(names === undefined ? options : { ...asOptions(options, 'columns'), columns: names }, 'columns');
    this.#readings.check();
    return this.#file.columns(checked);
  }

  /** How many rows there are, or `where` takes. */
  async count(options?: CountOptions): Promise<number> {
    const checked = checkCountOptions(options);
    this.#readings.check();
    return this.#file.count(checked);
  }

  /**
   * `size` rows at random, or all if there are no more, in the order of the file. Each is as likely as another. Rows that are not taken are not made; with `where` the rows that it takes are counted
   * first.
   */
  async sample<S extends StandardSchemaV1>(size: number, options: WithSchema<S, SampleOptions>): Promise<Output<S>[]>;
  async sample<R extends RowLike = T>(size: number, options?: SampleOptions): Promise<R[]>;
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

  #checked(options: RowsOptions | undefined, what: string): ReadOptions {
    const checked = checkRowsOptions(options, what);
    checkSchemaOptions(checked);
    this.#readings.check();
    return checked;
  }

  #rows(options: ReadOptions): CheckpointRows<Row> {
    return new RowIterator(this.#file.batches(options), options.signal, this.#readings);
  }
}
