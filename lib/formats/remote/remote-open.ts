import type { Columns } from '../../columnar/columns/column.js';
import type { CheckpointInfo, ReadOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import { bindingOf } from '../parquet/native/binding-of.js';
import { arrowColumns } from '../parquet/arrow/arrow-request.js';
import { filesStream } from '../parquet/arrow/arrow-files.js';
import { noArrow } from '../parquet/arrow/no-arrow.js';
import type { ParquetFacts } from '../parquet/parquet-facts.js';
import { unknownColumn } from '../../select/unknown-columns.js';
import type { ArrowOptions, ArrowStream } from '../../options/arrow-options.js';
import { closedError } from '../../store/closed-error.js';
import type { CheckpointStore, OpenFile, OpenOptions } from '../../store/store.js';
import { bytesOf } from './bytes-of.js';
import { fetchWanted } from './fetch-wanted.js';
import type { RemoteFile } from './remote-file.js';
import type { RemoteRunning } from './sparse-copy.js';

/**
 * An object that is open: each reading fetches what it looks at and is not there, and then reads the local file. After `close` nothing of
 * it is left.
 */
export class RemoteOpen implements OpenFile {
  readonly info: CheckpointInfo;
  readonly #file: RemoteFile;
  readonly #store: CheckpointStore;
  readonly #opened: OpenOptions;
  readonly #described: ParquetFacts | undefined;
  readonly #running = new Set<OpenFile>();
  readonly #fetches = new AbortController();
  /** One reading fetches and opens at a time: a reader that looks whether its file has changed would see the writes of another. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** `described`: of Parquet that the core can read. */
  constructor(file: RemoteFile, store: CheckpointStore, info: CheckpointInfo, opened: OpenOptions, described?: ParquetFacts) {
    this.#described = described;
    this.#file = file;
    this.#store = store;
    this.#opened = opened;
    this.info = { ...info, path: file.url, etag: file.etag };
  }

  batches(options: ReadOptions, picked?: readonly number[]): AsyncGenerator<Row[], void, undefined> {
    return this.#reading(options, (file) => file.batches(options, picked));
  }

  columnBatches(options: ReadOptions): AsyncGenerator<Columns, void, undefined> {
    return this.#reading(options, (file) => file.columnBatches(options));
  }

  async columns(options: ReadOptions): Promise<Columns> {
    const one = this.#reading(options, async function* (file) {
      yield await file.columns(options);
    });
    for await (const columns of one) return columns;
    throw closedError(this.info.path);
  }

  async count(options: Pick<ReadOptions, 'where' | 'unknownColumns' | 'signal' | 'threads'>): Promise<number> {
    if (options.where === undefined) return this.info.rows;
    const one = this.#reading({ ...options, columns: [] }, async function* (file) {
      yield await file.count(options);
    });
    for await (const count of one) return count;
    throw closedError(this.info.path);
  }

  arrow(options: ArrowOptions): AsyncGenerator<Uint8Array, void, undefined> {
    this.#facts();
    return this.#reading(arrowReading(options), (file) => (file.arrow as NonNullable<OpenFile['arrow']>).call(file, options));
  }

  /** Its first batch waits for its bytes, which are fetched from now on. */
  arrowStream(options: ArrowOptions): ArrowStream {
    const facts = this.#facts();
    this.#check();
    const { url, path } = this.#file;
    const binding = bindingOf();
    const gate = new binding.ArrowGate();
    const { offset = 0, limit = Number.POSITIVE_INFINITY, columns } = options;
    const unknown = facts.rows === 0 ? undefined : columns?.find((name) => !facts.keys.includes(name));
    if (unknown !== undefined) throw unknownColumn(url, unknown, facts.keys);
    const range: [number, number] = [Math.min(offset, facts.rows), Math.min(facts.rows, offset + limit)];
    const files = {
      path: url,
      order: facts.keys,
      kinds: [arrowColumns(facts, { ...options, isOne: true, language: 'C' }, url)],
      files: [{ path, kind: 0, range }],
    };
    const stream = filesStream(binding, files, this.#opened, options, gate);
    const fetched = this.#turn.then(() => this.#fetch(arrowReading(options)));
    this.#turn = fetched.catch(() => {});
    fetched.then(
      () => gate.open(),
      (error: unknown) => gate.fail(`the bytes of ${url} did not come: ${String(error)}`),
    );
    return stream;
  }

  #facts(): ParquetFacts {
    if (this.#described === undefined) throw noArrow(this.info.path, this.info.format);
    return this.#described;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#fetches.abort(closedError(this.info.path));
    for (const file of this.#running) file.close();
    // A reading that opens the file meanwhile finds that it is closed.
    void this.#turn.then(() => this.#file.close()).catch(() => {});
  }

  async *#reading<T>(
    options: ReadOptions,
    read: (file: OpenFile) => AsyncGenerator<T, void, undefined>,
  ): AsyncGenerator<T, void, undefined> {
    let opened: OpenFile | undefined;
    try {
      const begun = this.#turn.then(async () => {
        this.#check();
        await this.#fetch(options);
        opened = await this.#store.open(this.#file.path, this.#opened);
        this.#running.add(opened);
        this.#check();
        const rows = read(opened);
        return { rows, first: await rows.next() };
      });
      this.#turn = begun.catch(() => {});
      const { rows, first } = await begun;
      if (first.done !== true) {
        yield first.value;
        yield* rows;
      }
    } catch (error) {
      throw this.#file.told(error);
    } finally {
      if (opened !== undefined) this.#running.delete(opened);
      opened?.close();
    }
  }

  async #fetch(options: ReadOptions): Promise<void> {
    const given = options.signal;
    const signal = given === undefined ? this.#fetches.signal : AbortSignal.any([given, this.#fetches.signal]);
    const running: RemoteRunning = { signal, onBytes: bytesOf(options) };
    await fetchWanted(this.#file, { ...options, ...this.#opened }, running);
  }

  #check(): void {
    if (this.#closed) throw closedError(this.info.path);
  }
}

/** What a reading of Arrow batches looks at. Which columns are hidden beside those that are named, the file says. */
function arrowReading({ columns, offset, limit, hidden, signal }: ArrowOptions): ReadOptions {
  return {
    ...(columns !== undefined && hidden !== true && { columns }),
    ...(offset !== undefined && { offset }),
    ...(limit !== undefined && { limit }),
    ...(signal !== undefined && { signal }),
  };
}
