import { join } from 'node:path';
import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import type { RowKey } from '../row-key.js';
import { keyOf } from '../row-key.js';
import { isOfFile } from '../../directory/checkpoint-file.js';
import { keptFiles, keptFolder } from '../../directory/kept-files.js';
import { batchFiles, type FoundFile } from '../../directory/layout.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import type { RowFailure } from '../events.js';
import { findFinal, MOST_LOOKS } from '../found-files.js';
import type { LedgerRow } from '../ledger.js';
import { isOfOperation } from '../ledger-head.js';
import { recordOf, type BatchRecord } from '../read-batches.js';
import { digest } from '../digest.js';
import type { StoredFailure } from '../failure-record.js';
import { nameOf } from '../known.js';
import { FailureNotes } from './failure-notes.js';
import type { SharedInput } from './shared-input.js';

/** Tells of a file that cannot be read. */
type Damaged = (path: string, error: CheckpointError) => void;

const OPEN = 0;
const DONE = 1;
const FAILED = 2;

/** Which rows of a shared map have durable results, or have failed, whichever worker it was. What is done stays done. */
export class ResultsSoFar {
  /** Rows that are neither done nor failed. */
  left: number;
  readonly failures = new Map<number, RowFailure>();
  /** Rows that failed in earlier runs and have no results since, as `Known` has them. */
  readonly recorded = new Map<string, StoredFailure>();
  /** Rows of the checkpoint that was there first which the input has no more. */
  removed = 0;
  /** The checkpoint that is there, if it holds the results of all rows that have not failed, in their order. */
  final: FoundFile | undefined;
  readonly #files: OperationFiles;
  readonly #input: SharedInput;
  readonly #damaged: Damaged;
  readonly #states: Uint8Array;
  readonly #seen = new Set<string>();
  #finalVersion: string | undefined;
  notes: FailureNotes;

  constructor(files: OperationFiles, input: SharedInput, folder: string, damaged: Damaged) {
    this.#files = files;
    this.#input = input;
    this.#damaged = damaged;
    this.notes = new FailureNotes(folder);
    this.left = input.rows.length;
    this.#states = new Uint8Array(this.left);
    // Without a call: no results of it could be found again.
    for (const [row, cause] of input.refused)
      this.#set(row, FAILED, { row, key: this.#keyOf(row), error: refusal(row, cause), resumed: false });
  }

  isOpen(index: number): boolean {
    return this.#states[index] === OPEN;
  }

  /** The results of a row with this digest of its key are durable. */
  done(keyHigh: number, keyLow: number): void {
    const index = this.#input.table.find(keyHigh, keyLow);
    if (index >= 0) this.#set(index, DONE);
  }

  failed(failure: RowFailure): void {
    this.#set(failure.row, FAILED, failure);
  }

  /** Looks what is there from earlier: kept results, too, which no worker adds to. */
  async begin(): Promise<void> {
    await this.look();
    if (this.left === 0) return;
    for (const { path } of await keptFiles(keptFolder(this.#files.stem))) {
      const record = await this.#read(path);
      if (record !== 'gone') for (const row of record?.rows ?? []) this.#take(row);
    }
  }

  /** Looks what other workers have made durable since the last look. */
  async look(): Promise<void> {
    for (const failure of await this.notes.look((row) => this.#keyOf(row))) if (!this.failures.has(failure.row)) this.failed(failure);
    for (const folder of [await this.#files.sharedBatches(), await this.#files.batches()]) await this.#lookAt(folder);
    // Last: what a checkpoint makes needless is removed after it is there.
    await this.#lookAtFinal();
  }

  async #lookAt(folder: string): Promise<void> {
    for (let look = 1; look <= MOST_LOOKS; look++) {
      let isWhole = true;
      for (const name of await batchFiles(folder)) {
        const path = join(folder, name);
        if (this.#seen.has(path)) continue;
        const record = await this.#read(path);
        // Merged in this moment: the file that has its rows was there before it went.
        if (record === 'gone') isWhole = false;
        else {
          this.#seen.add(path);
          for (const row of record?.rows ?? []) this.#take(row);
          this.#record(record);
        }
      }
      if (isWhole) return;
    }
  }

  async #read(path: string): Promise<BatchRecord | 'gone' | undefined> {
    try {
      const record = await recordOf(path);
      return record !== undefined && this.#isOurs(record) ? record : undefined;
    } catch (error) {
      if (isCheckpointError(error) && error.code === 'ERR_CKPT_NOT_FOUND') return 'gone';
      if (!isOfFile(error)) throw error;
      this.#damaged(path, error);
      return undefined;
    }
  }

  async #lookAtFinal(): Promise<void> {
    const version = await this.#files.version();
    if (version === this.#finalVersion) return;
    const final = await findFinal(this.#files, this.#damaged);
    const record = final === null ? undefined : await this.#read(final.path);
    // It was replaced in this moment.
    if (record === 'gone') return;
    const isFirst = this.#finalVersion === undefined;
    this.#finalVersion = version;
    const { table, rows } = this.#input;
    let next = 0;
    let isInOrder = record !== undefined;
    for (const row of record?.rows ?? []) {
      const index = this.#take(row);
      while (next < rows.length && this.#states[next] === FAILED) next++;
      isInOrder &&= index === next++;
      if (isFirst && table.find(row.keyHigh, row.keyLow) < 0) this.removed++;
    }
    this.#record(record);
    while (next < rows.length && this.#states[next] === FAILED) next++;
    this.final = final !== null && isInOrder && next === rows.length ? final : undefined;
  }

  /** Takes note of what a file says of rows that failed. */
  #record(record: BatchRecord | undefined): void {
    for (const failure of record?.failures ?? []) {
      const { high, low } = digest(failure.key);
      this.recorded.set(nameOf(high, low), failure);
    }
  }

  /** The index of the row whose results these are; -1: of none, or of other content. */
  #take({ keyHigh, keyLow, high, low }: LedgerRow): number {
    const { table } = this.#input;
    const index = table.find(keyHigh, keyLow);
    if (index < 0 || table.high.get(index) !== high || table.low.get(index) !== low) return -1;
    this.#set(index, DONE);
    return index;
  }

  #set(index: number, state: number, failure?: RowFailure): void {
    if (this.#states[index] === OPEN) this.left--;
    else if (state === FAILED) return;
    // Another worker had its results after all: it was taken for dead.
    this.#states[index] = state;
    if (failure === undefined) this.failures.delete(index);
    else this.failures.set(index, failure);
  }

  #isOurs({ head, hash }: BatchRecord): boolean {
    return isOfOperation(head, this.#files) && hash === (this.#files.hash ?? null);
  }

  #keyOf(index: number): RowKey {
    return keyOf(this.#input.keyText(index));
  }
}

function refusal(row: number, cause: unknown): CheckpointError {
  const { message } = cause as Error;
  return new CheckpointError('ERR_CKPT_ROW_FAILED', `row ${row} cannot be compared with earlier runs: ${message}`, { row, cause });
}
