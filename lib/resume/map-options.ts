import { invalid, show } from '../base/messages.js';
import type { CheckpointSchema } from '../options/checkpoint-schema.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkFixedColumns, checkKeys, checkSignal, type WriteOptions } from '../options/options.js';
import type { StandardSchemaV1 } from '../options/standard-schema-v1.js';
import type { Row, RowLike } from '../base/rows.js';
import { checkAdaptive, type AdaptiveConcurrency } from './adaptive-options.js';
import type { MapEvent, MapProgress, RowFailure } from './events.js';
import type { FailureRecord } from './failure-record.js';
import { checkConcurrency, ms, whole } from './check-number.js';
import { checkRateLimit, type RateLimitOptions } from './rate-limit-options.js';
import { checkRetries, type RetryOptions } from './retry-options.js';
import { checkContent, type ContentOption } from './row-content.js';
import type { KeyOption } from './row-key.js';
import { SKIPPED } from './skipped-rows.js';
import { checkBudget, type Budget } from './usage/budget.js';
import type { Usage } from './usage/usage.js';

/** What the function of a `map` gets beside the row. */
export interface MapContext {
  /** The index of the row in the input. */
  readonly index: number;
  /** 1 at first, 2 for the first retry. */
  readonly attempt: number;
  /** Aborted when nobody wants the result any more, or its time is over. Pass it on to `fetch`. */
  readonly signal: AbortSignal;
  /**
   * Adds to what this row has used, at any time during the call: also what an attempt used that fails in the end.
   *
   * @throws `ERR_CKPT_INVALID_ARGUMENT` for what is no usage
   */
  readonly addUsage: (usage: Usage) => void;
}

/** The function of a `map`: one row becomes one row, several, or none (`[]`, null, undefined). */
export type MapFunction<In extends RowLike, Out extends RowLike> = (
  row: In,
  context: MapContext,
) => MapOutput<Out> | Promise<MapOutput<Out>>;
export type MapOutput<Out extends RowLike> = Out | readonly Out[] | null | undefined | void;

/** What a row that failed does to the run. */
export type OnError = 'throw' | 'collect' | 'skip';

export function isOnError(value: unknown): value is OnError {
  return value === 'throw' || value === 'collect' || value === 'skip';
}

/**
 * Options of {@link CheckpointManager.map}. The options of compression, metadata and row groups apply to its final checkpoint. So does
 * `fixedColumns`; a result that has no place in those columns fails its row.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- options that say nothing of results fit any function
export interface MapOptions<T extends RowLike = Row, Out extends RowLike = any> extends Pick<
  WriteOptions,
  'compression' | 'compressionLevel' | 'rowGroupRows' | 'pages' | 'base' | 'share' | 'metadata' | 'fixedColumns' | 'signal'
> {
  /** What identifies a row: a column, a path (`meta.id`), or a function that makes the key. `1` and `'1'` are two keys. */
  key: KeyOption<T>;
  /**
   * What of a row is compared with the row that its results were made from.
   *
   * `all`: its whole content and the order of its keys. An array: these columns and paths (`meta.text`). `{ ignore }`: all but these. A
   * function: what it gives, by value. See docs/resume.md, "What counts as the same row".
   * @default 'all'
   */
  content?: ContentOption<T>;
  /**
   * The hash of the operation: see {@link hashOperation}. It need not cover the rows.
   *
   * The rows are compared one by one. Results that were made with another hash are not used.
   */
  hash?: string;
  /**
   * The most rows that are being computed at a time, 1 to 100,000; or between which numbers to find that out.
   *
   * With `{ initial, min, max }` it is halved when the service is overloaded (429, 503, 529, a `timeout`), and goes up again while it is
   * not. After a pause a number is halved, too, and goes up again to what you gave.
   * @default 8 @unit rows
   */
  concurrency?: number | AdaptiveConcurrency;
  /**
   * The most calls in any stretch of time: see {@link RateLimitOptions}.
   *
   * It is kept as the service sees it, for this run: others have limits of their own.
   * @default none
   */
  rateLimit?: RateLimitOptions<T>;
  /**
   * For how long all calls wait after an error, in ms; undefined, null or false for not at all.
   *
   * Usually what {@link retryAfter} reads, and a second, two, four, ... after a 429 or 529 that says nothing. At most an hour. `false`: no
   * call waits for another.
   * @default what the service says
   */
  pauseFor?: false | ((error: unknown) => number | false | null | undefined);
  /**
   * The most finished rows that are not durable yet, 1 to 1,000,000: a crash loses no more.
   *
   * At this number no further call begins until they are written.
   * @default 32768 @unit rows
   */
  batchSize?: number;
  /** The longest time that a finished row waits before it is made durable; 0 for at once. @default 1000 @unit ms */
  flushEvery?: number;
  /**
   * What each row that the function returns must be; one that does not fit fails its row.
   *
   * The `cause` is `ERR_CKPT_SCHEMA`; there is no retry without `badResults` of `retries`. Batches and the checkpoint get the columns and
   * types of the schema, as those of a save do, and rows stay as they are. Results of earlier runs are not checked again.
   * @default none
   */
  schema?: StandardSchemaV1 | CheckpointSchema;
  /**
   * How many times a row is tried again when the function throws, or how.
   *
   * See {@link RetryOptions}.
   * @default 0
   */
  retries?: number | RetryOptions;
  /**
   * The longest time of one attempt; then the row has failed with `ERR_CKPT_TIMEOUT`.
   *
   * It may be tried again.
   * @default no limit @unit ms
   */
  timeout?: number;
  /**
   * What a failed row does: `throw` ends the run, `collect` goes on without a checkpoint, `skip` goes on and leaves it out.
   *
   * After `collect` there is no final checkpoint, and the results wait for the run that has them all. After `skip` there is one without the
   * failed rows: its metadata says how many, in `arrow-ckpt.skipped`. Both list all failures. A function decides for each row.
   * @default 'throw'
   */
  onError?: OnError | ((failure: RowFailure) => OnError);
  /**
   * Whether rows are called again that failed in an earlier run with this content and hash.
   *
   * `false`: they fail at once, without a call. A function decides for each by its record.
   * @default true
   */
  retryFailed?: boolean | ((failure: FailureRecord) => boolean);
  /**
   * What becomes of results that the checkpoint will not have: of rows that the input has no more, and of other hashes.
   *
   * `keep`: they stay beside the checkpoint, and are used when the rows or the hash come back, until a sweep removes them. `drop`: they go
   * when the new checkpoint is there.
   * @default 'keep'
   */
  removed?: 'keep' | 'drop';
  /**
   * How long to wait for another process; then it is `ERR_CKPT_LOCKED`.
   *
   * That is another process that works on the same operation. `Infinity` waits for it to end.
   * @default 0 @unit ms
   */
  lockWait?: number;
  /**
   * `'shared'`: this call is one of several workers that compute the rows together, in other processes, threads or on other machines.
   *
   * Each makes the same call, with the same rows, and gets the whole result. Any of them may come late, end early or be killed. For `map`
   * and `mapBatches`. See docs/resume.md, "Ten machines".
   * @default one call computes all rows, and others are refused
   */
  workers?: 'shared';
  /**
   * Called as rows are done, at most every 50 ms and once at the end.
   *
   * If it throws, the run goes on and the process gets a warning.
   */
  onProgress?: (progress: MapProgress) => void;
  /**
   * Called for what happens on the way: see {@link MapEvent}.
   *
   * If it throws, the run goes on and the process gets a warning.
   */
  onEvent?: (event: MapEvent) => void;
  /**
   * What the call for a row has used, by what the function returned: called for each attempt that returned a row or an array.
   *
   * It is added to what `context.addUsage` told, summed up in `usage` of the result and the progress, and kept with the results: a row that
   * is resumed costs nothing again. If it throws, or gives anything else, the run ends with that error; the result is kept.
   */
  usage?: (result: MapOutput<Out>, context: MapContext) => Usage | null | undefined;
  /**
   * What may be used at most. The run ends in order when no further call fits: `ERR_CKPT_BUDGET`.
   *
   * See {@link Budget}.
   * @default no limit
   */
  budget?: Budget;
  /**
   * Results that were made longer ago are made again.
   *
   * The time of each is recorded from the first run on that has this option, or `usage` or `budget`. Results from before are as old as
   * their file, which a new checkpoint and merges of batches renew. Not with `workers`.
   * @default no limit @unit ms
   */
  maxAge?: number;
  /** Shows a progress bar on stderr if that is a terminal. @default false */
  progressBar?: boolean;
}

/** The options of a run, checked and filled in. */
export interface CheckedMapOptions<T extends RowLike> extends MapOptions<T> {
  concurrency: number | Required<AdaptiveConcurrency>;
  batchSize: number;
  flushEvery: number;
  retry: Required<RetryOptions>;
  onError: OnError | ((failure: RowFailure) => OnError);
  retryFailed: boolean | ((failure: FailureRecord) => boolean);
  removed: 'keep' | 'drop';
  lockWait: number;
}

/** The keys of the options of a run. */
export const MAP_RECORD = {
  key: true,
  content: true,
  hash: true,
  concurrency: true,
  rateLimit: true,
  pauseFor: true,
  batchSize: true,
  flushEvery: true,
  schema: true,
  retries: true,
  timeout: true,
  onError: true,
  retryFailed: true,
  removed: true,
  lockWait: true,
  workers: true,
  onProgress: true,
  onEvent: true,
  usage: true,
  maxAge: true,
  budget: true,
  progressBar: true,
  compression: true,
  compressionLevel: true,
  rowGroupRows: true,
  pages: true,
  base: true,
  share: true,
  metadata: true,
  fixedColumns: true,
  signal: true,
} satisfies Record<keyof MapOptions, true>;
const KEYS = keysOf<MapOptions>(MAP_RECORD);

/** Checks everything but the options of the save, which the save checks. */
export function checkMapOptions<T extends RowLike>(given: MapOptions<T>, what: string): CheckedMapOptions<T> {
  const options = asOptions(given, what) as MapOptions<T>;
  checkKeys(options, KEYS, what);
  checkKey(options.key);
  checkContent(options.content);
  checkHash(options.hash);
  const {
    concurrency = 8,
    batchSize = 32_768,
    flushEvery = 1000,
    timeout,
    onError = 'throw',
    retryFailed = true,
    removed = 'keep',
    lockWait = 0,
    signal,
    rateLimit,
    pauseFor,
  } = options;
  if (typeof concurrency !== 'object') checkConcurrency('concurrency', concurrency);
  if (pauseFor !== undefined && pauseFor !== false && typeof pauseFor !== 'function')
    throw invalid(`pauseFor must be a function or false, got ${show(pauseFor)}`);
  whole('batchSize', batchSize, 1, 1_000_000);
  ms('flushEvery', flushEvery);
  if (timeout !== undefined) ms('timeout', timeout, 1);
  if (lockWait !== Number.POSITIVE_INFINITY) ms('lockWait', lockWait);
  if (typeof onError !== 'function' && !isOnError(onError))
    throw invalid(`onError must be 'throw', 'collect', 'skip' or a function that gives one of these, got ${show(onError)}`);
  if (typeof retryFailed !== 'boolean' && typeof retryFailed !== 'function')
    throw invalid(`retryFailed must be true, false or a function, got ${show(retryFailed)}`);
  if (Object.hasOwn(options.metadata ?? {}, SKIPPED))
    throw invalid(`metadata.${SKIPPED} is what a map says of rows that failed; choose another name`);
  if (removed !== 'keep' && removed !== 'drop') throw invalid(`removed must be 'keep' or 'drop', got ${show(removed)}`);
  for (const name of ['onProgress', 'onEvent', 'usage'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw invalid(`${name} must be a function, got ${show(options[name])}`);
  }
  if (options.progressBar !== undefined && typeof options.progressBar !== 'boolean')
    throw invalid(`progressBar must be true or false, got ${show(options.progressBar)}`);
  checkFixedColumns(options);
  checkWorkers(options, what);
  checkSignal(signal);
  checkMaxAge(options.maxAge);
  const budget = options.budget === undefined ? {} : { budget: checkBudget(options.budget) };
  return {
    ...options,
    ...budget,
    concurrency: typeof concurrency === 'object' ? checkAdaptive(concurrency) : concurrency,
    ...(rateLimit !== undefined && { rateLimit: checkRateLimit(rateLimit) }),
    batchSize,
    flushEvery,
    onError,
    retryFailed,
    removed,
    lockWait,
    retry: checkRetries(options.retries),
  };
}

export function checkMaxAge(maxAge: unknown): void {
  if (maxAge !== undefined && !(typeof maxAge === 'number' && maxAge >= 0))
    throw invalid(`maxAge must be milliseconds from 0 on, got ${show(maxAge)}`);
}

function checkWorkers({ workers, budget, maxAge }: Pick<MapOptions, 'workers' | 'budget' | 'maxAge'>, what: string): void {
  if (workers === undefined) return;
  if (workers !== 'shared') throw invalid(`workers must be 'shared', got ${show(workers)}`);
  if (what !== 'map' && what !== 'mapBatches')
    throw invalid(`${what} cannot have workers, only map and mapBatches can: call one of these, or leave workers out`);
  if (budget !== undefined) throw invalid('a budget holds for one run, and workers share one map: leave budget or workers out');
  if (maxAge !== undefined) throw invalid('workers do not tell the age of results: leave maxAge or workers out');
}

export function checkKey(key: unknown): void {
  if ((typeof key !== 'string' || key === '') && typeof key !== 'function')
    throw invalid(`key must be the name of a column or a function that makes the key of a row, got ${show(key)}`);
}

export function checkHash(hash: unknown): void {
  if (hash !== undefined && typeof hash !== 'string') throw invalid(`hash must be a string, got ${show(hash)}`);
}
