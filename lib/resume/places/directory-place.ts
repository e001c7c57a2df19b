import type { HeldLease } from '../../base/lock/held-lease.js';
import type { Row } from '../../base/rows.js';
import type { FoundFile } from '../../directory/layout.js';
import type { LeaseOptions } from '../../directory/lease.js';
import type { CheckpointListing, NamedCheckpointInfo } from '../../directory/manager-options.js';
import type { Home, OperationFiles } from '../../directory/operation-files.js';
import type { CheckpointInfo, ReadOptions, WriteOptions } from '../../options/options.js';
import type { CheckpointStore } from '../../store/store.js';
import type { FailureRecord } from '../failure-record.js';
import type { JobInfo } from '../jobs/job-record.js';
import type { MapListing } from '../map-listing.js';
import type { PartialResults } from '../partial-results.js';
import type { IncrementalPlan } from '../plan.js';
import type { PlanOptions } from '../plan-options.js';
import type { checkSweepOptions, SweepResult } from '../sweep-options.js';

/** An operation of a step, wherever its checkpoint is. */
export interface OperationPlace {
  find(): Promise<FoundFile[]>;
  /** Reads the file that counts; null where there is none of the hash. */
  load<T>(
    read: (store: CheckpointStore, path: string) => Promise<T>,
    options?: Pick<ReadOptions, 'signal'>,
  ): Promise<{ result: T; path: string } | null>;
  scan(options: ReadOptions): AsyncGenerator<Row, string | null, undefined>;
  save(rows: Iterable<Row> | AsyncIterable<Row>, options: WriteOptions): Promise<CheckpointInfo>;
  info(): Promise<NamedCheckpointInfo | null>;
  remove(): Promise<number>;
  lease(options: LeaseOptions): Promise<HeldLease>;
}

/** Which operation, and of which hash: undefined for any. */
export interface NamedOperation {
  step: string;
  operation: string;
  hash?: string | undefined;
}

/** What `planRows` takes. */
export type PlanGiven = Pick<PlanOptions, 'key' | 'content' | 'maxAge' | 'cost'>;

/**
 * A directory of checkpoints as a manager has it: of local files, or of objects in a bucket. Both have one layout, and give the same for
 * the same calls.
 */
export interface DirectoryPlace {
  operation(step: string, operation: string, hash?: string): Promise<OperationPlace>;
  saveBatch(
    operation: string,
    index: number,
    step: string | undefined,
    rows: Iterable<Row> | AsyncIterable<Row>,
    options: WriteOptions,
  ): Promise<CheckpointInfo>;
  loadBatches(operation: string, step: string | undefined): Promise<Row[][]>;
  batchIndexes(operation: string, step: string | undefined): Promise<number[]>;
  /** Gives the number of files. */
  deleteBatches(operation: string, step: string | undefined): Promise<number>;
  /** An operation as a `map` works on it. In a bucket these are local copies, which are made when its lease is taken, and published. */
  mapped(of: NamedOperation): Promise<OperationFiles>;
  jobs(of: NamedOperation): Promise<JobInfo[]>;
  partial(of: NamedOperation): Promise<PartialResults<Row> | null>;
  failures(of: NamedOperation): Promise<FailureRecord[]>;
  plan(of: NamedOperation, rows: Iterable<Row> | AsyncIterable<Row>, given: PlanGiven): Promise<IncrementalPlan>;
  list(): Promise<CheckpointListing[]>;
  maps(): Promise<MapListing[]>;
  totalBytes(): Promise<number>;
  clearStep(step: string): Promise<number>;
  clearAll(): Promise<number>;
  sweep(options: ReturnType<typeof checkSweepOptions>): Promise<SweepResult>;
  /** What works on local files alone. `call`: for the message. @throws `ERR_CKPT_NOT_FOR_BUCKETS` */
  localHome(call: string): Home;
  localFiles(call: string, of: NamedOperation): Promise<OperationFiles>;
}
