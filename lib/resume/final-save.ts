import { RowQueue } from '../base/row-queue.js';
import { savedLine } from '../directory/log-lines.js';
import type { TypedWriteOptions } from '../formats/parquet/column-types.js';
import type { CheckpointInfo } from '../options/options.js';
import type { Row } from '../base/rows.js';
import type { Failure, StoredFailure } from './failure-record.js';
import { MOST_KEYS, skippedMetadata } from './skipped-rows.js';
import type { Known } from './known.js';
import type { KnownFile } from './known-file.js';
import { LedgerWriter } from './ledger-writer.js';
import type { OperationFiles } from '../directory/operation-files.js';

/**
 * The final checkpoint of an operation, written while the results come, in the order of the input. As long as they are those of the
 * checkpoint that is there, in the same order, nothing is written: a run that changes nothing writes nothing.
 */
export class FinalSave {
  readonly #files: OperationFiles;
  readonly #known: Known;
  readonly #options: TypedWriteOptions;
  /** The checkpoint that is there, and the rows of the input that it is of. */
  readonly #old: { file: KnownFile; rows: number } | undefined;
  readonly #ledger = new LedgerWriter();
  readonly #before: (replaces: boolean) => Promise<void>;
  readonly #stop = new AbortController();
  /** The keys of the first rows that have no results. */
  readonly #skipped: string[] = [];
  #queue: RowQueue | undefined;
  #saved: Promise<CheckpointInfo> | undefined;
  /** Results so far. */
  #results = 0;

  /** `before`: called when all rows are noted, before a new checkpoint is there if one is made. */
  constructor(files: OperationFiles, known: Known, options: TypedWriteOptions, before: (replaces: boolean) => Promise<void>) {
    this.#files = files;
    this.#before = before;
    this.#known = known;
    this.#options = options;
    const [file] = known.files;
    this.#old = known.finalRows === undefined || file === undefined ? undefined : { file, rows: known.finalRows };
  }

  /** Takes note of the row that is next. `isOld`: its results are those of the checkpoint that is there. */
  note(number: number, key: string, isOld: boolean): void {
    if (this.#saved === undefined && !(isOld && number === this.#ledger.rows)) this.#begin();
    this.#ledger.add(number, key);
  }

  /** Takes note of a row that has no results, as it failed. */
  noteFailed(number: number, key: string, failure: Failure, recorded: StoredFailure | undefined): void {
    if (this.#saved === undefined && (recorded === undefined || !this.#known.finalFailures.has(recorded))) this.#begin();
    this.#ledger.fail(number, key, failure);
    if (this.#skipped.length < MOST_KEYS) this.#skipped.push(key);
  }

  /** Takes the results of the rows that were noted since the last call. */
  async put(rows: readonly Row[]): Promise<void> {
    this.#results += rows.length;
    if (rows.length > 0) await this.#queue?.put(rows);
  }

  /** Makes it durable; resolves with its path. */
  async finish(): Promise<string> {
    const isOld =
      this.#saved === undefined && this.#old?.rows === this.#ledger.rows && this.#known.finalFailures.size === this.#ledger.failures;
    await this.#before(!isOld);
    if (isOld) return (this.#old as { file: KnownFile }).file.path;
    if (this.#saved === undefined) this.#begin();
    await this.#queue?.end().catch(() => {}); // what it fails with, the save does, too
    const info = await (this.#saved as Promise<CheckpointInfo>);
    await this.#files.publish({ final: this.#options.compat === undefined ? 'new' : 'mirrored' });
    const { step, operation, logger } = this.#files;
    logger?.info(savedLine(step, operation, info));
    return info.path;
  }

  /** Gives it up: the checkpoint that was there stays. */
  async abort(): Promise<void> {
    this.#stop.abort(new Error('the final checkpoint is not wanted'));
    this.#queue?.fail(this.#stop.signal.reason);
    await this.#saved?.catch(() => {});
  }

  #begin(): void {
    const { hash } = this.#files;
    // Whoever reads a stream may change the rows of the last call.
    const queue = new RowQueue(this.#known.keepsAll ? 'none' : 'gathered');
    this.#queue = queue;
    const rows = this.#results === 0 ? queue : this.#withOld(queue, this.#results);
    // A bare list has no place for it.
    const isBare = this.#files.store.format === 'json' && this.#options.compat !== undefined;
    const moreMetadata = isBare ? undefined : () => this.#metadata();
    const options = {
      ...this.#options,
      ...(moreMetadata && { moreMetadata }),
      signal: this.#stop.signal,
      ...(hash !== undefined && { hash }),
    };
    this.#saved = this.#files.save(rows, options, () => this.#attachment());
    this.#saved.catch((error: unknown) => queue.fail(error));
  }

  /** What the checkpoint says of rows that it has no results of. */
  #metadata(): Record<string, string> {
    return skippedMetadata(this.#ledger.failures, this.#skipped);
  }

  /** Called when all rows are written. */
  async *#attachment(): AsyncGenerator<Uint8Array, void, undefined> {
    // Windows replaces no file that is open.
    await this.#known.close();
    yield* this.#ledger.pieces(this.#files, this.#known.table);
  }

  async *#withOld(queue: RowQueue, count: number): AsyncGenerator<Row, void, undefined> {
    if (this.#old !== undefined) yield* this.#old.file.before(count);
    yield* queue;
  }
}
