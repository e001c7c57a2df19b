import { throwIfAborted } from '../../base/halt.js';
import { Collector } from '../../columnar/columns/collector.js';
import type { Columns } from '../../columnar/columns/column.js';
import { rowsBatch } from '../../columnar/columns/rows-batch.js';
import { withPath } from '../../base/errors.js';
import type { NativeLoad } from './native/load.js';
import type { ReadOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import { bindingOf } from './native/binding-of.js';
import type { ArrowOptions, ArrowStream } from '../../options/arrow-options.js';
import { arrowPieces, type PieceSource } from './arrow/arrow-pieces.js';
import { arrowRequest } from './arrow/arrow-request.js';
import { nativeFilter } from './native-filter.js';
import { selectionOf } from '../../select/selection.js';
import { parseWhere } from '../../options/where.js';
import { closedError } from '../../store/closed-error.js';
import type { OpenFile, OpenOptions } from '../../store/store.js';
import { gather } from '../../store/wanted-rows.js';
import { ColumnScan } from './column-scan.js';
import { openNative, type OpenNative } from './native/open-native.js';
import { columnsTaken } from './parquet-columns.js';
import { ParquetScan } from './parquet-scan.js';
import { rowBatches } from './read-parquet.js';

/** Opens a Parquet file for any number of readings. */
export async function openParquet(path: string, options: OpenOptions): Promise<OpenFile> {
  const file = await openNative(path, options);
  try {
    return new OpenParquet(file, options);
  } catch (error) {
    file.load.close();
    throw error;
  }
}

class OpenParquet implements OpenFile {
  readonly info;
  readonly #file: OpenNative;
  readonly #compat: Pick<ReadOptions, 'compat'>;
  /** Rows are in the form of another program: its columns are not those of the rows. */
  readonly #isEncoded: boolean;
  readonly #running = new Set<{ close(): void }>();
  #closed = false;

  constructor(file: OpenNative, { compat }: OpenOptions) {
    this.#file = file;
    this.#compat = compat === undefined ? {} : { compat };
    this.#isEncoded = file.facts.decode(compat) !== undefined;
    this.info = file.facts.info();
    file.load.rest();
  }

  batches(options: ReadOptions, picked?: readonly number[]): AsyncGenerator<Row[], void, undefined> {
    return this.#reading((load) => rowBatches(new ParquetScan(this.#file.facts, load, { ...options, ...this.#compat }, picked)));
  }

  columnBatches(options: ReadOptions): AsyncGenerator<Columns, void, undefined> {
    if (this.#isEncoded) return this.#rowColumns(options);
    const { facts } = this.#file;
    return this.#reading(async function* (load) {
      const scan = new ColumnScan(facts, load, options);
      await scan.begin();
      for (let batch = await scan.next(); batch !== undefined; batch = await scan.next()) yield batch;
    });
  }

  async *#rowColumns(options: ReadOptions): AsyncGenerator<Columns, void, undefined> {
    for await (const rows of this.batches(options)) yield rowsBatch(rows, options.columns);
  }

  async columns(options: ReadOptions): Promise<Columns> {
    if (this.#isEncoded) return rowsBatch(await gather(this.batches(options)), options.columns);
    const { facts } = this.#file;
    const one = this.#reading(async function* (load) {
      const scan = new ColumnScan(facts, load, options);
      const collector = new Collector(await scan.begin(), () => scan.empty());
      while ((await scan.next((batch) => collector.add(batch))) !== undefined);
      yield collector.finish();
    });
    for await (const batch of one) return batch;
    throw new Error('unreachable: a reading gives its batch or throws');
  }

  async count({ where, ...options }: Pick<ReadOptions, 'where' | 'unknownColumns' | 'signal' | 'threads'>): Promise<number> {
    if (where === undefined) return this.info.rows;
    const { facts } = this.#file;
    // No row may be looked at below.
    columnsTaken(facts, undefined, selectionOf({ where }), options);
    if (!this.#isEncoded) {
      const filter = nativeFilter(parseWhere(where), facts.plan, facts.tree);
      const load = this.#begin();
      try {
        const { certain, doubtful } = await load.count(filter);
        throwIfAborted(options.signal);
        if (doubtful === 0) return certain;
      } finally {
        this.#end(load);
      }
    }
    let rows = 0;
    // The rows themselves are not needed, only what `where` looks at, which is loaded with them.
    for await (const batch of this.batches({ ...options, where, columns: [] })) rows += batch.length;
    return rows;
  }

  arrowStream(options: ArrowOptions): ArrowStream {
    const { facts, load } = this.#file;
    this.#check();
    return load.arrowStream(bindingOf(), arrowRequest(facts, options, 'C'));
  }

  arrow(options: ArrowOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const { facts, load } = this.#file;
    this.#check();
    return this.#pieces(load.arrowPieces(bindingOf(), arrowRequest(facts, options)), options.signal);
  }

  async *#pieces(source: PieceSource, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    this.#running.add(source);
    try {
      this.#check();
      for await (const piece of arrowPieces(source, signal)) {
        yield piece;
        this.#check();
      }
    } catch (error) {
      this.#check();
      throw withPath(error, this.info.path);
    } finally {
      this.#running.delete(source);
    }
  }

  #check(): void {
    if (this.#closed) throw closedError(this.info.path);
  }

  close(): void {
    this.#closed = true;
    for (const load of this.#running) load.close();
    this.#running.clear();
    this.#file.load.close();
  }

  /** What `read` gives, over a handle of its own that is closed at the end. */
  async *#reading<T>(read: (load: NativeLoad) => AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
    const load = this.#begin();
    try {
      yield* read(load);
    } catch (error) {
      throw withPath(error, this.info.path);
    } finally {
      this.#end(load);
    }
  }

  #begin(): NativeLoad {
    this.#check();
    const load = this.#file.load.fork();
    this.#running.add(load);
    return load;
  }

  #end(load: NativeLoad): void {
    this.#running.delete(load);
    load.close();
  }
}
