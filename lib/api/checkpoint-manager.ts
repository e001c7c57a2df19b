import { deprecated } from '../base/deprecated.js';
import { CheckpointError } from '../base/errors.js';
import { throwIfAborted } from '../base/halt.js';
import { invalid, show } from '../base/messages.js';
import {
  asOptions,
  checkFilePath,
  checkFixedColumns,
  checkReadOptions,
  type CheckpointInfo,
  type ReadOptions,
  type WriteOptions,
} from '../options/options.js';
import { checkMapBatchesOptions, type BatchFunction, type MapBatchesOptions } from '../resume/batches/map-batches-options.js';
import type { MakeCaller } from '../resume/caller.js';
import type { JobProvider } from '../resume/jobs/job-provider.js';
import type { JobInfo } from '../resume/jobs/job-record.js';
import { checkMapJobsOptions, checkProvider, type MapJobsOptions } from '../resume/jobs/map-jobs-options.js';
import { startMap, startStream, type MapRun, type MapStream } from '../resume/map-handle.js';
import type { FailureRecord } from '../resume/failure-record.js';
import { checkForgetOptions, type ForgetOptions } from '../resume/forget/forget-options.js';
import { checkMapOptions, type CheckedMapOptions, type MapFunction, type MapOptions, type MapOutput } from '../resume/map-options.js';
import type { MapListing } from '../resume/map-listing.js';
import type { RunControl } from '../resume/run-control.js';
import type { MapCall } from '../resume/run-map.js';
import { refuseForCopies } from '../resume/staging/refuse-for-copies.js';
import type { PartialResults } from '../resume/partial-results.js';
import type { IncrementalPlan } from '../resume/plan.js';
import { checkPlanOptions, type PlanOptions } from '../resume/plan-options.js';
import type { DirectoryPlace, NamedOperation, OperationPlace } from '../resume/places/directory-place.js';
import { formatOfDirectory, placeOfDirectory, type DirectoryStart } from '../resume/places/place-of-directory.js';
import type { ContentOption } from '../resume/row-content.js';
import type { KeyOption } from '../resume/row-key.js';
import { checkStepOptions, runStep, type Compute, type StepOptions } from '../resume/step.js';
import { checkSweepOptions, type SweepOptions, type SweepResult } from '../resume/sweep-options.js';
import { rowsOfCall } from '../base/rows-of-call.js';
import type { Row, RowLike } from '../base/rows.js';
import { checkSchemaOptions } from '../schema/contract.js';
import { fixedLook } from '../formats/parquet/fixed-columns.js';
import { resultCheck } from '../schema/result-check.js';
import type { StandardSchemaV1 } from '../options/standard-schema-v1.js';
import { chooseStore } from '../formats/choose.js';
import type { CheckpointStore } from '../store/store.js';
import {
  checkBatchOptions,
  checkBatchSave,
  checkPartialOptions,
  type BatchOptions,
  type BatchSaveOptions,
  type PartialOptions,
} from '../directory/batch-options.js';
import { batchSavedLine, loadedLine, savedLine, type Logger } from '../directory/log-lines.js';
import {
  checkLoadHash,
  checkManagerOptions,
  checkMigrateOptions,
  LOAD_KEYS,
  mergeWriteOptions,
  type CheckpointListing,
  type CheckpointManagerOptions,
  type LoadOptions,
  type MigrateCheckpointOptions,
  type NamedCheckpointInfo,
  type WriteDefaults,
} from '../directory/manager-options.js';
import type { OperationFiles } from '../directory/operation-files.js';
import {
  checkCompactOptions,
  checkDedupeOptions,
  checkMaterializeOptions,
  type CompactOptions,
  type DedupeOptions,
  type MaterializeOptions,
  nothingRewritten,
  type RewriteResult,
} from '../directory/sharing/sharing-options.js';

/**
 * Checkpoints of a pipeline in a directory, in DocETL's layout: `<directory>/<step>/<operation>.parquet`. docs/directory.md.
 *
 * ```ts
 * const checkpoints = new CheckpointManager('checkpoints');
 * const rows = (await checkpoints.loadCheckpoint('process', 'extract', { hash })) ?? (await extract());
 * await checkpoints.saveCheckpoint('process', 'extract', rows, { hash });
 * ```
 *
 * Steps and operations may have any non-empty name. With `null` for a directory nothing is kept: saves resolve with `''`, loads with null,
 * lists with nothing. All methods reject with a `CheckpointError`, or with `signal.reason` after an abort.
 */
export class CheckpointManager {
  /** The directory that was given; the first save makes it. Null: nothing is kept. */
  readonly directory: string | null;
  readonly #store: CheckpointStore;
  readonly #logger: Logger | null;
  readonly #defaults: WriteDefaults;
  /** Null: nothing is kept. */
  readonly #start: DirectoryStart | null;

  constructor(directory: string | null, options?: CheckpointManagerOptions) {
    const { enableArrow, logger, defaults, bucket } = checkManagerOptions(options);
    this.directory = directory === null ? null : checkFilePath(directory);
    this.#store = chooseStore(enableArrow);
    this.#logger = logger;
    this.#defaults = defaults;
    this.#start = this.directory === null ? null : placeOfDirectory(this.directory, bucket, this.#store, logger, defaults);
  }

  /** A manager that goes on in the format that most checkpoints of a directory have, Parquet if there are none. Makes nothing. */
  static async detect(directory: string, options?: CheckpointManagerOptions): Promise<CheckpointManager> {
    const given = asOptions(options, 'CheckpointManager') as CheckpointManagerOptions;
    const enableArrow = given.enableArrow ?? (await formatOfDirectory(checkFilePath(directory), given.bucket)) !== 'json';
    return new CheckpointManager(directory, { ...options, enableArrow });
  }

  /** Whether saves write Parquet: not if `false` was given, nor without the native binary. */
  get enableArrow(): boolean {
    return this.#store.format === 'parquet';
  }

  /**
   * Saves the rows of an operation; resolves with the path. Until then the checkpoint before it is intact. The file keeps `hash`, and for
   * DocETL `.docetl_intermediate_config.json`. @throws `ERR_CKPT_INVALID_ARGUMENT` for a name; what {@link writeCheckpoint} throws
   */
  async saveCheckpoint<T extends RowLike = RowLike>(
    step: string,
    operation: string,
    rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>,
    options?: WriteOptions,
  ): Promise<string> {
    const given = rowsOfCall(rows);
    const merged = mergeWriteOptions(this.#defaults, options, 'saveCheckpoint');
    const files = await this.#files(step, operation);
    if (files === null) return '';
    const info = await files.save(given, merged);
    this.#logger?.info(savedLine(step, operation, info));
    return info.path;
  }

  /**
   * Loads the rows of an operation; null if there is no checkpoint, or none with `options.hash`. @throws what {@link readCheckpoint}
   * throws, `ERR_CKPT_CORRUPT` among it: null never stands for a checkpoint that is there but unreadable
   */
  async loadCheckpoint<S extends StandardSchemaV1>(
    step: string,
    operation: string,
    options: LoadOptions & { schema: S },
  ): Promise<StandardSchemaV1.InferOutput<S>[] | null>;
  async loadCheckpoint<T extends RowLike = Row>(step: string, operation: string, options?: NoInfer<LoadOptions<T>>): Promise<T[] | null>;
  async loadCheckpoint(step: string, operation: string, options: LoadOptions = {}): Promise<Row[] | null> {
    const { files, read } = await this.#wanted(step, operation, options, 'loadCheckpoint');
    const loaded = files === null ? null : await files.load((store, path) => store.read(path, read), read);
    if (loaded !== null) this.#logger?.info(loadedLine(step, operation, loaded.path));
    return loaded?.result ?? null;
  }

  /** @deprecated {@link loadCheckpoint} without a hash */
  async loadOutput<T extends RowLike = Row>(step: string, operation: string, options?: NoInfer<ReadOptions<T>>): Promise<T[] | null> {
    deprecated('ARROW_CKPT_DEP0001');
    return this.loadCheckpoint<T>(step, operation, checkReadOptions(options, 'loadOutput') as ReadOptions<T>);
  }

  /** The rows one by one, in bounded memory. @throws what {@link loadCheckpoint} throws; `ERR_CKPT_NOT_FOUND` where that gives null */
  async *scanCheckpoint<T extends RowLike = Row>(
    step: string,
    operation: string,
    options: NoInfer<LoadOptions<T>> = {},
  ): AsyncGenerator<T, void, undefined> {
    const { files, read } = await this.#wanted(step, operation, options, 'scanCheckpoint');
    const path = files === null ? null : yield* files.scan(read) as AsyncGenerator<T, string | null, undefined>;
    if (path === null) {
      const message = `there is no checkpoint of operation '${operation}' in step '${step}'${options.hash === undefined ? '' : ' with this hash'}`;
      throw new CheckpointError('ERR_CKPT_NOT_FOUND', message, this.directory === null ? {} : { path: this.directory });
    }
    this.#logger?.info(loadedLine(step, operation, path));
  }

  /**
   * Saves a batch of an operation that still runs as `<operation>_batches/batch_<index>.parquet`, with `options.step` in the folder of that
   * step: two steps may have operations of one name. Returns the path. `index`: an integer from 0 on.
   *
   * @throws `ERR_CKPT_INVALID_ARGUMENT` where a `map` keeps its results under this index
   */
  async saveBatchCheckpoint<T extends RowLike = RowLike>(
    operation: string,
    index: number,
    rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>,
    options?: BatchSaveOptions,
  ): Promise<string> {
    const given = rowsOfCall(rows);
    const { step, save } = checkBatchSave(options);
    const merged = mergeWriteOptions(this.#defaults, save, 'saveBatchCheckpoint');
    const place = await this.#place();
    if (place === null) return '';
    const info = await place.saveBatch(operation, index, step, given, merged);
    this.#logger?.info(batchSavedLine(operation, index, info.path));
    return info.path;
  }

  /**
   * Loads the batches of an operation by index, an array of rows each; while a `map` runs its finished rows so far, each once. Without
   * `options.step` those of all steps: first the ones that say no step, then step by step.
   */
  async loadBatchCheckpoints<T extends RowLike = Row>(operation: string, options?: BatchOptions): Promise<T[][]> {
    const { step } = checkBatchOptions(options, 'loadBatchCheckpoints');
    const place = await this.#place();
    return place === null ? [] : ((await place.loadBatches(operation, step)) as T[][]);
  }

  /** The indexes of the batches that {@link loadBatchCheckpoints} loads, in its order. */
  async listBatchCheckpoints(operation: string, options?: BatchOptions): Promise<number[]> {
    const { step } = checkBatchOptions(options, 'listBatchCheckpoints');
    const place = await this.#place();
    return place === null ? [] : place.batchIndexes(operation, step);
  }

  /**
   * Removes the batches of an operation, those of a running or interrupted `map` among them; resolves with whether there were any. Without
   * `options.step` those of all steps. @throws `ERR_CKPT_LOCKED` while a `map` of the operation runs in one of these steps
   */
  async deleteBatchCheckpoints(operation: string, options?: BatchOptions): Promise<boolean> {
    const { step } = checkBatchOptions(options, 'deleteBatchCheckpoints');
    const place = await this.#place();
    return place !== null && (await place.deleteBatches(operation, step)) > 0;
  }

  /**
   * The results so far: of the checkpoint, and of the batches of a `map` that runs, here or elsewhere, or was interrupted; each row of the
   * input once, null for none. Takes no lease, changes no results. @throws what reading a damaged checkpoint or batch throws
   */
  async loadPartialResults<T extends RowLike = Row>(
    step: string,
    operation: string,
    options?: PartialOptions,
  ): Promise<PartialResults<T> | null> {
    const { hash } = checkPartialOptions(options, 'loadPartialResults');
    const place = await this.#place();
    return place === null ? null : ((await place.partial({ step, operation, hash })) as PartialResults<T> | null);
  }

  /**
   * Loads the rows of an operation if they are there with this hash; else computes, saves and returns them. A damaged checkpoint is
   * computed again, with a warning. While it computes, no other process computes the same: see `lockWait`.
   *
   * ```ts
   * const hash = await hashOperation({ config, input: { file: 'articles.json' } });
   * const rows = await checkpoints.step('process', 'extract', { hash }, () => extract());
   * ```
   * @throws what `compute` throws, as it is; `ERR_CKPT_LOCKED`; what {@link loadCheckpoint} and {@link saveCheckpoint} throw
   */
  async step<T extends RowLike = Row>(step: string, operation: string, options: StepOptions, compute: Compute<T>): Promise<T[]> {
    const { save, lockWait } = checkStepOptions(options);
    const merged = mergeWriteOptions(this.#defaults, save, 'step');
    const { signal, hash, schema, compat } = merged;
    const read = { ...(hash !== undefined && { hash }), ...(schema !== undefined && { schema }), ...(signal !== undefined && { signal }) };
    const run = { lockWait, signal, logger: this.#logger, isLoadedAnew: schema !== undefined || compat !== undefined };
    const rows = await runStep(await this.#files(step, operation, hash), run, compute, {
      load: () => this.loadCheckpoint(step, operation, read),
      save: (computed) => this.saveCheckpoint(step, operation, computed, merged),
    });
    return rows as T[];
  }

  /**
   * Runs `fn` for each row, and never twice for the same: finished results are made durable on the way, so that after a crash or an abort
   * the same call goes on. At the end the results are the checkpoint, in the order of the input. The same call on other rows computes those
   * that are new or changed; results of those that are gone are kept beside it. Rows are compared by their whole content, the order of
   * their keys included.
   *
   * ```ts
   * const options = { key: 'id', hash, concurrency: 16, retries: 3, timeout: 60_000 } as const;
   * const { rows } = await checkpoints.map('process', 'summarise', articles, summarise, options);
   * ```
   * @throws `ERR_CKPT_ROW_FAILED` for the first row that fails, its error as the `cause`, unless `onError` says otherwise;
   * `ERR_CKPT_MISSING_KEY`, `ERR_CKPT_DUPLICATE_KEY`; `ERR_CKPT_LOCKED` while another process works on the operation; `ERR_CKPT_STOPPED`
   * after `stop` of the handle that it returns; what a save throws. What is finished is kept where it can be
   */
  map<In extends RowLike, Out extends RowLike>(
    step: string,
    operation: string,
    rows: Iterable<In> | AsyncIterable<In>,
    fn: MapFunction<In, Out>,
    options: MapOptions<In, NoInfer<Out>>,
  ): MapRun<Out> {
    return startMap((control) => this.#mapCall(step, operation, rows, fn, options, 'map', control));
  }

  /**
   * {@link map} for more rows than fit in memory: the input is read as it is needed, and results come in its order. It holds some thousand
   * rows, and some 60 bytes for each that has passed. Stopping early keeps what is finished. The generator returns what the run did at its
   * end. Results of an earlier run are read from its files in about the order in which they were: one pass.
   * @throws what {@link map} throws, at the next step of the loop
   */
  mapStream<In extends RowLike, Out extends RowLike>(
    step: string,
    operation: string,
    rows: Iterable<In> | AsyncIterable<In>,
    fn: MapFunction<In, Out>,
    options: MapOptions<In, NoInfer<Out>>,
  ): MapStream<Out> {
    return startStream((control) => this.#mapCall(step, operation, rows, fn, options, 'mapStream', control));
  }

  /**
   * {@link map} for functions of several rows: embeddings, prompts that hold many rows. `fn` gets up to `size` rows and returns an array
   * with one entry for each. Results, failures and what survives a kill are those of each row, as in a `map`; `concurrency`, `timeout`,
   * `retries` and `calls` count calls.
   *
   * ```ts
   * const options = { key: 'id', hash, size: 100, maxTokens: 8000, tokens: ({ text }) => text.length / 4 } as const;
   * const { rows } = await checkpoints.mapBatches('process', 'embed', articles, embed, options);
   * ```
   * @throws what {@link map} throws
   */
  mapBatches<In extends RowLike, Out extends RowLike>(
    step: string,
    operation: string,
    rows: Iterable<In> | AsyncIterable<In>,
    fn: BatchFunction<In, Out>,
    options: MapBatchesOptions<In>,
  ): MapRun<Out> {
    return startMap(async (control) => {
      const { batches, options: checked } = checkMapBatchesOptions(options);
      if (typeof fn !== 'function') throw invalid(`what mapBatches calls for rows must be a function, got ${show(fn)}`);
      const makeCaller = async (): Promise<MakeCaller> => {
        const { BatchCalls } = await import('../resume/batches/batch-calls.js');
        return (parts) => new BatchCalls(fn as unknown as BatchFunction<Row, Row>, batches, parts);
      };
      return this.#callOf(step, operation, rows, checked, { fn: noCall, makeCaller, width: batches.size, control }, 'mapBatches');
    });
  }

  /**
   * The rows of a `map` that failed and have no results since: of its checkpoint (`onError: 'skip'`) and of runs that did not come to it.
   * They are recorded as they fail, so that they are there after a crash, and beside a running `map`. Changes nothing.
   */
  async failures(step: string, operation: string, options?: PartialOptions): Promise<FailureRecord[]> {
    const { hash } = checkPartialOptions(options, 'failures');
    const place = await this.#place();
    return place === null ? [] : place.failures({ step, operation, hash });
  }

  /**
   * {@link map} by batch jobs of a provider, which take hours and cost half as much: rows are handed in by thousands. Each job is recorded
   * before it is handed in, so that a run that was killed finds its jobs again and pays for none twice. An abort or `stop` leaves jobs
   * with the provider, and the same call goes on. docs/resume.md, "Provider batches at half the price".
   * @throws what {@link map} throws; `ERR_CKPT_JOB_UNKNOWN`, `ERR_CKPT_JOB_ANSWER`; `ERR_CKPT_INVALID_ARGUMENT` without a directory
   */
  mapJobs<In extends RowLike, Out extends RowLike, Value = MapOutput<Out>>(
    step: string,
    operation: string,
    rows: Iterable<In> | AsyncIterable<In>,
    provider: JobProvider<In, Out, Value>,
    options: MapJobsOptions<In>,
  ): MapRun<Out> {
    return startMap(async (control) => {
      const { jobs, options: checked } = checkMapJobsOptions(options);
      const given = checkProvider(provider, jobs);
      const makeCaller = async (found: OperationFiles | null): Promise<MakeCaller> => {
        const files = forJobs(found);
        const { JobCalls } = await import('../resume/jobs/job-calls.js');
        return (parts) => new JobCalls(given, jobs, files, parts);
      };
      return this.#callOf(step, operation, rows, checked, { fn: noCall, makeCaller, control }, 'mapJobs');
    });
  }

  /** The jobs of an operation whose results are not all used yet, the oldest first: those of a running or interrupted {@link mapJobs}. */
  async jobs(step: string, operation: string): Promise<JobInfo[]> {
    const place = await this.#place();
    return place === null ? [] : place.jobs({ step, operation });
  }

  /**
   * Removes the record of a job: the next {@link mapJobs} hands its rows in again. Resolves with whether there was one.
   * @throws `ERR_CKPT_LOCKED` while a map of the operation runs
   */
  async forgetJob(step: string, operation: string, jobKey: string): Promise<boolean> {
    const files = forJobs(await this.#mapped({ step, operation }));
    const { JobFolder } = await import('../resume/jobs/job-folder.js');
    const lease = await files.lease({ lockWait: 0 });
    try {
      const folder = new JobFolder(files);
      const isThere = (await folder.read()).some((record) => record.jobKey === jobKey);
      return isThere && (await folder.remove(jobKey));
    } finally {
      await lease.release();
    }
  }

  /**
   * Removes the results of single rows, so that the next {@link map} computes these and no others; resolves with the number of rows of the
   * input. Of the checkpoint, of interrupted maps and among kept results; all other results stay, also where the process ends meanwhile.
   *
   * ```ts
   * await checkpoints.forget('process', 'summarise', { where: { summary: '' } });
   * ```
   * @throws `ERR_CKPT_LOCKED` while another process works on the operation; `ERR_CKPT_UNKNOWN_COLUMN` for a `where` that rows fit only
   * because none has its column; what reading damaged results throws
   */
  async forget<T extends RowLike = Row>(step: string, operation: string, options: ForgetOptions<T>): Promise<number> {
    const checked = checkForgetOptions(options);
    const files = await this.#mapped({ step, operation });
    if (files === null) return 0;
    const { forgetRows } = await import('../resume/forget/forget-rows.js');
    return forgetRows(files, checked);
  }

  /** What {@link map} would do with these rows. Calls nothing and changes nothing. */
  async planIncremental<T extends RowLike>(
    step: string,
    operation: string,
    rows: Iterable<T> | AsyncIterable<T>,
    options: PlanOptions<T>,
  ): Promise<IncrementalPlan<T>> {
    const given = rowsOfCall(rows);
    const { key, content, hash, maxAge, cost } = checkPlanOptions(options);
    const wanted = {
      key: key as KeyOption,
      ...(content !== undefined && { content: content as ContentOption }),
      ...(maxAge !== undefined && { maxAge }),
      ...(cost !== undefined && { cost: cost as (row: Row) => number }),
    };
    const place = await this.#place();
    const plan = await (place === null
      ? (await import('../resume/plan.js')).planRows(null, given, wanted)
      : place.plan({ step, operation, hash }, given, wanted));
    return plan as IncrementalPlan<T>;
  }

  /** What is known of a checkpoint without its rows; null if there is none. Of two files, the newer that can be read. */
  async getCheckpointInfo(step: string, operation: string): Promise<NamedCheckpointInfo | null> {
    return (await (await this.#files(step, operation))?.info()) ?? null;
  }

  /** All checkpoints by step and operation, no batches. A damaged one has its `error`. */
  async listCheckpoints(): Promise<CheckpointListing[]> {
    const place = await this.#place();
    return place === null ? [] : place.list();
  }

  /**
   * The maps that run, here or in another process, or ended before their checkpoint was saved: their state, and how many rows are done.
   * Changes nothing.
   */
  async listMaps(): Promise<MapListing[]> {
    const place = await this.#place();
    return place === null ? [] : place.maps();
  }

  /** The bytes of all its files; null for none. */
  async getCheckpointSize(step: string, operation: string): Promise<number | null> {
    const files = (await (await this.#files(step, operation))?.find()) ?? [];
    return files.length === 0 ? null : files.reduce((bytes, file) => bytes + file.bytes, 0);
  }

  /** The bytes of all checkpoints, batches and kept results in the directory. */
  async getTotalCheckpointSize(): Promise<number> {
    const place = await this.#place();
    return place === null ? 0 : place.totalBytes();
  }

  /**
   * Makes Parquet of a JSON checkpoint and its JSON batches, each compared row by row before it counts. Resolves with whether it is Parquet
   * now; false without JSON. @throws what is wrong with the JSON, or with the comparison: nothing has changed then
   */
  async migrateJsonToArrow(step: string, operation: string, options?: MigrateCheckpointOptions): Promise<boolean> {
    const checked = checkMigrateOptions(options);
    const place = await this.#place();
    if (place === null) return false;
    const { migratePlace, placeOfOperation, placesOfOwnBatches } = await import('../directory/migration.js');
    const { directory, config } = place.localHome('migrateJsonToArrow');
    const { compression, compressionLevel, rowGroupRows } = this.#defaults;
    const defaults = Object.fromEntries(
      Object.entries({ compression, compressionLevel, rowGroupRows }).filter(([, value]) => value !== undefined),
    );
    const places = [await placeOfOperation(directory, step, operation), ...(await placesOfOwnBatches(directory, step, operation))];
    let migrated = false;
    for (const [index, each] of places.entries()) {
      const outcome = await migratePlace(each, config, { ...defaults, ...checked });
      if (outcome?.status === 'failed') throw outcome.error;
      if (index === 0) migrated = outcome !== null;
    }
    return migrated;
  }

  /** Removes a checkpoint and the results that maps kept beside it, without its batches; whether there was any. */
  async deleteCheckpoint(step: string, operation: string): Promise<boolean> {
    const files = await this.#files(step, operation);
    return files !== null && (await files.remove()) > 0;
  }

  /** Removes the checkpoints, batches, kept results and hashes of a step; resolves with the number of files. */
  async clearStep(step: string): Promise<number> {
    const place = await this.#place();
    return place === null ? 0 : place.clearStep(step);
  }

  /** Removes all checkpoints, batches, kept results and DocETL's configuration; resolves with the number of files. */
  async clearAll(): Promise<number> {
    const place = await this.#place();
    return place === null ? 0 : place.clearAll();
  }

  /**
   * Removes what is not needed any more: checkpoints that the options call stale, batches whose results are in a checkpoint, damaged
   * batches, and what killed processes left. Batches of an interrupted `map` stay unless they are stale; so does what a running `map` or
   * `step` works on. Without options no checkpoint is removed.
   */
  async sweep(options?: SweepOptions): Promise<SweepResult> {
    const checked = checkSweepOptions(options);
    const place = await this.#place();
    if (place !== null) return place.sweep(checked);
    return { removed: [], bytes: 0, keptBytes: 0, inUse: [], dryRun: checked.dryRun === true };
  }

  /**
   * Makes a whole file of a checkpoint that shares values, in its place or at `to`, compared row by row before it counts. What is whole
   * stays. @throws `ERR_CKPT_NOT_FOUND`; `ERR_CKPT_LOCKED`; what a load and a save throw
   */
  async materialize(step: string, operation: string, options?: MaterializeOptions): Promise<CheckpointInfo> {
    const checked = checkMaterializeOptions(options);
    const { materializeCheckpoint } = await import('../directory/sharing/materialize.js');
    return materializeCheckpoint(await this.#local('materialize', { step, operation }), this.directory, { step, operation, ...checked });
  }

  /**
   * Makes the checkpoints share their values, the oldest first, each compared row by row before it counts. Files below 1 MiB, JSON and
   * files in another program's form stay. What fails is in the result.
   */
  async dedupe(options?: DedupeOptions): Promise<RewriteResult> {
    const checked = checkDedupeOptions(options);
    const place = await this.#place();
    if (place === null) return nothingRewritten(checked);
    const { dedupeDirectory } = await import('../directory/sharing/dedupe-directory.js');
    return dedupeDirectory(place.localHome('dedupe'), checked);
  }

  /**
   * Writes those checkpoints anew that keep a file in the pool of which little is used, or refer to too many files, each compared row by
   * row before it counts. The next {@link sweep} frees such files.
   */
  async compact(options?: CompactOptions): Promise<RewriteResult> {
    const checked = checkCompactOptions(options);
    const place = await this.#place();
    if (place === null) return nothingRewritten(checked);
    const { compactDirectory } = await import('../directory/sharing/compact-directory.js');
    return compactDirectory(place.localHome('compact'), checked);
  }

  async #mapCall<In extends RowLike, Out extends RowLike>(
    step: string,
    operation: string,
    rows: Iterable<In> | AsyncIterable<In>,
    fn: MapFunction<In, Out>,
    options: MapOptions<In, NoInfer<Out>>,
    what: string,
    control: RunControl,
  ): Promise<MapCall> {
    const how = { fn: fn as MapFunction<Row, Row>, control };
    return this.#callOf(step, operation, rows, checkMapOptions(options as MapOptions<In>, what), how, what);
  }

  async #callOf<In extends RowLike>(
    step: string,
    operation: string,
    rows: Iterable<In> | AsyncIterable<In>,
    checked: CheckedMapOptions<In>,
    {
      makeCaller,
      ...how
    }: Pick<MapCall, 'fn' | 'width' | 'control'> & { makeCaller?: (files: OperationFiles | null) => Promise<MakeCaller> },
    what: string,
  ): Promise<MapCall> {
    const input = rowsOfCall(rows);
    const { compression, compressionLevel, rowGroupRows, pages, base, share, metadata, schema, fixedColumns } = checked;
    const check = resultCheck(schema, fixedColumns === true ? fixedLook : undefined);
    const given = Object.entries({ compression, compressionLevel, rowGroupRows, pages, base, share, metadata }).filter(
      ([, value]) => value !== undefined,
    );
    const save = mergeWriteOptions(this.#defaults, Object.fromEntries(given), what);
    checkFixedColumns({ ...checked, ...(save.compat !== undefined && { compat: save.compat }) });
    if (save.compat !== undefined && this.#store.format === 'json') {
      throw invalid(`${what} needs Parquet for compat '${save.compat}': JSON in that form has no place for the record of rows`);
    }
    const files = await this.#mapped({ step, operation, hash: checked.hash });
    if (files?.isCopy === true) refuseForCopies(checked, save);
    if (files === null && checked.workers !== undefined) {
      const message = 'workers need a directory, where they share the rows: without it each would compute all of them';
      throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', message);
    }
    return {
      ...how,
      caller: await makeCaller?.(files),
      files,
      rows: input,
      options: checked as CheckedMapOptions<Row>,
      check,
      save,
      keepsAll: how.control.arrivals !== undefined,
    };
  }

  /** The directory for all else than saves, loads and maps. */
  async #place(): Promise<DirectoryPlace | null> {
    return this.#start === null ? null : this.#start.whole();
  }

  /** Where an operation keeps its results; null where nothing is kept. */
  async #files(step: string, operation: string, hash?: string): Promise<OperationPlace | null> {
    return this.#start === null ? null : this.#start.operation(step, operation, hash);
  }

  /** The same for maps and what changes their results. */
  async #mapped(of: NamedOperation): Promise<OperationFiles | null> {
    return this.#start === null ? null : this.#start.mapped(of);
  }

  /** The same for calls that work on local files alone. */
  async #local(call: string, of: NamedOperation): Promise<OperationFiles | null> {
    const place = await this.#place();
    return place === null ? null : place.localFiles(call, of);
  }

  /** What to load, null where nothing is kept, and how. Throws what is wrong with the call. */
  async #wanted(
    step: string,
    operation: string,
    options: LoadOptions,
    what: string,
  ): Promise<{ files: OperationPlace | null; read: ReadOptions }> {
    const checked = checkReadOptions(options, what, LOAD_KEYS) as LoadOptions;
    checkSchemaOptions(checked);
    const hash = checkLoadHash(checked);
    const { hash: _, ...read } = checked;
    throwIfAborted(read.signal);
    return { files: await this.#files(step, operation, hash), read: { compat: 'docetl', ...read } };
  }
}

/** In place of the function of a `map`, where another caller computes the rows. */
function noCall(): void {}

/** Jobs cannot be without records. */
function forJobs(files: OperationFiles | null): OperationFiles {
  if (files !== null) return files;
  const message = 'jobs need a directory, where they are recorded: without it, a process that ends loses what is paid for';
  throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', message);
}
