import { throwIfAborted } from '../base/halt.js';
import { CheckpointError } from '../base/errors.js';
import { RowQueue } from '../base/row-queue.js';
import { chunksOf, rowsSource } from '../base/rows-source.js';
import { remotePlace } from '../bucket/bucket-of.js';
import { checkFileWriteOptions, type FileWriteOptions } from '../options/file-options.js';
import { checkFilePath, type CheckpointInfo } from '../options/options.js';
import { rowsOfCall } from '../base/rows-of-call.js';
import type { Row, RowLike } from '../base/rows.js';
import { isRevoked } from '../base/value/is-revoked.js';
import { checkSchemaOptions } from '../schema/contract.js';
import type { TypedWriteOptions } from '../formats/parquet/column-types.js';
import { storeFor } from '../formats/choose.js';
import { remote } from '../formats/remote.js';
import { saveTo } from '../formats/save-to.js';
import { withShare } from '../formats/with-share.js';
import type { CheckpointStore } from '../store/store.js';

/** Of a store, what a writer needs. */
type Save = Pick<CheckpointStore, 'write'>;

/** Rows of one array on their way at a time, where they come from an iterable. */
const CHUNK_ROWS = 1024;

/** The constructor is private: writers come from `createCheckpoint`. */
let make: <T extends RowLike>(store: Save, path: string, options: TypedWriteOptions) => CheckpointWriter<T>;

/**
 * A checkpoint that is being written: {@link createCheckpoint} makes it.
 *
 * ```ts
 * const writer = await createCheckpoint('extract.parquet', { hash });
 * for await (const page of pages) await writer.append(page.rows);
 * const info = await writer.close(); // durable now; before, the old file is there
 * ```
 *
 * A writer that goes out of scope (`await using`) without `close` is aborted: a loop that threw leaves no half checkpoint behind.
 */
export class CheckpointWriter<T extends RowLike = RowLike> implements AsyncDisposable {
  /** Where the checkpoint will be. */
  readonly path: string;
  readonly #queue: RowQueue;
  readonly #abort = new AbortController();
  readonly #saved: Promise<CheckpointInfo>;
  #rows = 0;
  #state: 'open' | 'closed' | 'aborted' | 'failed' = 'open';
  #failure: unknown;
  /** The appends so far, one after another. */
  #last: Promise<void> = Promise.resolve();

  static {
    make = (store, path, options) => new CheckpointWriter(store, path, options);
  }

  private constructor(store: Save, path: string, options: TypedWriteOptions) {
    this.path = path;
    const { signal, compat } = options;
    // In another program's form the save holds all rows until the end.
    this.#queue = new RowQueue(compat === undefined ? 'gathered' : 'all');
    const stop = signal === undefined ? this.#abort.signal : AbortSignal.any([signal, this.#abort.signal]);
    stop.addEventListener('abort', () => this.#queue.fail(stop.reason), { once: true });
    this.#saved = store.write(path, this.#queue, { ...options, signal: stop });
    this.#saved.catch((error: unknown) => {
      if (this.#state === 'open') this.#state = 'failed';
      this.#failure = error;
      this.#queue.fail(error);
    });
  }

  /** Rows so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether it takes no more rows: closed, aborted or failed. */
  get closed(): boolean {
    return this.#state !== 'open';
  }

  /**
   * Appends a row or rows: an array, an iterable, an async iterable, a stream; in the order of the calls. Waits while the encoding is
   * behind. An array counts as it is at the call; array and rows may be changed once it resolves. @throws what {@link writeCheckpoint}
   * throws for rows so far: the save is given up, the old file stays; `ERR_CKPT_CLOSED` after `close` or `abort`
   */
  append(rows: T | Iterable<T> | AsyncIterable<T>): Promise<void> {
    this.#check();
    const given = taken(rows);
    const appended = this.#last.then(() => this.#append(given));
    // One that fails must not keep those behind it from telling so themselves.
    this.#last = appended.catch(() => {});
    return appended;
  }

  async #append(given: () => unknown): Promise<void> {
    if (this.#state === 'failed') throw this.#failure;
    try {
      const rows = given();
      const source = isRows(rows) ? rowsSource(rows) : [rows as Row];
      if (Array.isArray(source)) await this.#put(source);
      else for await (const chunk of chunksOf(source, CHUNK_ROWS, { signal: this.#abort.signal })) await this.#put(chunk);
    } catch (error) {
      // Rows of this call may be in already: without the rest the checkpoint would not be what was asked for.
      await this.#giveUp(error);
      throw error;
    }
  }

  async #put(rows: readonly Row[]): Promise<void> {
    this.#rows += rows.length;
    await this.#queue.put(rows);
  }

  /** Resolves when it is durable, again too. @throws what an `append` or the save failed with */
  async close(): Promise<CheckpointInfo> {
    if (this.#state === 'aborted') this.#check();
    if (this.#state === 'open') {
      this.#state = 'closed';
      await this.#last;
      // What it fails with, the save does, too.
      await this.#queue.end().catch(() => {});
    }
    return this.#saved;
  }

  /** Gives the checkpoint up; the old file stays. Nothing after `close`. */
  async abort(reason?: unknown): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'aborted';
    await this.#giveUp(reason ?? new CheckpointError('ERR_CKPT_CLOSED', `the writer of ${this.path} was aborted`, { path: this.path }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }

  async #giveUp(reason: unknown): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'failed';
      this.#failure = reason;
    }
    this.#abort.abort(reason);
    await this.#saved.catch(() => {});
  }

  #check(): void {
    if (this.#state === 'open') return;
    if (this.#state === 'failed') throw this.#failure;
    throw new CheckpointError('ERR_CKPT_CLOSED', `the writer of ${this.path} is ${this.#state}; make another`, { path: this.path });
  }
}

/** The rows as they are now. What asking for them throws, the append throws when its turn comes. */
function taken(rows: unknown): () => unknown {
  try {
    const given = rowsOfCall(rows);
    return () => given;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function isRows(rows: unknown): rows is Iterable<Row> | AsyncIterable<Row> {
  return typeof rows === 'object' && rows !== null && !isRevoked(rows) && (Symbol.iterator in rows || Symbol.asyncIterator in rows);
}

/**
 * Starts a checkpoint whose rows come bit by bit: `append` them and `close`. Row groups are written as they fill, and some thousand rows
 * are held; with `compat` all are, until `close`. Nothing is visible under the name before `close`. @throws `CheckpointError` for the call;
 * `append` and `close` throw what is wrong with the file system
 */
export async function createCheckpoint<T extends RowLike = RowLike>(
  path: string,
  options?: FileWriteOptions,
): Promise<CheckpointWriter<T>> {
  checkFilePath(path);
  const { save, conditions, bucket } = checkFileWriteOptions(path, options, 'createCheckpoint');
  checkSchemaOptions(save);
  throwIfAborted(save.signal);
  const place = remotePlace(path, bucket);
  if (place === undefined) {
    const store = storeFor(path);
    return make<T>({ write: (_, rows, given) => saveTo(store, path, rows, given) }, path, await withShare(path, save));
  }
  const { writeRemote } = await remote();
  return make<T>({ write: (_, rows, given) => writeRemote(place, rows, given, conditions) }, place.url, save);
}
