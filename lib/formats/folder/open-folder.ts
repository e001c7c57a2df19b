import type { Columns } from '../../columnar/columns/column.js';
import { rowsBatch } from '../../columnar/columns/rows-batch.js';
import type { Row } from '../../base/rows.js';
import type { ArrowOptions, ArrowStream } from '../../options/arrow-options.js';
import { loadBinding, type Binding } from '../../base/addon/binding.js';
import type { ReadOptions } from '../../options/options.js';
import { closedError } from '../../store/closed-error.js';
import type { OpenFile, OpenOptions } from '../../store/store.js';
import { gather } from '../../store/wanted-rows.js';
import { filesPieces, filesStream } from '../parquet/arrow/arrow-files.js';
import { arrowPieces, type PieceSource } from '../parquet/arrow/arrow-pieces.js';
import { noArrow } from '../parquet/arrow/no-arrow.js';
import { arrowParts } from './arrow-parts.js';
import type { PartsSource } from './parts-source.js';
import { folderBatches, refuseUnknown, whereOfPart } from './read-folder.js';
import type { Survey } from './survey.js';

/** A folder of parts that is open: its parts are those of the moment when it was opened. None of them is held open between readings. */
export class OpenFolder implements OpenFile {
  readonly info;
  readonly #folder: Survey;
  readonly #source: PartsSource;
  readonly #opened: OpenOptions;
  readonly #running = new Set<AsyncGenerator>();
  readonly #sources = new Set<PieceSource>();
  #closed = false;

  constructor(folder: Survey, source: PartsSource, opened: OpenOptions) {
    this.info = folder.info;
    this.#folder = folder;
    this.#source = source;
    this.#opened = opened;
  }

  async *batches(options: ReadOptions, picked?: readonly number[]): AsyncGenerator<Row[], void, undefined> {
    this.#check();
    const all = folderBatches(this.#folder, this.#source, { ...options, ...this.#opened }, picked);
    this.#running.add(all);
    try {
      for await (const batch of all) {
        yield batch;
        if (this.#closed) break;
      }
      // Closing ends the readings: this is no end of the rows.
      this.#check();
    } finally {
      this.#running.delete(all);
    }
  }

  /** Of rows: what the parts have in common are the keys of these, and not their columns. */
  async *columnBatches(options: ReadOptions): AsyncGenerator<Columns, void, undefined> {
    for await (const batch of this.batches(options)) yield rowsBatch(batch, this.#names(options));
  }

  async columns(options: ReadOptions): Promise<Columns> {
    return rowsBatch(await gather(this.batches(options)), this.#names(options));
  }

  async count({ where, ...options }: Pick<ReadOptions, 'where' | 'unknownColumns' | 'signal' | 'threads'>): Promise<number> {
    this.#check();
    if (where === undefined) return this.info.rows;
    refuseUnknown(this.#folder, { where, ...options });
    let rows = 0;
    for (const part of this.#folder.parts) {
      const left = whereOfPart(this.#folder, part, where);
      if (left === undefined) rows += part.rows;
      else if (left !== false) {
        await this.#source.check(part);
        const file = await this.#source.store.open(part.path, this.#opened);
        try {
          rows += await file.count({ ...options, where: left, unknownColumns: 'missing' });
        } finally {
          file.close();
        }
        await this.#source.check(part);
      }
      this.#check();
    }
    return rows;
  }

  arrowStream(options: ArrowOptions): ArrowStream {
    this.#check();
    return filesStream(this.#binding(), arrowParts(this.#folder, options, 'C'), this.#opened, options);
  }

  arrow(options: ArrowOptions): AsyncGenerator<Uint8Array, void, undefined> {
    this.#check();
    return this.#pieces(filesPieces(this.#binding(), arrowParts(this.#folder, options), this.#opened, options), options.signal);
  }

  async *#pieces(source: PieceSource, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    this.#sources.add(source);
    try {
      this.#check();
      for await (const piece of arrowPieces(source, signal)) {
        yield piece;
        this.#check();
      }
      this.#check();
    } catch (error) {
      this.#check();
      throw error;
    } finally {
      this.#sources.delete(source);
    }
  }

  #binding(): Binding {
    const binding = loadBinding();
    if (binding === null) throw noArrow(this.info.path, this.info.format);
    return binding;
  }

  close(): void {
    for (const source of this.#sources) source.close();
    this.#closed = true;
    for (const reading of this.#running) void reading.return(undefined);
  }

  /** All batches have the same columns, whether or not their rows have them. */
  #names({ columns }: ReadOptions): readonly string[] {
    return columns ?? this.#folder.keys;
  }

  #check(): void {
    if (this.#closed) throw closedError(this.#folder.path);
  }
}
