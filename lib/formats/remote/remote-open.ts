import type { Columns } from '../../columnar/columns/column.js';
import type { CheckpointInfo, ReadOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import { closedError } from '../../store/open-by-path.js';
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
  readonly #running = new Set<OpenFile>();
  readonly #fetches = new AbortController();
  /** One reading fetches and opens at a time: a reader that looks whether its file has changed would see the writes of another. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(file: RemoteFile, store: CheckpointStore, info: CheckpointInfo, opened: OpenOptions) {
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
