import type { CheckpointError } from '../base/errors.js';
import type { Progress } from '../base/pace.js';
import type { Row, RowLike } from '../base/rows.js';
import type { JobInfo, JobState } from './jobs/job-record.js';
import type { RowKey } from './row-key.js';
import type { MapUsage } from './usage/spending.js';

/** How far a `map` is: `rows` of the input are done, that is resumed, computed or failed. */
export interface MapProgress extends Progress, Pick<MapSummary, 'calls' | 'usage'> {
  /** Of the rows that are done, those whose results an earlier run made. */
  resumed: number;
  /** Of the rows that are done, those whose results this run made. */
  computed: number;
  /** Of the rows that are done, those that failed after all retries. */
  failed: number;
  /** The most rows that are being computed at a time, as it is now. */
  concurrency: number;
  /** Until when no call starts, because a service says so or the rate limit is reached; undefined: calls may start. */
  pausedUntil: Date | undefined;
  /** Rows a second that this run computed, over its last seconds; 0 at first. */
  rate: number;
  /** Seconds that the rest will take at that rate; undefined where that is not known. */
  secondsLeft: number | undefined;
}

/** What happens on the way of a `map`. */
export type MapEvent =
  /** The function threw, and the row, or the call of `mapBatches` that begins with it, is tried again after `delay` milliseconds. */
  | { type: 'retry'; row: number; attempt: number; delay: number; error: unknown }
  /**
   * A service was overloaded: no call starts for `delay` milliseconds. `told`: those that it asked for, which may be more than an hour, the
   * most that a run waits.
   */
  | { type: 'paused'; delay: number; told: number; error: unknown }
  /** The run was asked to end: calls that are running have `drain` milliseconds. */
  | { type: 'stopping'; drain: number }
  /** A call of `mapBatches` failed: its rows, by their indexes, are called in halves. */
  | { type: 'halved'; rows: readonly number[]; error: unknown }
  /**
   * A job of `mapJobs` was handed in, the provider says something new of it, or the run ends before it is done: then it was `cancelled`, or
   * is `left` to go on.
   */
  | { type: 'job'; state: JobState | 'submitted' | 'left'; job: JobInfo; completed?: number }
  /** A row has failed for good. */
  | ({ type: 'failed' } & RowFailure)
  /** Results are durable: of `rows` rows, in the batch file at `path`. */
  | { type: 'flushed'; rows: number; path: string }
  /** Small batch files, `files` of them, became the one at `path`. */
  | { type: 'compacted'; files: number; path: string }
  /** Results of `rows` rows are not in the checkpoint any more; `kept`: the folder that has them from now on, null for none. */
  | { type: 'removed'; rows: number; kept: string | null }
  /** A batch file or checkpoint cannot be read: its rows are computed again. */
  | { type: 'damaged'; path: string; error: CheckpointError };

/** A row that failed. */
export interface RowFailure {
  /** Its index in the input. */
  row: number;
  key: RowKey;
  /** `ERR_CKPT_ROW_FAILED`, with what the function threw as its `cause`. */
  error: CheckpointError;
  /** It failed in an earlier run, with the same content, and `retryFailed` did not want another call: see {@link FailureRecord}. */
  resumed: boolean;
}

/** What a `map` did. */
export interface MapSummary {
  /** Rows of the input. */
  input: number;
  /** Rows whose results were there already. */
  resumed: number;
  /** Rows whose results this run made. */
  computed: number;
  /** Rows of the checkpoint before that the input has no more. */
  removed: number;
  /** How often the function was called, retries among them. */
  calls: number;
  /** What `usage` and `context.addUsage` told; without them the calls alone. */
  usage: MapUsage;
  /**
   * Rows that failed and did not end the run: see `onError`. If one of them was collected, no checkpoint was saved, and the other results
   * wait; if all were skipped, the checkpoint is without them.
   */
  failed: RowFailure[];
  /** The path of the final checkpoint; null where none was saved. */
  path: string | null;
}

/** What a `map` gives. */
export interface MapResult<T extends RowLike = Row> extends MapSummary {
  /** The results in the order of the input. */
  rows: T[];
}
