import type { Row, RowLike } from '../../base/rows.js';
import type { MapOutput } from '../map-options.js';
import type { RowKey } from '../row-key.js';
import type { JobState } from './job-record.js';

/** A row of a job: a request in the provider's file. */
export interface JobRow<In extends RowLike = Row> {
  /** What the provider's result names it by: up to 24 letters, digits and `-`, unlike those of all other jobs. */
  readonly customId: string;
  readonly key: RowKey;
  readonly row: In;
}

/** A job that a provider has accepted. */
export interface Job {
  /** Our own name of it: 32 hexadecimal digits. */
  readonly jobKey: string;
  /** The provider's. */
  readonly id: string;
  /** Its requests. */
  readonly rows: number;
  readonly createdAt: Date;
}

/** What the functions of a {@link JobProvider} get beside what they work on. */
export interface JobContext {
  /** Aborted when nobody waits for the answer any more, or `timeout` is over. Pass it on to `fetch`. */
  readonly signal: AbortSignal;
}

/** What a provider says of a job. */
export interface JobStatus {
  state: JobState;
  /** Requests that are done. */
  completed?: number;
  /** Why it has failed. */
  error?: unknown;
}

/** The result of one request: a value, or why there is none. */
export type JobResult<Value = unknown> =
  | { customId: string; value: Value; error?: undefined }
  | { customId: string; value?: undefined; error: unknown };

/** How a provider's batch jobs are used. All functions may be async. */
export interface JobProvider<In extends RowLike = Row, Out extends RowLike = Row, Value = unknown> {
  /**
   * Hands the rows in as one job; gives the provider's id of it. Pass `jobKey` on as metadata, for `find`.
   *
   * An error with a `status` from 400 to 499 says that there is no such job (except 408 and 409). After any other error there may be one.
   */
  submit(rows: readonly JobRow<In>[], context: JobContext & { readonly jobKey: string }): string | Promise<string>;
  /** The id of the job with this key; null where the provider has none. */
  find?(jobKey: string, context: JobContext): string | null | undefined | Promise<string | null | undefined>;
  /** What has become of a job: its state, alone or with more. */
  poll(job: Job, context: JobContext): JobState | JobStatus | Promise<JobState | JobStatus>;
  /** The results of a job that is done, has expired or was cancelled, in any order. A request without one has failed. */
  fetch(
    job: Job,
    context: JobContext,
  ): Iterable<JobResult<Value>> | AsyncIterable<JobResult<Value>> | Promise<Iterable<JobResult<Value>> | AsyncIterable<JobResult<Value>>>;
  /** What a result makes of its row. Without it, the value is what the function of a `map` returns. It must cost nothing. */
  output?(value: Value, row: In): MapOutput<Out> | Promise<MapOutput<Out>>;
  /** Ends a job before it is done. */
  cancel?(job: Job, context: JobContext): unknown;
}
