// The public types of arrow-ckpt, rolled up by `npm run api`. Do not edit.
import type { Readable } from 'node:stream';
import type { ReadableStream as ReadableStream_2 } from 'node:stream/web';

/** An OAuth token, as functions of Google and Azure give it: a text, or an object that has it. */
export declare type AccessToken = string | { token?: string | null | undefined } | {
  access_token?: string | null | undefined;
};

/** How many rows are computed at a time, found out while the run is on its way. */
export declare interface AdaptiveConcurrency {
  /** At first. @default 8, or where that is not from `min` to `max` the nearer of these @unit rows */ initial?: number;
  /** Never fewer. @default 1 @unit rows */ min?: number;
  /** Never more, up to 100,000. @unit rows */ max: number;
}
/** A column of any kind: `kind` says which. */
export declare type AnyColumn = NumberColumn | BigIntColumn | BooleanColumn | DateColumn | StringColumn | ListColumn | ValueColumn;
/** Options of `arrow`. */
export declare interface ArrowOptions extends ArrowStreamOptions {
  /** Aborts it: the next step rejects with `signal.reason`. */ signal?: AbortSignal;
}
/** A C stream of Arrow: an External whose pointer is to a `struct ArrowArrayStream`. docs/arrow.md says who owns what. */
export declare interface ArrowStream { readonly arrowArrayStream?: never; }
/** Options of `arrowStream`. */
export declare interface ArrowStreamOptions {
  /** Top-level keys to hand over, in the order of the file. A key that the file does not have is `ERR_CKPT_UNKNOWN_COLUMN`, unless it
   * has no rows. @default all */ columns?: readonly string[];
  /** How many rows to skip, 0 or more. @default 0 @unit rows */ offset?: number;
  /** The most rows to hand over. @default all @unit rows */ limit?: number;
  /** The most rows in a batch, 1 to 16,777,216. A batch also ends at about 4 MiB, and with its row group. @default 131072 @unit rows */
  batchRows?: number;
  /** Adds the hidden columns of the file: exceptions, whole rows and shapes, by their names of FORMAT.md, 3.2. Without it, values
   * outside their column's type are null. @default false */ hidden?: boolean;
  /** Threads that decode, 1 to 64. @default the cores, at most 4 @unit threads */ threads?: number;
}

/** A key of an Azure storage account, or a shared access signature. */
export declare type AzureCredentials = { key: string } | {
  sas: string;
};

/** Earlier checkpoints that may have the same values: a path for {@link writeCheckpoint}, a name for a manager, or several. `auto`:
 * those that are likely to. */
export declare type Base = 'auto' | string | { step: string; operation: string } | readonly (string | {
  step: string; operation: string;
})[] | false;

/** What the function of a `mapBatches` gets beside the rows. */
export declare interface BatchContext {
  /** The indexes of the rows in the input. */ readonly indexes: readonly number[];
  /** The keys of the rows. */ readonly keys: readonly RowKey[];
  /** How often the first of these rows was in a call, this one included: 1 at first. */ readonly attempt: number;
  /** Aborted when nobody wants the result any more, or the time of the call is over. Pass it on to `fetch`. */
  readonly signal: AbortSignal;
  /** Adds to what the call has used, at any time during it, also if it fails in the end. Its rows share that. @throws
   * `ERR_CKPT_INVALID_ARGUMENT` for what is no usage */ readonly addUsage: (usage: Usage) => void;
}

/** The function of a `mapBatches`: an array with one entry for each row, in their order. An entry is what the function of a `map`
 * returns for the row (one row, an array of rows, or nothing), or an `Error`, which fails this row only. */
export declare type BatchFunction<In extends RowLike, Out extends RowLike> = (rows: In[], context: BatchContext) => readonly (MapOutput<Out> | Error)[] | Promise<readonly (MapOutput<Out> | Error)[]>;
/** Options of the calls that load, list and remove batches. */
export declare interface BatchOptions { /** Only batches of this step. @default all batches of the operation */ step?: string; }
/** Options of {@link CheckpointManager.saveBatchCheckpoint}. */
export declare interface BatchSaveOptions extends WriteOptions {
  /** The step of the operation, in whose folder the batch goes. @default none: the folder where DocETL has it */ step?: string;
}
/** Bigints of 64 bits. Larger ones are not valid. */
export declare interface BigIntColumn extends Column { readonly kind: 'bigint'; readonly values: BigInt64Array; }
/** 1 for true, 0 for false. */
export declare interface BooleanColumn extends Column { readonly kind: 'boolean'; readonly values: Uint8Array; }
/** A place that keeps objects by keys. The package has such drivers for S3, Google Cloud Storage, Azure Blob and HTTP; an object of your
 * own with these methods can be given in their place. docs/buckets.md.
 * Promises of every driver:
 * - An object is seen whole, as one `put` wrote it, or not at all. What `put` resolved for is seen by every later call.
 * - Of several `put`s with `ifAbsent`, or with the same `ifMatch`, one succeeds at most. A store that cannot do that says so by
 *   `conditional`.
 * - A failure is a `CheckpointError`, and an abort rejects with `signal.reason`. A `put` that fails leaves the object as it was; if
 *   nobody can know that, it is `ERR_CKPT_UNKNOWN_OUTCOME`, and the call can be made again. */
export declare interface Bucket {
  /** Whether the store obeys `ifAbsent` and `ifMatch` of `put`. */ readonly conditional: boolean;
  /** Null: there is no such object. The body gives the bytes of one state of the object, or throws. */
  get(key: string, options?: BucketGetOptions): Promise<BucketObject | null>;
  /** Makes an object of a file. Resolves when it is durable and seen. */
  put(key: string, file: string, options?: BucketPutOptions): Promise<{
    etag: string;
  }>;
  /** The objects whose keys begin with `prefix`, in the order of their keys, however many there are. */
  list(prefix: string, options?: { signal?: AbortSignal }): AsyncIterable<BucketEntry>;
  /** Removes an object; one that is not there is no failure. */ delete(key: string, options?: BucketDeleteOptions): Promise<void>;
}
/** What a store wants to know of the caller. */
export declare type BucketCredentials = S3Credentials | AzureCredentials | GoogleServiceAccount | AccessToken;
/** Options of {@link Bucket.delete}. `ifMatch`: only if the object is in this state; another is `ERR_CKPT_CONDITION`. */
export declare interface BucketDeleteOptions { ifMatch?: string; signal?: AbortSignal; }
/** What a listing tells of an object: see {@link BucketObject}. */
export declare interface BucketEntry { key: string; size: number; etag: string; modified?: Date; }
/** Options of {@link Bucket.get}. */
export declare interface BucketGetOptions {
  /** @default all of it */ range?: ByteRange;
  /** Only this state of the object; another is `ERR_CKPT_CHANGED`. */ ifMatch?: string;
  signal?: AbortSignal;
}

/** An object that is being read. */
export declare interface BucketObject {
  /** The bytes, in pieces, once. */ body: AsyncIterable<Uint8Array>;
  /** Where in the object the body begins. A store that knows no ranges gives all of it: then it is 0. @unit bytes */ offset: number;
  /** What tells this state of the object from any other. Opaque: never a checksum. */ etag: string;
  /** The size of the whole object. @unit bytes */ size: number;
  /** When it was written, where the store tells: managers show it, and choose the newer of two formats by it. */ modified?: Date;
}

/** How a URL's bucket is reached. Without credentials those of the environment are taken: docs/buckets.md says which variables. */
export declare interface BucketOptions {
  /** Where the store is, if it is not that of the provider: of R2, MinIO, versitygw and the like for `s3://`, of an emulator for the
   * others. A URL with `http` or `https`. */ endpoint?: string;
  /** Of S3. @default `AWS_REGION`, else `AWS_DEFAULT_REGION`, else us-east-1 */ region?: string;
  /** The storage account of Azure. @default `AZURE_STORAGE_ACCOUNT` */ account?: string;
  /** Credentials; a function that gives them, which is asked again when they expire, such as a provider of the AWS SDK or a token
   * function of Google or Azure; or `false`: none, for public objects. @default of the environment */
  credentials?: BucketCredentials | (() => BucketCredentials | null | undefined | Promise<BucketCredentials | null | undefined>) | false;
  /** Makes the requests, as through a proxy. @default Node's HTTP client, or the global `fetch` where undici's `setGlobalDispatcher`
   * gave it a proxy */ fetch?: typeof fetch;
  /** How often a request that failed for the time being is made again, 0 to 10. @default 4 @unit times */ retries?: number;
  /** How long a request may go without a byte, 100 or more. @default 60000 @unit ms */ timeout?: number;
}

/** Options of {@link Bucket.put}. With neither condition the object is replaced. */
export declare interface BucketPutOptions {
  /** Only if there is no such object; else it is `ERR_CKPT_CONDITION`. */ ifAbsent?: boolean;
  /** Only if the object is in this state; else, or if there is none, it is `ERR_CKPT_CONDITION`. */ ifMatch?: string;
  signal?: AbortSignal;
  /** Called with the number of bytes that have been sent, as it grows. */ onBytes?: (bytes: number) => void;
}

/** What a `map` may use at most. At least one limit; each a number from 0 on. */
export declare interface Budget {
  /** Money, as `usage` and `context.addUsage` tell it. */ cost?: number;
  /** Tokens of prompts and answers together, told likewise. */ tokens?: number;
  /** Calls of the service: attempts, or what is told as `calls`. */ calls?: number;
  /** What counts: `operation`, also what earlier runs used for the results that are kept with this hash; `run`, this run alone. @default
   * 'operation' */ of?: 'operation' | 'run';
}

/** Bytes of an object: from `start` to before `end`, which is the end of the object if it is not given; or the `last` ones. */
export declare type ByteRange = { start: number; end?: number } | {
  last: number;
};

/** The one error class of this package: `code` is stable, `message` says what is wrong, where, and what to do. */
export declare class CheckpointError extends Error {
  readonly code: CheckpointErrorCode; readonly path?: string; readonly column?: string; readonly row?: number;
  readonly violations?: readonly SchemaViolation[]; readonly count?: number; readonly done?: number; readonly left?: number;
  constructor(code: CheckpointErrorCode, message: string, given?: CheckpointErrorFields);
}
/** The stable code of a CheckpointError. docs/errors.md says what each means and what to do. */
export declare type CheckpointErrorCode = 'ERR_CKPT_INVALID_ARGUMENT' | 'ERR_CKPT_UNKNOWN_OPTION' | 'ERR_CKPT_INVALID_OPTION' | 'ERR_CKPT_UNKNOWN_CODEC' | 'ERR_CKPT_UNKNOWN_COLUMN' | 'ERR_CKPT_ROWS_NOT_ITERABLE' | 'ERR_CKPT_CLOSED' | 'ERR_CKPT_ROW_NOT_OBJECT' | 'ERR_CKPT_UNSUPPORTED_VALUE' | 'ERR_CKPT_TOO_DEEP' | 'ERR_CKPT_SCHEMA' | 'ERR_CKPT_ARROW' | 'ERR_CKPT_NOT_COMPATIBLE' | 'ERR_CKPT_MISSING_KEY' | 'ERR_CKPT_DUPLICATE_KEY' | 'ERR_CKPT_ROW_FAILED' | 'ERR_CKPT_TIMEOUT' | 'ERR_CKPT_STOPPED' | 'ERR_CKPT_BUDGET' | 'ERR_CKPT_BATCH_RESULT' | 'ERR_CKPT_JOB_FAILED' | 'ERR_CKPT_JOB_ANSWER' | 'ERR_CKPT_JOB_UNKNOWN' | 'ERR_CKPT_NOT_FOUND' | 'ERR_CKPT_NOT_A_FILE' | 'ERR_CKPT_NOT_A_CHECKPOINT' | 'ERR_CKPT_TRUNCATED' | 'ERR_CKPT_CORRUPT' | 'ERR_CKPT_UNSUPPORTED_FILE' | 'ERR_CKPT_BASE' | 'ERR_CKPT_PARTS_DIFFER' | 'ERR_CKPT_LIMIT' | 'ERR_CKPT_CHANGED' | 'ERR_CKPT_PERMISSION' | 'ERR_CKPT_READ_ONLY' | 'ERR_CKPT_NO_SPACE' | 'ERR_CKPT_LOCKED' | 'ERR_CKPT_WORKERS_DIFFER' | 'ERR_CKPT_IO' | 'ERR_CKPT_NETWORK' | 'ERR_CKPT_UNKNOWN_OUTCOME' | 'ERR_CKPT_CONDITION' | 'ERR_CKPT_CREDENTIALS' | 'ERR_CKPT_CLOCK' | 'ERR_CKPT_NO_BUCKET' | 'ERR_CKPT_KEY' | 'ERR_CKPT_REDIRECT' | 'ERR_CKPT_BUCKET_ANSWER' | 'ERR_CKPT_NOT_CONDITIONAL' | 'ERR_CKPT_NOT_FOR_BUCKETS' | 'ERR_CKPT_NO_SQL' | 'ERR_CKPT_SQL' | 'ERR_CKPT_SQL_LIMIT' | 'ERR_CKPT_SQL_REFUSED' | 'ERR_CKPT_FORMAT_VERSION' | 'ERR_CKPT_INTERNAL';
/** Where an error happened; every field is optional and present only when it is known. */
export declare interface CheckpointErrorFields {
  /** The file or folder concerned. */ path?: string;
  /** The column, or the path inside a row: `metadata.tags[3]`. */ column?: string;
  /** The index of the row, counted from 0 over the whole checkpoint. */ row?: number;
  /** With `ERR_CKPT_SCHEMA`: the first 20 violations. */ violations?: readonly SchemaViolation[];
  /** With `ERR_CKPT_SCHEMA`: the number of all violations. */ count?: number;
  /** With `ERR_CKPT_STOPPED`: the rows that are done. */ done?: number;
  /** With `ERR_CKPT_STOPPED`: the rows that are left, where that is known. */ left?: number;
  /** The error underneath. */ cause?: unknown;
}

/** What is known of one checkpoint without loading its rows. */
export declare interface CheckpointInfo {
  /** The path as it was given. */ path: string;
  /** What the file is, whatever its name. */ format: 'parquet' | 'json' | 'jsonl';
  /** Number of rows. */ rows: number;
  /** Size of the file in bytes. */ bytes: number;
  /** The hash given on save, or null. */ hash: string | null;
  /** The metadata given on save; `{}` when there was none. */ metadata: Record<string, string>;
  /** The top-level columns in order of first appearance; empty for JSON and JSONL checkpoints, which have none. */ columns: ColumnInfo[];
  /** What it shares with other files; null for a whole one. docs/deltas.md. */ delta?: DeltaInfo | null;
  /** Number of parts of a folder; undefined for a file. */ parts?: number;
  /** Of an object in a bucket: what tells this state of it from any other. `ifMatch` of a save takes it. */ etag?: string;
  /** Where a save asked for Parquet and wrote JSON, as there is no native binary: why, and what to do. */ fallback?: { reason: string };
}

/** An entry of {@link CheckpointManager.listCheckpoints}. */
export declare interface CheckpointListing extends NamedCheckpointInfo {
  /** Present when the file cannot be read; `rows` is then 0 and `hash` null, whatever the file once held. */ error?: CheckpointError;
}

/** Checkpoints of a pipeline in a directory, in DocETL's layout: `<directory>/<step>/<operation>.parquet`. docs/directory.md.
 * ```ts
 * const checkpoints = new CheckpointManager('checkpoints');
 * const rows = (await checkpoints.loadCheckpoint('process', 'extract', { hash })) ?? (await extract());
 * await checkpoints.saveCheckpoint('process', 'extract', rows, { hash });
 * ```
 * Steps and operations may have any non-empty name. With `null` for a directory nothing is kept: saves resolve with `''`, loads with
 * null, lists with nothing. All methods reject with a `CheckpointError`, or with `signal.reason` after an abort. */
export declare class CheckpointManager {
  #private;
  /** The directory that was given; the first save makes it. Null: nothing is kept. */ readonly directory: string | null;
  constructor(directory: string | null, options?: CheckpointManagerOptions);
  /** A manager that goes on in the format that most checkpoints of a directory have, Parquet if there are none. Makes nothing. */
  static detect(directory: string, options?: CheckpointManagerOptions): Promise<CheckpointManager>;
  /** Whether saves write Parquet: not if `false` was given, nor without the native binary. */ get enableArrow(): boolean;
  /** Saves the rows of an operation; resolves with the path. Until then the checkpoint before it is intact. The file keeps `hash`, and
   * for DocETL `.docetl_intermediate_config.json`. @throws `ERR_CKPT_INVALID_ARGUMENT` for a name; what {@link writeCheckpoint} throws */
  saveCheckpoint<T extends RowLike = RowLike>(step: string, operation: string, rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>, options?: WriteOptions): Promise<string>;
  /** Loads the rows of an operation; null if there is no checkpoint, or none with `options.hash`. @throws what {@link readCheckpoint}
   * throws, `ERR_CKPT_CORRUPT` among it: null never stands for a checkpoint that is there but unreadable */
  loadCheckpoint<S extends StandardSchemaV1>(step: string, operation: string, options: LoadOptions & { schema: S }): Promise<StandardSchemaV1.InferOutput<S>[] | null>;
  loadCheckpoint<T extends RowLike = Row>(step: string, operation: string, options?: NoInfer<LoadOptions<T>>): Promise<T[] | null>;
  /** @deprecated {@link loadCheckpoint} without a hash */
  loadOutput<T extends RowLike = Row>(step: string, operation: string, options?: NoInfer<ReadOptions<T>>): Promise<T[] | null>;
  /** The rows one by one, in bounded memory. @throws what {@link loadCheckpoint} throws; `ERR_CKPT_NOT_FOUND` where that gives null */
  scanCheckpoint<T extends RowLike = Row>(step: string, operation: string, options?: NoInfer<LoadOptions<T>>): AsyncGenerator<T, void, undefined>;
  /** Saves a batch of an operation that still runs as `<operation>_batches/batch_<index>.parquet`, with `options.step` in the folder of
   * that step: two steps may have operations of one name. Returns the path. `index`: an integer from 0 on. @throws
   * `ERR_CKPT_INVALID_ARGUMENT` where a `map` keeps its results under this index */
  saveBatchCheckpoint<T extends RowLike = RowLike>(operation: string, index: number, rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>, options?: BatchSaveOptions): Promise<string>;
  /** Loads the batches of an operation by index, an array of rows each; while a `map` runs its finished rows so far, each once. Without
   * `options.step` those of all steps: first the ones that say no step, then step by step. */
  loadBatchCheckpoints<T extends RowLike = Row>(operation: string, options?: BatchOptions): Promise<T[][]>;
  /** The indexes of the batches that {@link loadBatchCheckpoints} loads, in its order. */
  listBatchCheckpoints(operation: string, options?: BatchOptions): Promise<number[]>;
  /** Removes the batches of an operation, those of a running or interrupted `map` among them; resolves with whether there were any.
   * Without `options.step` those of all steps. @throws `ERR_CKPT_LOCKED` while a `map` of the operation runs in one of these steps */
  deleteBatchCheckpoints(operation: string, options?: BatchOptions): Promise<boolean>;
  /** The results so far: of the checkpoint, and of the batches of a `map` that runs, here or elsewhere, or was interrupted; each row of
   * the input once, null for none. Takes no lease, changes no results. @throws what reading a damaged checkpoint or batch throws */
  loadPartialResults<T extends RowLike = Row>(step: string, operation: string, options?: PartialOptions): Promise<PartialResults<T> | null>;
  /** Loads the rows of an operation if they are there with this hash; else computes, saves and returns them. A damaged checkpoint is
   * computed again, with a warning. While it computes, no other process computes the same: see `lockWait`.
   * ```ts
   * const hash = await hashOperation({ config, input: { file: 'articles.json' } });
   * const rows = await checkpoints.step('process', 'extract', { hash }, () => extract());
   * ```
   * @throws what `compute` throws, as it is; `ERR_CKPT_LOCKED`; what {@link loadCheckpoint} and {@link saveCheckpoint} throw */
  step<T extends RowLike = Row>(step: string, operation: string, options: StepOptions, compute: Compute<T>): Promise<T[]>;
  /** Runs `fn` for each row, and never twice for the same: finished results are made durable on the way, so that after a crash or an
   * abort the same call goes on. At the end the results are the checkpoint, in the order of the input. The same call on other rows
   * computes those that are new or changed; results of those that are gone are kept beside it. Rows are compared by their whole
   * content, the order of their keys included.
   * ```ts
   * const options = { key: 'id', hash, concurrency: 16, retries: 3, timeout: 60_000 } as const;
   * const { rows } = await checkpoints.map('process', 'summarise', articles, summarise, options);
   * ```
   * @throws `ERR_CKPT_ROW_FAILED` for the first row that fails, its error as the `cause`, unless `onError` says otherwise;
   * `ERR_CKPT_MISSING_KEY`, `ERR_CKPT_DUPLICATE_KEY`; `ERR_CKPT_LOCKED` while another process works on the operation;
   * `ERR_CKPT_STOPPED` after `stop` of the handle that it returns; what a save throws. What is finished is kept where it can be */
  map<In extends RowLike, Out extends RowLike>(step: string, operation: string, rows: Iterable<In> | AsyncIterable<In>, fn: MapFunction<In, Out>, options: MapOptions<In, NoInfer<Out>>): MapRun<Out>;
  /** {@link map} for more rows than fit in memory: the input is read as it is needed, and results come in its order. It holds some
   * thousand rows, and some 60 bytes for each that has passed. Stopping early keeps what is finished. The generator returns what the
   * run did at its end. Results of an earlier run are read from its files in about the order in which they were: one pass. @throws what
   * {@link map} throws, at the next step of the loop */
  mapStream<In extends RowLike, Out extends RowLike>(step: string, operation: string, rows: Iterable<In> | AsyncIterable<In>, fn: MapFunction<In, Out>, options: MapOptions<In, NoInfer<Out>>): MapStream<Out>;
  /** {@link map} for functions of several rows: embeddings, prompts that hold many rows. `fn` gets up to `size` rows and returns an
   * array with one entry for each. Results, failures and what survives a kill are those of each row, as in a `map`; `concurrency`,
   * `timeout`, `retries` and `calls` count calls.
   * ```ts
   * const options = { key: 'id', hash, size: 100, maxTokens: 8000, tokens: ({ text }) => text.length / 4 } as const;
   * const { rows } = await checkpoints.mapBatches('process', 'embed', articles, embed, options);
   * ```
   * @throws what {@link map} throws */
  mapBatches<In extends RowLike, Out extends RowLike>(step: string, operation: string, rows: Iterable<In> | AsyncIterable<In>, fn: BatchFunction<In, Out>, options: MapBatchesOptions<In>): MapRun<Out>;
  /** The rows of a `map` that failed and have no results since: of its checkpoint (`onError: 'skip'`) and of runs that did not come to
   * it. They are recorded as they fail, so that they are there after a crash, and beside a running `map`. Changes nothing. */
  failures(step: string, operation: string, options?: PartialOptions): Promise<FailureRecord[]>;
  /** {@link map} by batch jobs of a provider, which take hours and cost half as much: rows are handed in by thousands. Each job is
   * recorded before it is handed in, so that a run that was killed finds its jobs again and pays for none twice. An abort or `stop`
   * leaves jobs with the provider, and the same call goes on. docs/resume.md, "Provider batches at half the price". @throws what {@link
   * map} throws; `ERR_CKPT_JOB_UNKNOWN`, `ERR_CKPT_JOB_ANSWER`; `ERR_CKPT_INVALID_ARGUMENT` without a directory */
  mapJobs<In extends RowLike, Out extends RowLike, Value = MapOutput<Out>>(step: string, operation: string, rows: Iterable<In> | AsyncIterable<In>, provider: JobProvider<In, Out, Value>, options: MapJobsOptions<In>): MapRun<Out>;
  /** The jobs of an operation whose results are not all used yet, the oldest first: those of a running or interrupted {@link mapJobs}. */
  jobs(step: string, operation: string): Promise<JobInfo[]>;
  /** Removes the record of a job: the next {@link mapJobs} hands its rows in again. Resolves with whether there was one. @throws
   * `ERR_CKPT_LOCKED` while a map of the operation runs */ forgetJob(step: string, operation: string, jobKey: string): Promise<boolean>;
  /** Removes the results of single rows, so that the next {@link map} computes these and no others; resolves with the number of rows of
   * the input. Of the checkpoint, of interrupted maps and among kept results; all other results stay, also where the process ends
   * meanwhile.
   * ```ts
   * await checkpoints.forget('process', 'summarise', { where: { summary: '' } });
   * ```
   * @throws `ERR_CKPT_LOCKED` while another process works on the operation; `ERR_CKPT_UNKNOWN_COLUMN` for a `where` that rows fit only
   * because none has its column; what reading damaged results throws */
  forget<T extends RowLike = Row>(step: string, operation: string, options: ForgetOptions<T>): Promise<number>;
  /** What {@link map} would do with these rows. Calls nothing and changes nothing. */
  planIncremental<T extends RowLike>(step: string, operation: string, rows: Iterable<T> | AsyncIterable<T>, options: PlanOptions<T>): Promise<IncrementalPlan<T>>;
  /** What is known of a checkpoint without its rows; null if there is none. Of two files, the newer that can be read. */
  getCheckpointInfo(step: string, operation: string): Promise<NamedCheckpointInfo | null>;
  /** All checkpoints by step and operation, no batches. A damaged one has its `error`. */ listCheckpoints(): Promise<CheckpointListing[]>;
  /** The maps that run, here or in another process, or ended before their checkpoint was saved: their state, and how many rows are done.
   * Changes nothing. */ listMaps(): Promise<MapListing[]>;
  /** The bytes of all its files; null for none. */ getCheckpointSize(step: string, operation: string): Promise<number | null>;
  /** The bytes of all checkpoints, batches and kept results in the directory. */ getTotalCheckpointSize(): Promise<number>;
  /** Makes Parquet of a JSON checkpoint and its JSON batches, each compared row by row before it counts. Resolves with whether it is
   * Parquet now; false without JSON. @throws what is wrong with the JSON, or with the comparison: nothing has changed then */
  migrateJsonToArrow(step: string, operation: string, options?: MigrateCheckpointOptions): Promise<boolean>;
  /** Removes a checkpoint and the results that maps kept beside it, without its batches; whether there was any. */
  deleteCheckpoint(step: string, operation: string): Promise<boolean>;
  /** Removes the checkpoints, batches, kept results and hashes of a step; resolves with the number of files. */
  clearStep(step: string): Promise<number>;
  /** Removes all checkpoints, batches, kept results and DocETL's configuration; resolves with the number of files. */
  clearAll(): Promise<number>;
  /** Removes what is not needed any more: checkpoints that the options call stale, batches whose results are in a checkpoint, damaged
   * batches, and what killed processes left. Batches of an interrupted `map` stay unless they are stale; so does what a running `map`
   * or `step` works on. Without options no checkpoint is removed. */ sweep(options?: SweepOptions): Promise<SweepResult>;
  /** Makes a whole file of a checkpoint that shares values, in its place or at `to`, compared row by row before it counts. What is whole
   * stays. @throws `ERR_CKPT_NOT_FOUND`; `ERR_CKPT_LOCKED`; what a load and a save throw */
  materialize(step: string, operation: string, options?: MaterializeOptions): Promise<CheckpointInfo>;
  /** Makes the checkpoints share their values, the oldest first, each compared row by row before it counts. Files below 1 MiB, JSON and
   * files in another program's form stay. What fails is in the result. */ dedupe(options?: DedupeOptions): Promise<RewriteResult>;
  /** Writes those checkpoints anew that keep a file in the pool of which little is used, or refer to too many files, each compared row
   * by row before it counts. The next {@link sweep} frees such files. */ compact(options?: CompactOptions): Promise<RewriteResult>;
}

/** Options of a {@link CheckpointManager}. The options of compression and row groups are the defaults of its saves. */
export declare interface CheckpointManagerOptions extends Pick<WriteOptions, 'compression' | 'compressionLevel' | 'rowGroupRows' | 'pages' | 'base' | 'share'>, FileBucketOptions {
  /** Save in the form that DocETL reads: see `compat` of a save. */ compat?: 'docetl';
  /** Save as Parquet if the native binary is there; `false` saves as JSON. @default true */ enableArrow?: boolean;
  /** Where the manager reports what it saved and loaded; `false` for nowhere. @default console */ logger?: Logger | false;
}

/** An open checkpoint: {@link openCheckpoint} makes it. docs/reading.md.
 * ```ts
 * await using checkpoint = await openCheckpoint('extract.parquet');
 * for await (const row of checkpoint.rows({ columns: ['id', 'title'], where: { score: { $gte: 0.5 } } })) console.log(row);
 * ```
 * Several readings may run at a time. Each throws what `readCheckpoint` throws, and `ERR_CKPT_CLOSED` once the reader is closed. The
 * file that was opened is read even after a save has replaced it; JSON that was replaced is `ERR_CKPT_CHANGED`. */
export declare class CheckpointReader<T extends RowLike = Row> implements AsyncDisposable {
  #private;
  /** What is known without the rows. */ readonly info: CheckpointInfo;
  private constructor(); get closed(): boolean;
  /** One after another, in bounded memory. */
  rows<S extends StandardSchemaV1>(options: RowsOptions & { schema: S }): CheckpointRows<StandardSchemaV1.InferOutput<S>>;
  rows<R extends RowLike = T>(options?: NoInfer<RowsOptions<R>>): CheckpointRows<R>;
  /** As an array. */ read<S extends StandardSchemaV1>(options: RowsOptions & { schema: S }): Promise<StandardSchemaV1.InferOutput<S>[]>;
  read<R extends RowLike = T>(options?: NoInfer<RowsOptions<R>>): Promise<R[]>;
  /** As a Node stream in object mode. Destroying it stops. */ readable(options?: RowsOptions<T>): Readable;
  /** As a Web stream. Cancelling it stops. */ stream<R extends RowLike = T>(options?: NoInfer<RowsOptions<R>>): ReadableStream_2<R>;
  /** The rows as columns, some ten thousand at a time, without row objects; texts become strings when they are asked for. `columns` may
   * name paths into objects. JSON, which has no columns, is read as rows. */
  scanColumns(options?: ColumnsOptions<T>): AsyncGenerator<Columns, void, undefined>;
  /** @deprecated {@link scanColumns} */ batches(options?: ColumnsOptions<T>): AsyncGenerator<Columns, void, undefined>;
  /** All rows as columns: numbers, bigints, booleans and dates in one array each. `names`: keys, or paths into objects; all if
   * undefined. */ columns(names?: readonly string[], options?: Omit<ColumnsOptions<T>, 'columns'>): Promise<Columns>;
  /** The rows as a C stream of Arrow, for code in C, C++ or Rust: no value is copied on the way. Not with `where`, of which the core is
   * not always certain. It outlives the reader. Reading it blocks its thread: not for JavaScript's. docs/arrow.md says who owns what.
   * @throws `ERR_CKPT_ARROW` for what is not Parquet, for parts of other types, and without the native binary */
  arrowStream(options?: ArrowStreamOptions): ArrowStream;
  /** The same as the bytes of an IPC stream, in pieces: for `tableFromIPC` of apache-arrow or flechette. */
  arrow(options?: ArrowOptions): AsyncGenerator<Uint8Array, void, undefined>;
  /** How many rows there are, or `where` takes. */ count(options?: CountOptions<T>): Promise<number>;
  /** `size` rows at random, each as likely as another, in the order of the file; all if there are no more. Only these become rows. With
   * `where` the rows that it takes are counted first. */
  sample<S extends StandardSchemaV1>(size: number, options: SampleOptions & { schema: S }): Promise<StandardSchemaV1.InferOutput<S>[]>;
  sample<R extends RowLike = T>(size: number, options?: NoInfer<SampleOptions<R>>): Promise<R[]>;
  /** Closes the file and ends all readings. Closing again does nothing. */ close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Rows for `for await`, some thousand in memory. Breaking out of the loop frees them. */
export declare interface CheckpointRows<T> extends AsyncDisposable {
  next(): Promise<IteratorResult<T, undefined>>; return(): Promise<IteratorResult<T, undefined>>;
  [Symbol.asyncIterator](): CheckpointRows<T>;
}

/** The columns of rows. {@link inferSchema} makes one; the `schema` options of saves and loads take one. */
export declare interface CheckpointSchema {
  columns: ColumnSchema[];
  /** Keys of rows that are no column: see `extra` of {@link ValueSchema}. @default 'drop' */ extra?: ExtraKeys;
  /** From `inferSchema`: the number of rows. */ rows?: number;
  /** From `inferSchema`: rows with too many different keys for columns, which are kept whole as JSON text. */ irregularRows?: number;
}

/** A checkpoint that is being written: {@link createCheckpoint} makes it.
 * ```ts
 * const writer = await createCheckpoint('extract.parquet', { hash });
 * for await (const page of pages) await writer.append(page.rows);
 * const info = await writer.close(); // durable now; before, the old file is there
 * ```
 * A writer that goes out of scope (`await using`) without `close` is aborted: a loop that threw leaves no half checkpoint behind. */
export declare class CheckpointWriter<T extends RowLike = RowLike> implements AsyncDisposable {
  #private;
  /** Where the checkpoint will be. */ readonly path: string;
  private constructor();
  /** Rows so far. */ get rows(): number;
  /** Whether it takes no more rows: closed, aborted or failed. */ get closed(): boolean;
  /** Appends a row or rows: an array, an iterable, an async iterable, a stream; in the order of the calls. Waits while the encoding is
   * behind. An array counts as it is at the call; array and rows may be changed once it resolves. @throws what {@link writeCheckpoint}
   * throws for rows so far: the save is given up, the old file stays; `ERR_CKPT_CLOSED` after `close` or `abort` */
  append(rows: T | Iterable<T> | AsyncIterable<T>): Promise<void>;
  /** Resolves when it is durable, again too. @throws what an `append` or the save failed with */ close(): Promise<CheckpointInfo>;
  /** Gives the checkpoint up; the old file stays. Nothing after `close`. */ abort(reason?: unknown): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
/** A function, or the source or version of code as a text. */
export declare type Code = ((...args: any[]) => unknown) | (abstract new (...args: any[]) => unknown) | string;
/** The compression codecs of column chunks. `auto`, `fast` and `small` choose per column by what the data is. */
export declare type Codec = 'auto' | 'fast' | 'small' | 'snappy' | 'gzip' | 'brotli' | 'lz4' | 'zstd' | 'none';
/** One column of some rows; `T`: what `at` gives. Its typed arrays are its own: they stay valid, and may be changed or transferred. */
export declare interface Column<T = unknown> extends Iterable<T> {
  /** The key in the rows, or the path into objects that was asked for. */ readonly name: string;
  readonly kind: ColumnKind;
  /** Number of rows. */ readonly length: number;
  /** One byte a row: 1 where the typed arrays hold its value, 0 where it is null, missing, `undefined` or of another kind. Null: all
   * ones. In a mixed column `undefined` and null may be among the ones. */ readonly validity: Uint8Array | null;
  /** The value in row `index`, as a load gives it; undefined for a missing key. @throws RangeError for no such row */ at(index: number): T;
  toArray(): T[];
}
/** @deprecated {@link Columns} */
export declare type ColumnBatch = Columns;
/** One top-level column of a Parquet checkpoint. */
export declare interface ColumnInfo {
  /** The key in the rows. */ name: string;
  /** The type in the file: `string`, `int64`, `double`, `bool`, `null`, `list<...>`, `struct<...>`, `json`, ... */ type: string;
  /** The codec or codecs of its column chunks, `none`, `zstd`, ..., separated by `, `. */ codec: string;
  /** Compressed size in bytes, its hidden column of exceptions included. */ bytes: number;
  /** The type of the column itself, where `type` says what its values are: the `string` of `json`. Else the same. */ stored: string;
  /** The encodings of its values, sorted, dictionaries aside: `plain`, `rle_dictionary`, `delta_binary_packed`, ... */ encodings: string[];
  /** Rows where it is null, missing or an exception. Null for lists, structs and files of other writers. */ nulls: number | null;
  /** Values of another type, kept beside it as JSON text. Null where another program rewrote the file. */ exceptions: number | null;
}
/** What most values of a column are. `at` gives each value as the row has it, those of another kind too. */
export declare type ColumnKind = 'number' | 'bigint' | 'boolean' | 'date' | 'string' | 'list' | 'bytes' | 'struct' | 'map' | 'mixed' | 'null';
/** The columns of some rows. */
export declare interface Columns {
  /** Number of rows, of each column too. */ readonly rows: number;
  /** In the order of the file. */ readonly columns: readonly AnyColumn[];
  /** The column of a name, undefined if there is none. */ column(name: string): AnyColumn | undefined;
}

/** A column of the rows, or a key of a struct. */
export declare interface ColumnSchema extends ValueSchema {
  /** The key. */ name: string;
  /** Whether the key may be missing, or its value be undefined. @default false */ optional?: boolean;
  /** What a load puts where the key is missing or undefined; plain objects and arrays are copied. */ default?: unknown;
  /** From `inferSchema`: values of another type, which are kept as JSON text. Ignored in a schema of yours. */ irregular?: number;
  /** From `inferSchema`: why the type was chosen. Ignored in a schema of yours. */ reason?: string;
}
/** Options of `columns` and `scanColumns`: a schema is for rows. */
export declare type ColumnsOptions<T extends RowLike = Row> = Omit<RowsOptions<T>, 'schema' | 'extraColumns'>;
/** The types of values, as JavaScript knows them: `list` is an array, `struct` a plain object, `json` any value, kept as JSON text, and
 * `any` any value in a column whose type the values decide. A `date` is a valid one, and `bytes` is a Uint8Array. */
export declare type ColumnType = 'number' | 'boolean' | 'string' | 'date' | 'bytes' | 'bigint' | 'float32array' | 'float64array' | 'list' | 'struct' | 'json' | 'any' | 'null';

/** Options of {@link CheckpointManager.compact}. */
export declare interface CompactOptions extends DedupeOptions {
  /** The largest part of a file of the pool that may be of no use. @default 0.5 */ maxGarbage?: number;
  /** The most files that a checkpoint may refer to. @default 8 */ maxHolders?: number;
}

/** What a value of type `V` compares with: numbers with bigints, lists also by their elements, all with null, which a missing key
 * equals. */
export declare type Comparable<V> = unknown extends V ? unknown : V extends number | bigint ? number | bigint : V extends Float32Array | Float64Array ? V | number | bigint : V extends readonly (infer E)[] ? V | Comparable<E> : V | null | undefined;
/** The Python programs whose files can be written and read as they do. */
export declare type Compat = 'docetl' | 'kura';
/** What makes the rows of a step. */
export declare type Compute<T extends RowLike> = () => Iterable<T> | AsyncIterable<T> | Promise<Iterable<T> | AsyncIterable<T>>;
/** The conditions on one value. All must hold. */
export declare interface Conditions<V = unknown> {
  /** Equal: see {@link Where}. */ $eq?: V;
  /** Not equal, or no such key. */ $ne?: V;
  /** Greater than a number, bigint, string, date or boolean. A value of another type is neither greater nor less. */ $gt?: V;
  $gte?: V;
  $lt?: V;
  $lte?: V;
  /** Equal to one of these. */ $in?: readonly V[];
  /** Equal to none of these. */ $nin?: readonly V[];
  /** Whether the row has the key, whatever its value. */ $exists?: boolean;
  /** The opposite of other conditions. */ $not?: Conditions<V>;
}
/** What of a row must be the same for its results to count: all of it, some columns or paths, all but some, or what a function gives. */
export declare type ContentOption<T extends RowLike = Row> = 'all' | readonly string[] | { ignore: readonly string[] } | ((row: T) => unknown);
/** Options of `count`. */
export declare type CountOptions<T extends RowLike = Row> = Pick<ReadOptions<T>, 'where' | 'unknownColumns' | 'threads' | 'signal'>;
/** Starts a checkpoint whose rows come bit by bit: `append` them and `close`. Row groups are written as they fill, and some thousand
 * rows are held; with `compat` all are, until `close`. Nothing is visible under the name before `close`. @throws `CheckpointError` for
 * the call; `append` and `close` throw what is wrong with the file system */
export declare function createCheckpoint<T extends RowLike = RowLike>(path: string, options?: FileWriteOptions): Promise<CheckpointWriter<T>>;
/** Milliseconds since 1970 UTC. */
export declare interface DateColumn extends Column { readonly kind: 'date'; readonly values: Float64Array; }
/** Options of {@link CheckpointManager.dedupe}. */
export declare interface DedupeOptions extends Pick<WriteOptions, 'signal'> {
  /** Change nothing; tell what would be done. @default false */ dryRun?: boolean;
  /** Called as rows are written and compared. */ onProgress?: (progress: RewriteProgress) => void;
}

/** What a thin checkpoint shares with others: docs/deltas.md. */
export declare interface DeltaInfo {
  /** Of the file. */ ownBytes: number;
  /** How many more it would have if it were whole, about. */ sharedBytes: number;
  /** Rows of which a value is in another file, and the others. */ rows: { own: number; shared: number };
  /** The files that it refers to. `path`: where each was saved, from the folder of the pool; `step` and `operation` of a manager's, else
   * null. Without one that is not `present`, the columns that refer to it cannot be read. */
  holders: { id: string; path: string; step: string | null; operation: string | null; bytes: number; present: boolean }[];
  /** For each column that refers to others: rows whose value is there, and the others. */ columns: Record<string, {
    shared: number; own: number;
  }>;
}
/** The text of row `i` of the chunk is `dictionary[codes[i]]`. */
export declare interface DictionaryChunk { readonly length: number; readonly codes: Uint32Array; readonly dictionary: readonly string[]; }
/** What changes from one schema, or the `info` of a checkpoint, to a newer one. Where all is `compatible`, rows saved under the first
 * can be loaded with the second.
 * An info has the types of columns, not whether values may be null or missing, nor the keys of structs: these are not compared then. A
 * bigint column in an info is an int64, like one of integers.
 * @throws `ERR_CKPT_INVALID_ARGUMENT` for a schema whose columns cannot be read, and for the info of a JSON checkpoint */
export declare function diffSchema(first: SchemaSource, second: SchemaSource): SchemaDiff;

/** Named checkpoints in one directory, in Kura's layout. Names may be any non-empty strings; `summaries`, `summaries.jsonl` and
 * `summaries.parquet` are one. All methods reject with a `CheckpointError`, or with `signal.reason` after an abort. docs/kura.md. */
declare abstract class DirectoryCheckpointManager implements KuraCheckpointManager {
  #private;
  /** The directory or URL that was given; the first save makes it. */ readonly directory: string;
  /** False: nothing is saved, loaded, listed or deleted. */ readonly enabled: boolean;
  saveCheckpoint<T extends RowLike = RowLike>(name: string, rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>, options?: WriteOptions): Promise<string | null>;
  loadCheckpoint<S extends StandardSchemaV1>(name: string, schema: S, options?: KuraLoadOptions): Promise<StandardSchemaV1.InferOutput<S>[] | null>;
  loadCheckpoint<T extends RowLike = Row>(name: string, schema?: CheckpointSchema, options?: NoInfer<KuraLoadOptions<T>>): Promise<T[] | null>;
  listCheckpoints(): Promise<string[]>; deleteCheckpoint(name: string): Promise<boolean>; getCheckpointPath(name: string): Promise<string>;
  getCheckpointInfo(name: string): Promise<KuraCheckpointInfo | null>; getStats(): Promise<KuraManagerStats>;
}
/** Every code a {@link CheckpointError} can carry: docs/errors.md. The core's list is a subset. */
export declare const ERROR_CODES: readonly CheckpointErrorCode[];
/** What becomes of keys that a schema does not name. */
export declare type ExtraKeys = 'keep' | 'drop' | 'refuse';
/** A row of a `map` that failed, as it is recorded beside the results. */
export declare interface FailureRecord {
  key: RowKey;
  /** Of the operation, as the results have it; null for none. */ hash: string | null;
  /** The name of the error that was thrown: `TypeError`; of another value its type. */ name: string;
  /** Its message as it was, cut at 1000 characters. */ message: string;
  /** Its `code`, if it had one. */ code: string | null;
  /** How often the function was called for it in the run that recorded it. */ attempts: number;
  /** When it failed. */ time: Date;
}

/** What a call of one file, or a manager, takes for a URL. */
export declare interface FileBucketOptions {
  /** How the bucket of a URL is reached: an endpoint, credentials and the like, or a driver of your own. docs/buckets.md. */
  bucket?: Bucket | BucketOptions;
}

/** When a save to a URL makes the object. */
export declare interface FileConditions {
  /** For URLs: only if there is no such object; else it is `ERR_CKPT_CONDITION`. @default false */ ifAbsent?: boolean;
  /** For URLs: only if the object is still the one whose `info.etag` this is; else it is `ERR_CKPT_CONDITION`. @default any */
  ifMatch?: string;
}

/** Options of a load of one file: `readCheckpoint`. */
export declare interface FileReadOptions<T extends RowLike = Row> extends ReadOptions<T>, FileBucketOptions {
}

/** Options of a save to one file: `writeCheckpoint`, `createCheckpoint`. */
export declare interface FileWriteOptions extends WriteOptions, FileBucketOptions, FileConditions {
}

/** Options of {@link CheckpointManager.forget}: `keys`, `where`, or both, and then both must hold. */
export declare interface ForgetOptions<T extends RowLike = Row> {
  /** The keys of rows of the input, as the `map` had them. @default any */ keys?: readonly RowKey[];
  /** Rows of the input of which a result is like this: the `where` of a load. @default any */ where?: Where<T>;
  /** Only results that were made with this hash. @default any */ hash?: string;
}
/** A service account of Google, as its JSON key file has it. */
export declare interface GoogleServiceAccount { client_email: string; private_key: string; }
/** The hash of an operation: 64 hexadecimal digits of SHA-256, the same in every process and on every machine.
 * Hashes are chained as in DocETL: with the hash of the operation before as `upstream`, a change anywhere before reaches all that
 * follow. Unlike DocETL's hash, which is another number, it covers the contents of files and not their paths.
 * @throws `ERR_CKPT_UNSUPPORTED_VALUE` for a function or a class instance in `config`; what reading the input throws */
export declare function hashOperation(parts: OperationParts): Promise<string>;

/** What a `map` of these rows would do. */
export declare interface IncrementalPlan<T extends RowLike = Row> {
  /** Rows that no earlier run has met. */ new: T[];
  /** Rows that an earlier run has met with other content, or under another hash: they would be computed again. */ changed: T[];
  /** Rows whose results are there: in the checkpoint, in batches of a run that was interrupted, or among kept results. */ unchanged: T[];
  /** The keys of rows of the checkpoint that are not in the input any more. */ removed: RowKey[];
  /** The checkpoint that is there was made with another hash: all is computed again. */ hashChanged: boolean;
  /** With the option `cost`: its sum over the rows that would be computed, new and changed ones. */ cost?: number;
}

/** The schema of rows: what {@link writeCheckpoint} without a schema makes of each column, and why. It looks at all rows with the same
 * code, in chunks of the same size (a save may take smaller ones where texts are long), and takes as long as a save, on the main thread
 * without a turn of the event loop. Nothing is written.
 * ```ts
 * inferSchema([{ id: 1, tags: ['a'] }, { id: 2.5 }]).columns;
 * // [{ name: 'id', type: 'number', stored: 'double', ... },
 * //  { name: 'tags', type: 'list', optional: true, element: { type: 'string', ... } }]
 * ```
 * The result can be the `schema` of saves and loads. It asks for the types that most values have: rows with `irregular` values do not
 * fit it. @throws `ERR_CKPT_ROWS_NOT_ITERABLE`, `ERR_CKPT_ROW_NOT_OBJECT`, `ERR_CKPT_UNSUPPORTED_VALUE`, `ERR_CKPT_TOO_DEEP` as a save */
export declare function inferSchema<T extends RowLike = RowLike>(rows: Iterable<NoInfer<T>>): CheckpointSchema;
/** True for a {@link CheckpointError} of any copy of this package and of any realm. */
export declare function isCheckpointError(error: unknown): error is CheckpointError;
/** A job that a provider has accepted. */
export declare interface Job {
  /** Our own name of it: 32 hexadecimal digits. */ readonly jobKey: string;
  /** The provider's. */ readonly id: string;
  /** Its requests. */ readonly rows: number;
  readonly createdAt: Date;
}

/** What the functions of a {@link JobProvider} get beside what they work on. */
export declare interface JobContext {
  /** Aborted when nobody waits for the answer any more, or `timeout` is over. Pass it on to `fetch`. */ readonly signal: AbortSignal;
}

/** What is known of a job that is not done with. */
export declare interface JobInfo {
  /** Our own name of it, which the provider got as metadata. */ jobKey: string;
  /** The provider's id; null if the process was ended before it came. */ id: string | null;
  hash: string | null;
  /** Rows whose results are not used yet. */ rows: number;
  /** `intent`: it is not known whether the provider has it. `fetched`: its results wait for their rows to come back to the input. */
  state: 'intent' | 'submitted' | 'cancelled' | 'fetched'; createdAt: Date;
}

/** How a provider's batch jobs are used. All functions may be async. */
export declare interface JobProvider<In extends RowLike = Row, Out extends RowLike = Row, Value = unknown> {
  /** Hands the rows in as one job; gives the provider's id of it. Pass `jobKey` on as metadata, for `find`. */
  submit(rows: readonly JobRow<In>[], context: JobContext & {
    readonly jobKey: string;
  }): string | Promise<string>;
  /** The id of the job with this key; null where the provider has none. */
  find?(jobKey: string, context: JobContext): string | null | undefined | Promise<string | null | undefined>;
  /** What has become of a job: its state, alone or with more. */
  poll(job: Job, context: JobContext): JobState | JobStatus | Promise<JobState | JobStatus>;
  /** The results of a job that is done, has expired or was cancelled, in any order. A request without one has failed. */
  fetch(job: Job, context: JobContext): Iterable<JobResult<Value>> | AsyncIterable<JobResult<Value>> | Promise<Iterable<JobResult<Value>> | AsyncIterable<JobResult<Value>>>;
  /** What a result makes of its row. Without it, the value is what the function of a `map` returns. It must cost nothing. */
  output?(value: Value, row: In): MapOutput<Out> | Promise<MapOutput<Out>>;
  /** Ends a job before it is done. */ cancel?(job: Job, context: JobContext): unknown;
}

/** The result of one request: a value, or why there is none. */
export declare type JobResult<Value = unknown> = { customId: string; value: Value; error?: undefined } | {
  customId: string; value?: undefined; error: unknown;
};

/** A row of a job: a request in the provider's file. */
export declare interface JobRow<In extends RowLike = Row> {
  /** What the provider's result names it by: up to 24 letters, digits and `-`, unlike those of all other jobs. */
  readonly customId: string; readonly key: RowKey; readonly row: In;
}
/** The state of a job. `failed`: the provider has no results of it. `expired`, `cancelled`: it may have some. */
export declare type JobState = 'queued' | 'running' | 'done' | 'failed' | 'expired' | 'cancelled';
/** What a provider says of a job. */
export declare interface JobStatus {
  state: JobState;
  /** Requests that are done. */ completed?: number;
  /** Why it has failed. */ error?: unknown;
}

/** Named checkpoints as JSON lines, a row a line: `<directory>/<name>.jsonl`. Kura's default, and readable by any tool for text. */
export declare class JsonlCheckpointManager extends DirectoryCheckpointManager {
  constructor(directory: string, options?: JsonlCheckpointManagerOptions);
}

/** Options of {@link JsonlCheckpointManager}. */
export declare interface JsonlCheckpointManagerOptions extends FileBucketOptions {
  /** `false`: nothing is saved, loaded, listed or deleted. @default true */ enabled?: boolean;
  /** Save lines that Kura's classes read, and refuse rows that they would not: see `compat` of a save. */ compat?: 'kura';
  /** Where the manager reports what it saved and loaded; `false` for nowhere. @default console */ logger?: Logger | false;
}

/** Where the key of a row is: a column, a path into objects (a key with dots, unless the row has that very key), or what a function
 * gives. */
export declare type KeyOption<T extends RowLike = Row> = (keyof T & string) | `${keyof T & string}.${string}` | ((row: T, index: number) => RowKey);

/** What is known of a checkpoint without loading its rows. */
export declare interface KuraCheckpointInfo extends CheckpointInfo {
  /** Without extension. */ name: string;
  /** When the file was written. */ modified: Date;
}

/** What the Kura managers do, and what {@link MultiCheckpointManager} needs of one. Names count with and without extension. */
export declare interface KuraCheckpointManager {
  readonly enabled: boolean;
  /** Where it keeps checkpoints, for messages. */ readonly directory: string;
  /** Saves rows, `[]` too; resolves with the path, or null when it is disabled. Until then the checkpoint before is intact. @throws
   * `ERR_CKPT_INVALID_ARGUMENT` for an empty or overlong name; what {@link writeCheckpoint} throws */
  saveCheckpoint<T extends RowLike = RowLike>(name: string, rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>, options?: WriteOptions): Promise<string | null>;
  /** Loads rows, as the schema makes them if there is one; null if there are none of the name, none with `options.hash`, or it is
   * disabled. @throws what {@link readCheckpoint} throws: null never stands for a checkpoint that is there but unreadable */
  loadCheckpoint(name: string, schema?: StandardSchemaV1 | CheckpointSchema, options?: KuraLoadOptions): Promise<Row[] | null>;
  /** The names, sorted, without extension: each loads. A warning names what is no checkpoint. */ listCheckpoints(): Promise<string[]>;
  /** Removes a checkpoint; resolves with whether there was one. */ deleteCheckpoint(name: string): Promise<boolean>;
  /** The path of a checkpoint, or where a save would put it. */ getCheckpointPath(name: string): Promise<string>;
  /** What is known of a checkpoint without loading it; null as of a load. */
  getCheckpointInfo(name: string): Promise<KuraCheckpointInfo | null>; getStats(): Promise<KuraManagerStats>;
}

/** Options of `loadCheckpoint` of the Kura managers. The schema is an argument of its own. */
export declare interface KuraLoadOptions<T extends RowLike = Row> extends Omit<ReadOptions<T>, 'schema'> {
  /** A checkpoint that was saved with another hash, or without one, counts as not there. @default any */ hash?: string;
  /** A JSONL file that ends in the middle of a line, as a killed program leaves it. `keep`: the rows before that line, with a warning
   * that names file and line. `refuse`: `ERR_CKPT_TRUNCATED`, as for a file without one whole row. @default 'keep' */
  torn?: 'keep' | 'refuse';
}

/** What a manager says of itself. */
export declare interface KuraManagerStats {
  /** The name of its class. */ type: string;
  enabled: boolean; directory: string;
  /** The number of checkpoints that it lists. */ checkpoints: number;
}

/** The most that a Parquet file may ask for; beyond it is `ERR_CKPT_LIMIT`, before memory is taken. The defaults are the most that the
 * reader bears, larger numbers count as these: set smaller ones for strangers. Text files take no more memory than they have bytes. */
export declare interface Limits {
  /** Size of the footer. @default 268435456 @unit bytes */ footerBytes?: number;
  /** Number of row groups. @default 1048576 */ rowGroups?: number;
  /** Nodes of the schema: columns, structs, lists and leaves together. @default 100000 */ columns?: number;
  /** Depth of the schema: 1 for plain columns, one more for each struct, two more for each list. @default 256 */ depth?: number;
  /** Size of one page once it is decompressed. @default 1073741824 @unit bytes */ pageBytes?: number;
  /** Size of all columns decoded: the footer's numbers, and with the native binary the blocks of a reading. Rows as objects take several
   * times as much. Streams are read in bounded memory without it; `readCheckpoint` holds all. @default no limit @unit bytes */
  decodedBytes?: number;
  /** How often its compressed size a column of a row group may have, beyond `pageBytes`. @default 10000 */ ratio?: number;
  /** Size of one text or one value of bytes, as stored: UTF-8. @default 1073741824 @unit bytes */ stringBytes?: number;
  /** Number of parts of a folder. The other limits are for each part. @default 16384 */ parts?: number;
}

/** The elements of row `i` of the chunk are those from `offsets[i]` to `offsets[i + 1]`. */
export declare interface ListChunk {
  readonly length: number;
  /** `length + 1` offsets in elements. */ readonly offsets: Uint32Array;
  /** The elements, where all of them are numbers; else null. */ readonly values: Float64Array | Float32Array | null;
}

/** Lists. Those of numbers are there as numbers. */
export declare interface ListColumn extends Column {
  readonly kind: 'list'; readonly chunks: readonly ListChunk[];
  /** The numbers of row `index` without a copy, floats where the file has floats (every number of the column is one exactly). Undefined
   * for no list, or one that is not of numbers only. */ view(index: number): Float64Array | Float32Array | undefined;
}
/** A value that `values` may list. */
export declare type Literal = string | number | boolean | bigint;
/** Options of {@link CheckpointManager.loadCheckpoint}. */
export declare interface LoadOptions<T extends RowLike = Row> extends ReadOptions<T> {
  /** A checkpoint that was saved with another hash, or without one, counts as not there. @default any */ hash?: string;
}
/** See {@link MultiCheckpointManagerOptions}. */
export declare type LoadStrategy = 'first_found' | 'priority';
/** Where a manager reports what it did. `console` is a logger. */
export declare interface Logger {
  info(message: string): void; warn(message: string): void;
}

/** Options of {@link CheckpointManager.mapBatches}, beside those of a `map`. `timeout` and `retries` are of a call: what is made again
 * is the call, with the same rows. */
export declare interface MapBatchesOptions<T extends RowLike = Row> extends Omit<MapOptions<T>, 'usage'> {
  /** The most rows of a call, 1 to 100,000. @unit rows */ size: number;
  /** The most that `tokens` of the rows of a call may come to. A row that is larger by itself gets a call of its own. @default no limit */
  maxTokens?: number;
  /** How large a row is: tokens, characters, bytes. With `maxTokens`. */ tokens?: (row: T) => number;
  /** The most calls that are on their way at a time, 1 to 100,000. @default 8 @unit calls */ concurrency?: number | AdaptiveConcurrency;
  /** What a call has used, by the array that the function returned; otherwise as in a `map`. The rows of the call share that. @default
   * what `context.addUsage` told */ usage?: (entries: readonly any[], context: BatchContext) => Usage | null | undefined;
  /** How long rows wait for more of an input that comes slowly, until their call is made though it is not full. @default 100 @unit ms */
  linger?: number;
  /** What is done when a call fails: the function throws, takes too long, or returns no array with an entry for each row. @default
   * 'halve' */ onBatchError?: 'halve' | 'retry' | 'fail';
}

/** What the function of a `map` gets beside the row. */
export declare interface MapContext {
  /** The index of the row in the input. */ readonly index: number;
  /** 1 at first, 2 for the first retry. */ readonly attempt: number;
  /** Aborted when nobody wants the result any more, or its time is over. Pass it on to `fetch`. */ readonly signal: AbortSignal;
  /** Adds to what this row has used, at any time during the call: also what an attempt used that fails in the end. @throws
   * `ERR_CKPT_INVALID_ARGUMENT` for what is no usage */ readonly addUsage: (usage: Usage) => void;
}

/** What happens on the way of a `map`. */
export declare type MapEvent = 
/** The function threw, and the row, or the call of `mapBatches` that begins with it, is tried again after `delay` milliseconds. */
  { type: 'retry'; row: number; attempt: number; delay: number; error: unknown }
/** A service was overloaded: no call starts for `delay` milliseconds. `told`: those that it asked for, which may be more than an hour,
 * the most that a run waits. */ | { type: 'paused'; delay: number; told: number; error: unknown }
/** The run was asked to end: calls that are running have `drain` milliseconds. */ | { type: 'stopping'; drain: number }
/** A call of `mapBatches` failed: its rows, by their indexes, are called in halves. */
| { type: 'halved'; rows: readonly number[]; error: unknown }
/** A job of `mapJobs` was handed in, the provider says something new of it, or the run ends before it is done: then it was `cancelled`,
 * or is `left` to go on. */ | { type: 'job'; state: JobState | 'submitted' | 'left'; job: JobInfo; completed?: number }
/** A row has failed for good. */ | ({ type: 'failed' } & RowFailure)
/** Results are durable: of `rows` rows, in the batch file at `path`. */ | { type: 'flushed'; rows: number; path: string }
/** Small batch files, `files` of them, became the one at `path`. */ | { type: 'compacted'; files: number; path: string }
/** Results of `rows` rows are not in the checkpoint any more; `kept`: the folder that has them from now on, null for none. */
| { type: 'removed'; rows: number; kept: string | null }
/** A batch file or checkpoint cannot be read: its rows are computed again. */ | { type: 'damaged'; path: string; error: CheckpointError };
/** The function of a `map`: one row becomes one row, several, or none (`[]`, null, undefined). */
export declare type MapFunction<In extends RowLike, Out extends RowLike> = (row: In, context: MapContext) => MapOutput<Out> | Promise<MapOutput<Out>>;
/** What can be asked of a `map` or a `mapStream` while it runs. */
export declare interface MapHandle {
  /** How far it is, at this moment. */ readonly progress: MapProgress;
  /** The most rows that are being computed at a time, from now on: 1 to 100,000. Calls that are on their way go on. */
  setConcurrency(concurrency: number): void;
  /** Ends the run in order: no further call begins, no row is tried again, those on their way may end. What is finished is made durable,
   * and the run rejects with `ERR_CKPT_STOPPED`; if it had all results in the end, it resolves. A second call counts in place of the
   * first: `drain: 0` ends the wait. */ stop(options?: StopOptions): void;
}

/** One result of a running `map`: see {@link MapRun.unordered}. */
export declare interface MapItem<T extends RowLike = Row> {
  /** What the function returned; of several rows one, each in an item of its own. A copy: change it as you like. */ row: T;
  /** The key of the row of the input. */ key: RowKey;
  /** The index of the row of the input. */ index: number;
  /** An earlier run made it. */ resumed: boolean;
}

/** Options of {@link CheckpointManager.mapJobs}, beside those of a `map`. `timeout` is of each call of the provider's functions.
 * `retries` are of requests that failed, which go into a further job, and of jobs that were not accepted. */
export declare interface MapJobsOptions<T extends RowLike = Row> extends Omit<MapOptions<T>, 'concurrency' | 'rateLimit' | 'pauseFor' | 'workers' | 'usage' | 'budget'> {
  /** The most rows of a job, 1 to 100,000. @default 10000 @unit rows */ jobSize?: number;
  /** The most jobs that are with the provider at a time, 1 to 1000. @default 4 @unit jobs */ maxJobs?: number;
  /** How often a job is looked at: ms, or from `min` to `max`. @default { min: 5000, max: 60000 } @unit ms */
  pollEvery?: number | PollInterval;
  /** What is done if nobody knows whether a job was accepted, since the process was killed or the connection broke, and there is no
   * `find`. @default 'throw' */ uncertain?: 'throw' | 'resubmit';
  /** Whether jobs are cancelled at the provider when the run ends early, by an abort, a stop or an error. @default false */
  cancel?: boolean;
}

/** A `map` that runs, or that ended before its checkpoint was saved: what its batches hold. */
export declare interface MapListing {
  step: string; operation: string;
  /** Null: the map has none. */ hash: string | null;
  /** `running`: somebody works on the operation, and these are its newest batches. */ state: 'running' | 'interrupted';
  /** Rows of the input whose results the batches hold. */ rows: number;
  /** Rows that failed, and have no results since: see {@link CheckpointManager.failures}. */ failed: number;
  /** What was used for these results, as far as the map told. */ usage: UsageTotals;
  batches: number;
  /** Of all batch files. */ bytes: number;
  /** When the newest batch was written. */ modified: Date;
}

/** Options of {@link CheckpointManager.map}. The options of compression, metadata and row groups apply to its final checkpoint. So does
 * `fixedColumns`; a result that has no place in those columns fails its row. */
export declare interface MapOptions<T extends RowLike = Row, Out extends RowLike = any> extends Pick<WriteOptions, 'compression' | 'compressionLevel' | 'rowGroupRows' | 'pages' | 'base' | 'share' | 'metadata' | 'fixedColumns' | 'signal'> {
  /** What identifies a row: a column, a path (`meta.id`), or a function that makes the key. `1` and `'1'` are two keys. */
  key: KeyOption<T>;
  /** What of a row is compared with the row that its results were made from. @default 'all' */ content?: ContentOption<T>;
  /** The hash of the operation: see {@link hashOperation}. It need not cover the rows. */ hash?: string;
  /** The most rows that are being computed at a time, 1 to 100,000; or between which numbers to find that out. @default 8 @unit rows */
  concurrency?: number | AdaptiveConcurrency;
  /** The most calls in any stretch of time: see {@link RateLimitOptions}. @default none */ rateLimit?: RateLimitOptions<T>;
  /** For how long all calls wait after an error, in ms; undefined, null or false for not at all. @default what the service says */
  pauseFor?: false | ((error: unknown) => number | false | null | undefined);
  /** The most finished rows that are not durable yet, 1 to 1,000,000: a crash loses no more. @default 32768 @unit rows */
  batchSize?: number;
  /** The longest time that a finished row waits before it is made durable; 0 for at once. @default 1000 @unit ms */ flushEvery?: number;
  /** What each row that the function returns must be; one that does not fit fails its row. @default none */
  schema?: StandardSchemaV1 | CheckpointSchema;
  /** How many times a row is tried again when the function throws, or how. @default 0 */ retries?: number | RetryOptions;
  /** The longest time of one attempt; then the row has failed with `ERR_CKPT_TIMEOUT`. @default no limit @unit ms */ timeout?: number;
  /** What a failed row does: `throw` ends the run, `collect` goes on without a checkpoint, `skip` goes on and leaves it out. @default
   * 'throw' */ onError?: OnError | ((failure: RowFailure) => OnError);
  /** Whether rows are called again that failed in an earlier run with this content and hash. @default true */
  retryFailed?: boolean | ((failure: FailureRecord) => boolean);
  /** What becomes of results that the checkpoint will not have: of rows that the input has no more, and of other hashes. @default 'keep' */
  removed?: 'keep' | 'drop';
  /** How long to wait for another process; then it is `ERR_CKPT_LOCKED`. @default 0 @unit ms */ lockWait?: number;
  /** `'shared'`: this call is one of several workers that compute the rows together, in other processes, threads or on other machines.
   * @default one call computes all rows, and others are refused */ workers?: 'shared';
  /** Called as rows are done, at most every 50 ms and once at the end. */ onProgress?: (progress: MapProgress) => void;
  /** Called for what happens on the way: see {@link MapEvent}. */ onEvent?: (event: MapEvent) => void;
  /** What the call for a row has used, by what the function returned: called for each attempt that returned a row or an array. */
  usage?: (result: MapOutput<Out>, context: MapContext) => Usage | null | undefined;
  /** What may be used at most. The run ends in order when no further call fits: `ERR_CKPT_BUDGET`. @default no limit */ budget?: Budget;
  /** Results that were made longer ago are made again. @default no limit @unit ms */ maxAge?: number;
  /** Shows a progress bar on stderr if that is a terminal. @default false */ progressBar?: boolean;
}

export declare type MapOutput<Out extends RowLike> = Out | readonly Out[] | null | undefined | void;

/** How far a `map` is: `rows` of the input are done, that is resumed, computed or failed. */
export declare interface MapProgress extends Progress, Pick<MapSummary, 'calls' | 'usage'> {
  /** Of the rows that are done, those whose results an earlier run made. */ resumed: number;
  /** Of the rows that are done, those whose results this run made. */ computed: number;
  /** Of the rows that are done, those that failed after all retries. */ failed: number;
  /** The most rows that are being computed at a time, as it is now. */ concurrency: number;
  /** Until when no call starts, because a service says so or the rate limit is reached; undefined: calls may start. */
  pausedUntil: Date | undefined;
  /** Rows a second that this run computed, over its last seconds; 0 at first. */ rate: number;
  /** Seconds that the rest will take at that rate; undefined where that is not known. */ secondsLeft: number | undefined;
}
/** What a `map` gives. */
export declare interface MapResult<T extends RowLike = Row> extends MapSummary { /** The results in the order of the input. */ rows: T[]; }
/** A `map` on its way: a promise of its result, and a handle. */
export declare interface MapRun<T extends RowLike = Row> extends Promise<MapResult<T>>, MapHandle {
  /** Copies of the results that are there, in the order of the input: of rows that are done, of earlier runs as far as they were read. */
  results(): T[];
  /** All results as they come, whenever it is called: first those that are there, in the order of the input. A row of the input that
   * gives several results gives as many items, one that gives none or fails gives none. Leaving the loop does not end the run, and a
   * slow reader does not hold it back. At its end the loop ends, or throws what the run rejects with; then the promise need not be
   * awaited as well. */ unordered(): AsyncGenerator<MapItem<T>, void, undefined>;
}

/** A `mapStream` on its way: a generator of its results, and a handle. */
export declare interface MapStream<T extends RowLike = Row> extends AsyncGenerator<T, MapSummary, undefined>, MapHandle {
}

/** What a `map` did. */
export declare interface MapSummary {
  /** Rows of the input. */ input: number;
  /** Rows whose results were there already. */ resumed: number;
  /** Rows whose results this run made. */ computed: number;
  /** Rows of the checkpoint before that the input has no more. */ removed: number;
  /** How often the function was called, retries among them. */ calls: number;
  /** What `usage` and `context.addUsage` told; without them the calls alone. */ usage: MapUsage;
  /** Rows that failed and did not end the run: see `onError`. If one of them was collected, no checkpoint was saved, and the other
   * results wait; if all were skipped, the checkpoint is without them. */ failed: RowFailure[];
  /** The path of the final checkpoint; null where none was saved. */ path: string | null;
}

/** What a `map` used. */
export declare interface MapUsage {
  /** In this run, by rows that failed, too. */ run: UsageTotals;
  /** That, and what earlier runs used for the results that are kept with this hash. */ total: UsageTotals;
}

/** Options of {@link CheckpointManager.materialize}. */
export declare interface MaterializeOptions extends Pick<WriteOptions, 'signal' | 'onProgress'> {
  /** Where to write it. @default in its place */ to?: string;
}

/** Options of {@link CheckpointManager.migrateJsonToArrow}. */
export declare interface MigrateCheckpointOptions {
  /** Leave the JSON file beside the Parquet file, which counts from then on: it is newer. @default true */ keepJson?: boolean;
  /** Aborts with `signal.reason`. What is done stays; a file that is half done leaves nothing. */ signal?: AbortSignal;
}

/** Makes Parquet of every JSON checkpoint and batch in a directory of DocETL's layout. Each file is written beside its JSON, read back
 * and compared row by row before it gets its name; then, with `keepJson: false`, the JSON goes. What an earlier run has done is not
 * done again. A file that fails is reported, and the rest goes on. */
export declare function migrateDirectory(directory: string, given?: MigrationOptions): AsyncGenerator<MigrationOutcome, void, undefined>;

/** Options of a migration. */
export declare interface MigrationOptions extends Pick<MigrateCheckpointOptions, 'keepJson'>, Pick<WriteOptions, 'compression' | 'compressionLevel' | 'rowGroupRows' | 'signal'> {
  /** Change nothing; measure how large the Parquet files would be. @default false */ dryRun?: boolean;
  /** Called as rows are written and compared. */ onProgress?: (progress: MigrationProgress) => void;
}

/** What became of one JSON file. */
export declare interface MigrationOutcome {
  /** The JSON file. */ source: string;
  /** The Parquet file beside it. */ target: string;
  /** Null for a batch. */ step: string | null;
  operation: string;
  /** The index of a batch, else null. */ batch: number | null;
  /** `already`: an earlier run made the Parquet file. `planned`: a dry run. `failed`: see `error`; nothing has changed. */
  status: 'migrated' | 'already' | 'planned' | 'failed'; rows: number; jsonBytes: number;
  /** Of the Parquet file, in a dry run as it was measured; null if it failed. */ arrowBytes: number | null;
  /** Whether the JSON file was removed. */ deleted: boolean;
  error?: unknown;
}

/** What `onProgress` of {@link migrateDirectory} gets; the rows are those of `file`, written, then compared. */
export declare interface MigrationProgress extends Progress {
  /** The JSON file that is being migrated. */ file: string;
  /** Files that are dealt with. */ filesDone: number;
  /** Files in all. */ files: number;
  /** @deprecated `filesDone` */ readonly done: number;
  /** @deprecated `files` */ readonly total: number;
}

/** Named checkpoints in several managers at once, so that one that is damaged or out of reach loses nothing: docs/kura.md. They keep
 * their order; one that fails is reported with a warning. An error of the call, its rows or its schema is thrown at once: every manager
 * would give it. Where all fail the error has the code of the first, and all errors in its `cause`, an `AggregateError`. */
export declare class MultiCheckpointManager implements KuraCheckpointManager {
  #private; readonly saveStrategy: SaveStrategy; readonly loadStrategy: LoadStrategy; readonly heal: boolean;
  constructor(managers: readonly KuraCheckpointManager[], options?: MultiCheckpointManagerOptions);
  /** The managers, in their order. */ get managers(): readonly KuraCheckpointManager[];
  /** Whether any of the managers is enabled now. */ get enabled(): boolean;
  /** The directory of the primary manager: the first that is enabled. */ get directory(): string;
  /** Saves rows as `saveStrategy` says; resolves with the path in the first manager that took them, or null when none is enabled. For
   * more than one manager an iterable is held as an array. @throws when all managers fail */
  saveCheckpoint<T extends RowLike = RowLike>(name: string, rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>, options?: WriteOptions): Promise<string | null>;
  /** Loads rows as `loadStrategy` says; null when no manager has them. A torn JSONL file counts as damaged while another manager has the
   * checkpoint whole. @throws when all managers that have it fail */
  loadCheckpoint<S extends StandardSchemaV1>(name: string, schema: S, options?: KuraLoadOptions): Promise<StandardSchemaV1.InferOutput<S>[] | null>;
  loadCheckpoint<T extends RowLike = Row>(name: string, schema?: CheckpointSchema, options?: NoInfer<KuraLoadOptions<T>>): Promise<T[] | null>;
  /** The names that any of the managers has, sorted, each once. @throws when all managers fail */ listCheckpoints(): Promise<string[]>;
  /** From all; whether any had it. @throws when one fails, after all were asked */ deleteCheckpoint(name: string): Promise<boolean>;
  /** Where the primary manager has a checkpoint, or would save it. */ getCheckpointPath(name: string): Promise<string>;
  /** From the first manager that can tell; null when none has it. @throws when all that have it fail */
  getCheckpointInfo(name: string): Promise<KuraCheckpointInfo | null>;
  /** The strategies, and what the managers say of themselves. */ getStats(): Promise<MultiManagerStats>;
}

/** Options of {@link MultiCheckpointManager}. */
export declare interface MultiCheckpointManagerOptions {
  /** `all_enabled`: a save goes to every enabled manager. `primary_only`: to the first enabled one, and to the next if that fails. A
   * manager that fails is reported with a warning, and its older checkpoint of the name is removed, so that no load finds it. The save
   * fails only if every manager fails. @default 'all_enabled' */ saveStrategy?: SaveStrategy;
  /** A load asks the enabled managers in order, until one has the checkpoint whole. One that fails is skipped with a warning; one
   * without the checkpoint silently with `first_found`, and with a warning if it is the first with `priority`. The load fails only if
   * every manager that has the checkpoint fails. @default 'first_found' */ loadStrategy?: LoadStrategy;
  /** A load also saves the checkpoint where it was damaged or missing. @default false */ heal?: boolean;
  /** Where the manager reports what failed and what it healed. @default console */ logger?: Logger | false;
}

/** What {@link MultiCheckpointManager} says of itself. */
export declare interface MultiManagerStats extends KuraManagerStats {
  saveStrategy: SaveStrategy; loadStrategy: LoadStrategy; heal: boolean;
  /** In their order, disabled ones too. */ managers: KuraManagerStats[];
}

/** What is known of a checkpoint of a manager without loading its rows. */
export declare interface NamedCheckpointInfo extends CheckpointInfo {
  step: string; operation: string;
  /** When the file was written. */ modified: Date;
  /** All files of the checkpoint, the newest first: it may be there as Parquet and as JSON. */ files: StoredFile[];
}
/** `values[i]` is the number of row `i`, anything where `validity[i]` is 0: also for bigints beyond the safe integers. */
export declare interface NumberColumn extends Column { readonly kind: 'number'; readonly values: Float64Array; }
/** What a row that failed does to the run. */
export declare type OnError = 'throw' | 'collect' | 'skip';
/** Opens a checkpoint, or a file of another writer, to read parts of it or to stream it. Close it afterwards; `await using` does.
 * @throws what {@link readCheckpoint} throws for the file and the call. Of a URL only what is read is fetched, once, and kept until it
 * is closed */
export declare function openCheckpoint<T extends RowLike = Row>(path: string, options?: OpenCheckpointOptions): Promise<CheckpointReader<T>>;

/** Options of `openCheckpoint`: they hold for all readings of the file. */
export declare interface OpenCheckpointOptions extends Pick<ReadOptions, 'verify' | 'limits' | 'text' | 'duplicateColumns' | 'compat' | 'signal'>, FileBucketOptions {
}

/** What the results of an operation depend on. */
export declare interface OperationParts {
  /** The configuration: prompt, model, schema, ... Plain data. */ config?: unknown;
  /** Code whose change makes results stale. */ code?: Code | readonly Code[];
  /** The input: rows, or the bytes of files, whatever their names. */
  input?: Iterable<RowLike> | AsyncIterable<RowLike> | { file: string | readonly string[] };
  /** The hashes of the operations whose results this one works on. */ upstream?: string | readonly string[];
}

/** Named checkpoints as Parquet: `<directory>/<name>.parquet`, those of Kura's own ParquetCheckpointManager too. Without the native
 * binary it saves `<name>.json`, and still reads Parquet. */
export declare class ParquetCheckpointManager extends DirectoryCheckpointManager {
  constructor(directory: string, options?: ParquetCheckpointManagerOptions);
}

/** Options of {@link ParquetCheckpointManager}. The options of compression and row groups are the defaults of its saves. */
export declare interface ParquetCheckpointManagerOptions extends Omit<JsonlCheckpointManagerOptions, 'compat'>, Pick<WriteOptions, 'compressionLevel' | 'rowGroupRows' | 'pages'> {
  /** The default is Kura's. @default 'snappy' */ compression?: Codec;
  /** Save Parquet that Kura's own manager reads: see `compat` of a save. */ compat?: 'kura';
}
/** Options of {@link CheckpointManager.loadPartialResults}. */
export declare interface PartialOptions { /** Only results that were made with this hash. @default any */ hash?: string; }
/** The results of an operation so far. */
export declare interface PartialResults<T extends RowLike = Row> {
  /** The results of the checkpoint in its order, then those of batches, which are newer and replace it row by row. */ rows: T[];
  /** How many rows of the input these are the results of. Undefined if no `map` made the checkpoint. */ inputRows: number | undefined;
  /** The batches have results that the checkpoint lacks: a `map` runs or was interrupted, and more may come. */ isPartial: boolean;
}

/** Options of {@link CheckpointManager.planIncremental}. */
export declare interface PlanOptions<T extends RowLike = Row> {
  /** What identifies a row, as in the `map`. */ key: KeyOption<T>;
  /** What of a row is compared, as in the `map`. @default 'all' */ content?: ContentOption<T>;
  /** The hash of the operation, as in the `map`. */ hash?: string;
  /** Results that were made longer ago count as changed, as in the `map`. @default no limit @unit ms */ maxAge?: number;
  /** What the call for a row will cost, as far as that can be known before: for `cost` of the plan. */ cost?: (row: T) => number;
}

/** How long is waited between two looks at a job: `min` at first, then twice as long each time. */
export declare interface PollInterval {
  /** @unit ms */ min: number;
  /** @unit ms */ max: number;
}

/** What `onProgress` of a running save or load gets. */
export declare interface Progress {
  /** Rows handed over so far. */ rows: number;
  /** Rows in all, where that is known (an array, a file); else undefined. */ totalRows: number | undefined;
  /** Of a URL: the bytes that were sent or received so far, while no row is handed over; else undefined. */ bytes?: number;
}

/** How many calls a service takes in a time. */
export declare interface RateLimitOptions<T extends RowLike = Row> {
  /** The most calls that reach the service in any `interval`, retries among them: from 1 on. */ requests: number;
  /** The most of what `cost` counts, in any `interval`. Needs `cost`. @default no limit */ tokens?: number;
  /** Any stretch of time of this length. @unit ms */ interval: number;
  /** How many of the `tokens` a call for this row takes, at most: from 0 to `tokens`. Called once a row. */ cost?: (row: T) => number;
}

/** Loads all rows of a checkpoint: exactly those that were saved, or what `schema` makes of them. Also opens Parquet files of other
 * writers, JSON arrays of objects, and a JSON object a line in files named `.jsonl` or `.ndjson`; Parquet and JSON are known by their
 * contents.
 * @throws `ERR_CKPT_NOT_FOUND`, `ERR_CKPT_NOT_A_FILE`, `ERR_CKPT_NOT_A_CHECKPOINT`, `ERR_CKPT_TRUNCATED`, `ERR_CKPT_CORRUPT`,
 * `ERR_CKPT_UNSUPPORTED_FILE`, `ERR_CKPT_FORMAT_VERSION`, `ERR_CKPT_LIMIT` for the file; `ERR_CKPT_UNKNOWN_COLUMN`, `ERR_CKPT_SCHEMA`;
 * those of the call and the file system as {@link writeCheckpoint}; for a URL those of docs/errors.md, Buckets. What a schema throws is
 * passed on. */
export declare function readCheckpoint<S extends StandardSchemaV1>(path: string, options: FileReadOptions & { schema: S }): Promise<StandardSchemaV1.InferOutput<S>[]>;

export declare function readCheckpoint<T extends RowLike = Row>(path: string, options?: NoInfer<FileReadOptions<T>>): Promise<T[]>;

/** Options of every load. */
export declare interface ReadOptions<T extends RowLike = Row> {
  /** Keys to load, and paths into objects (`metadata.source`). Others are not read. @default all */ columns?: readonly string[];
  /** Which rows to load. The conditions see the rows as they were saved, before `schema`. @default all */ where?: Where<T>;
  /** A name that no row has: `error` is `ERR_CKPT_UNKNOWN_COLUMN`, `missing` a missing key. @default an error in `columns`, a missing
   * key in `where` */ unknownColumns?: 'error' | 'missing';
  /** How many of the rows that `where` selects to skip, 0 or more. @default 0 @unit rows */ offset?: number;
  /** The most rows to load. A schema checks only these, and counts its violations from 0. @default all @unit rows */ limit?: number;
  /** What the rows must be. The load returns what the schema makes of them: with defaults and transforms, without keys that it does not
   * name, which are not even decoded where it says its columns. If a row does not fit, it is `ERR_CKPT_SCHEMA`. */
  schema?: StandardSchemaV1 | CheckpointSchema;
  /** Columns that the schema does not name: `keep` them, or `drop` them before the schema looks. The columns must be readable from the
   * schema. @default as the schema says: `z.object` and a CheckpointSchema drop, `z.looseObject` keeps, `z.strictObject` refuses */
  extraColumns?: 'keep' | 'drop';
  /** This Python program wrote the file: give the rows that it was given. */ compat?: Compat;
  /** Compare the checksums of what is read with those in the file. @default true */ verify?: boolean;
  /** Texts in Parquet files of other writers. `strict`: a text that is not UTF-8 is `ERR_CKPT_UNSUPPORTED_FILE`. `lossy`: bytes that are
   * not UTF-8 become U+FFFD. `bytes`: every text is a `Uint8Array`. No effect on checkpoints and text files. @default 'strict' */
  text?: 'strict' | 'lossy' | 'bytes';
  /** Columns, or fields of a struct, that share a name in Parquet files of other writers. `refuse`: `ERR_CKPT_UNSUPPORTED_FILE`.
   * `rename`: the second `a` is `a_1`, or the next free name. @default 'refuse' */ duplicateColumns?: 'refuse' | 'rename';
  /** The most that a Parquet file may ask for. @default the most that the reader bears */ limits?: Limits;
  /** Threads that decode, 1 to 64. @default the cores, at most 4 @unit threads */ threads?: number;
  /** Aborts the load: it rejects with `signal.reason`. */ signal?: AbortSignal;
  /** Called as rows are loaded, at most every 50 ms and once at the end. */ onProgress?: (progress: Progress) => void;
}

/** How long a service wants to be left alone: the milliseconds that an answer or an error says, at most an hour, or undefined if it says
 * nothing of the kind. It looks at responses of fetch, and at errors of openai, @anthropic-ai/sdk, ai, axios, got, undici, gaxios and
 * Google's SDKs, also where they are the `cause` of another: status 408, 425, 429, 503, 529 or another of 500 and above with
 * `Retry-After` (seconds or a date), `retry-after-ms`, `x-ratelimit-reset-*`, `ratelimit-reset`, `anthropic-ratelimit-*-reset` or
 * Google's `retryDelay`. A date counts by the clock of the service, if it says its time (`Date`). One that is past is a second. */
export declare function retryAfter(error: unknown): number | undefined;

/** How a row that failed is tried again. */
export declare interface RetryOptions {
  /** How many times, after the first attempt: 0 to 1000. */ times: number;
  /** The wait before the first retry; each further one is twice as long. @default 500, or `maxDelay` if that is less @unit ms */
  minDelay?: number;
  /** The longest wait. @default 30000, or `minDelay` if that is more @unit ms */ maxDelay?: number;
  /** Decides by what was thrown. False, null, undefined and `''`: do not try again. True: try again after the usual wait. A number from
   * 0 to 2147483647: wait that many ms (`Retry-After` of a server). Anything else, a promise too, fails the row with
   * `ERR_CKPT_INVALID_OPTION` as its cause. @default always true */
  retryIf?: (error: unknown, attempt: number) => boolean | number | null | undefined;
  /** Whether a call counts as failed, and is made again, whose results are refused: they do not fit the `schema`, or are no rows.
   * @default false */ badResults?: boolean;
}
/** The rows are those of `file`, written, then compared. */
export declare interface RewriteProgress extends Progress { file: string; filesDone: number; files: number; }
/** What {@link CheckpointManager.dedupe} or `compact` did. `freedBytes`: of the pool, by the next `sweep`. */
export declare interface RewriteResult {
  checkpoints: RewrittenCheckpoint[]; bytesBefore: number; bytesAfter: number | null; freedBytes: number; dryRun: boolean;
}

/** What became of a checkpoint, or would: `thin` or `whole` now, `planned` and null where a dry run does not know, else as it was. */
export declare interface RewrittenCheckpoint {
  step: string; operation: string; path: string; status: 'thin' | 'whole' | 'planned' | 'kept' | 'failed'; bytesBefore: number;
  bytesAfter: number | null; error?: unknown;
}

/** A row: a plain object. Its own enumerable string keys are the columns; symbol keys are not stored. Values may be what
 * `JSON.stringify` keeps, and `undefined`, every number (`-0`, `NaN`, the infinities), `bigint`, `Date`, `Uint8Array` (and `Buffer`,
 * which comes back as one), `Float32Array`, `Float64Array`, strings with lone surrogates, in objects and arrays up to 256 deep.
 * Anything else is `ERR_CKPT_UNSUPPORTED_VALUE`, and nothing is saved. */
export declare type Row = Record<string, unknown>;

/** A row that failed. */
export declare interface RowFailure {
  /** Its index in the input. */ row: number;
  key: RowKey;
  /** `ERR_CKPT_ROW_FAILED`, with what the function threw as its `cause`. */ error: CheckpointError;
  /** It failed in an earlier run, with the same content, and `retryFailed` did not want another call: see {@link FailureRecord}. */
  resumed: boolean;
}
/** What may tell a row from all others. `1`, `'1'`, `1n` and `[1]` are four keys. */
export declare type RowKey = string | number | bigint | boolean | readonly (string | number | bigint | boolean)[];
/** What types of rows may be: object types, also an `interface`; not numbers, strings, arrays, functions, and the classes of
 * TypeScript's library (`Date`, `Map`, ...). Instances of other classes pass here; a save refuses them. */
export declare type RowLike = Row | (object & {
  readonly [Symbol.iterator]?: never; readonly [Symbol.hasInstance]?: never; readonly [Symbol.toPrimitive]?: never;
  readonly [Symbol.toStringTag]?: never;
});
/** Options of one reading of an open checkpoint: those of a load that were not given when it was opened. */
export declare type RowsOptions<T extends RowLike = Row> = Omit<ReadOptions<T>, Exclude<keyof OpenCheckpointOptions, 'signal' | 'bucket'>>;
/** Keys of S3, and of stores that speak it. The AWS SDK's credential providers return this. */
export declare interface S3Credentials { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined; }
/** Options of `sample`. */
export declare interface SampleOptions<T extends RowLike = Row> extends Omit<RowsOptions<T>, 'offset' | 'limit' | 'onProgress'> {
  /** An integer: the same seed takes the same rows. @default another each time */ seed?: number;
}
/** See {@link MultiCheckpointManagerOptions}. */
export declare type SaveStrategy = 'all_enabled' | 'primary_only';
/** A column, a key or an element that both schemas have, of different types. */
export declare interface SchemaChange {
  path: string;
  /** The type in words in the first schema; `?` at its end: it may be missing. */ from: string;
  /** The same in the second. */ to: string;
  /** Whether every value of `from` is one of `to`. */ compatible: boolean;
}

/** What {@link diffSchema} gives; all lists are empty for equal schemas. */
export declare interface SchemaDiff {
  /** Only in the second. Compatible if it is optional or has a default. */ added: SchemaDifference[];
  /** Only in the first. Compatible unless the second refuses other keys (`z.strictObject`). */ removed: SchemaDifference[];
  changed: SchemaChange[];
}

/** A column, or a key of a struct, that only one of two schemas has. */
export declare interface SchemaDifference {
  /** `meta.score`, `tags[]` for the elements of a list. */ path: string;
  /** Its type in words: `int64`, `list<string> | null`. */ type: string;
  /** Whether rows of the first schema can be loaded with the second. */ compatible: boolean;
}
/** What {@link diffSchema} compares. */
export declare type SchemaSource = CheckpointSchema | StandardSchemaV1 | CheckpointInfo;
/** One value that does not fit a schema. */
export declare interface SchemaViolation {
  /** The index of the row, counted from 0 over the whole checkpoint. */ row: number;
  /** The place inside the row, `metadata.tags[3]`; empty for the row itself. */ path: string;
  /** What the schema asks for, or the schema's own message. */ expected: string;
  /** What is there, in short. */ got: string;
}
/** A schema by https://standardschema.dev, version 1: of zod, valibot, arktype, ... The types are the spec's own, copied. */
export declare interface StandardSchemaV1<Input = unknown, Output = Input> { readonly '~standard': StandardSchemaV1.Props<Input, Output>; }
export declare namespace StandardSchemaV1 {
  export interface Props<Input = unknown, Output = Input> {
    readonly version: 1;
    /** The name of the library. */ readonly vendor: string;
    /** Checks an unknown value and gives what the schema makes of it. */
    readonly validate: (value: unknown) => Result<Output> | Promise<Result<Output>>;
    /** For the compiler only. */ readonly types?: Types<Input, Output> | undefined;
  }
  export type Result<Output> = SuccessResult<Output> | FailureResult;
  export interface SuccessResult<Output> { readonly value: Output; readonly issues?: undefined; }
  export interface FailureResult { readonly issues: ReadonlyArray<Issue>; }
  export interface Issue { readonly message: string; readonly path?: ReadonlyArray<PropertyKey | PathSegment> | undefined; }
  export interface PathSegment { readonly key: PropertyKey; }
  export interface Types<Input = unknown, Output = Input> { readonly input: Input; readonly output: Output; }
  /** What it takes. */ export type InferInput<Schema extends StandardSchemaV1> = NonNullable<Schema['~standard']['types']>['input'];
  /** What it gives. */ export type InferOutput<Schema extends StandardSchemaV1> = NonNullable<Schema['~standard']['types']>['output'];
}

/** Options of {@link CheckpointManager.step}. The options of a save apply when the rows are computed. */
export declare interface StepOptions extends WriteOptions {
  /** How long to wait for another process; then it is `ERR_CKPT_LOCKED`. @default 0 @unit ms */ lockWait?: number;
}

/** Ends runs in order when the process gets a signal, as Ctrl+C sends it: the first calls {@link MapHandle.stop} of each, the second
 * ends the calls that are on their way, a third ends the process. The runs reject with `ERR_CKPT_STOPPED`; what the program does then
 * is up to it. When all runs have ended, signals do what they did before. What it returns ends that at once.
 * ```ts
 * const run = checkpoints.map('process', 'summarise', articles, summarise, options);
 * stopOnSignal(run);
 * const { rows } = await run;
 * ```
 * @throws `ERR_CKPT_INVALID_ARGUMENT` for what is no run; `ERR_CKPT_UNKNOWN_OPTION`, `ERR_CKPT_INVALID_OPTION` */
export declare function stopOnSignal(runs: MapHandle | readonly MapHandle[], options?: StopOnSignalOptions): () => void;

/** Options of {@link stopOnSignal}. */
export declare interface StopOnSignalOptions extends StopOptions {
  /** The signals that end the runs. @default ['SIGINT', 'SIGTERM'] */ signals?: readonly NodeJS.Signals[];
}

/** Options of {@link MapHandle.stop}. */
export declare interface StopOptions {
  /** How long calls that are on their way may go on; then their `signal` is aborted. `Infinity` waits for all of them. @default
   * `timeout` of the map, else 10000 @unit ms */ drain?: number;
}

/** One file of a checkpoint. */
export declare interface StoredFile {
  path: string;
  /** By its extension. */ format: 'parquet' | 'json';
  bytes: number; modified: Date;
}
/** Some rows of a {@link StringColumn}: a text each, or the number of one in a dictionary. */
export declare type StringChunk = TextChunk | DictionaryChunk;
/** Texts; they become strings when they are asked for. */
export declare interface StringColumn extends Column { readonly kind: 'string'; readonly chunks: readonly StringChunk[]; }
/** Options of {@link CheckpointManager.sweep}: what may be removed. If several of `keep`, `keepHashes` and `olderThan` are given, a
 * checkpoint is stale only if every one calls it stale; without any, none is. */
export declare interface SweepOptions {
  /** Checkpoints that stay, whatever else is given: pairs of step and operation. All others are stale. */
  keep?: readonly (readonly [step: string, operation: string])[];
  /** The hashes of operations as they are now. What was made with others is stale. */ keepHashes?: readonly string[];
  /** What was last written and last used before this moment is stale: a Date, or how long ago. @unit ms */ olderThan?: Date | number;
  /** What was not used for longest goes, too, until the rest fits. @default no limit @unit bytes */ maxBytes?: number;
  /** Change nothing; report what would be removed. @default false */ dryRun?: boolean;
}

/** What a sweep did, or would do. */
export declare interface SweepResult {
  removed: SweptFile[];
  /** Of what was removed. */ bytes: number;
  /** Of the checkpoints, batches and kept results that stay. */ keptBytes: number;
  /** What would have been removed, but a running process is using it. */ inUse: SweptFile[];
  dryRun: boolean;
}

/** A file that a sweep has removed, or would remove. */
export declare interface SweptFile {
  path: string;
  /** A checkpoint, a batch, kept results, a file that others referred to, or what a killed process left: a temporary, a lease, a claim. */
  kind: 'checkpoint' | 'batch' | 'kept' | 'holder' | 'temporary';
  /** Null for temporaries, and for batches that do not say. */ step: string | null;
  operation: string | null; bytes: number;
  /** `stale`: by the options. `finished`: its results are all in a checkpoint. `damaged`: a batch that cannot be read. `size`: to fit in
   * `maxBytes`. `unreferenced`: no checkpoint has referred to it for an hour. `leftover`: of a process that has ended. */
  reason: 'stale' | 'finished' | 'damaged' | 'size' | 'unreferenced' | 'leftover';
}

/** The text of row `i` of the chunk is that of the code units from `offsets[i]` to `offsets[i + 1]`. */
export declare interface TextChunk {
  readonly length: number;
  /** `length + 1` offsets in code units. */ readonly offsets: Uint32Array;
  /** Code units: Latin-1 if they are bytes, else UTF-16. */ readonly data: Uint8Array | Uint16Array;
}

/** What the calls for a row used, as `usage` or `context.addUsage` says it. What is missing counts as 0. */
export declare interface Usage {
  /** Calls of the service. @default each attempt is one */ calls?: number;
  /** Tokens of prompts. */ inputTokens?: number;
  /** Tokens of answers. */ outputTokens?: number;
  /** Money, in a currency of your own. */ cost?: number;
}
/** The same of many rows, in sum. */
export declare interface UsageTotals { calls: number; inputTokens: number; outputTokens: number; cost: number; }
/** Columns whose values are only there as values. */
export declare interface ValueColumn extends Column { readonly kind: 'bytes' | 'struct' | 'map' | 'mixed' | 'null'; }
/** What a value is: of a column, of a list's elements. */
export declare interface ValueSchema {
  type: ColumnType;
  /** Numbers: `int64` if all are safe integers; `inferSchema` says what a save chooses. In a schema of yours `int64` asks for integers
   * (-0 makes the column one of doubles); other numbers are stored as doubles. @default any number */ stored?: 'int64' | 'double';
  /** Whether null is one of the values. Always so for `json`, `any` and `null`. @default false */ nullable?: boolean;
  /** Lists: what the elements are. @default anything */ element?: ValueSchema;
  /** Structs: the keys. @default any keys */ fields?: ColumnSchema[];
  /** Structs with `fields`: other keys. A save keeps or refuses them; a load does as it says. @default 'drop' */ extra?: ExtraKeys;
  /** The only values there are, besides null if `nullable`. @default all of the type */ values?: readonly Literal[];
  /** Numbers, bigints, dates: the least value. */ min?: number | bigint | Date;
  /** Numbers, bigints, dates: the greatest value. */ max?: number | bigint | Date;
  /** Numbers, bigints, dates: all values are greater than this. */ above?: number | bigint | Date;
  /** Numbers, bigints, dates: all values are less than this. */ below?: number | bigint | Date;
  /** Numbers: neither NaN nor infinite. @default false */ finite?: boolean;
  /** Strings, in UTF-16 units, and lists, in elements. @default 0 */ minLength?: number;
  /** As `minLength`. */ maxLength?: number;
}

/** Reads every row of a checkpoint, and the record of rows that a `map` attached, compares the checksums, and throws what is wrong.
 * Memory is bounded. Of a URL the whole object is fetched to a temporary file. @throws what {@link readCheckpoint} throws for the file:
 * `ERR_CKPT_CORRUPT`, `ERR_CKPT_TRUNCATED`, ... */
export declare function verifyCheckpoint(path: string, options?: VerifyOptions): Promise<VerifyResult>;

/** Options of {@link verifyCheckpoint}, as of a load. */
export declare interface VerifyOptions extends Pick<ReadOptions, 'limits' | 'signal' | 'onProgress'>, FileBucketOptions {
}

/** What {@link verifyCheckpoint} found in a file that is whole. */
export declare interface VerifyResult extends Pick<CheckpointInfo, 'path' | 'format' | 'rows' | 'bytes'> {
  /** Whether checksums of all that was read were compared. JSON and most files of other writers have none. */ checksums: boolean;
}

/** Which rows to load, in the manner of MongoDB: `{ category: 'a', score: { $gte: 0.5 }, 'metadata.source': { $in: ['web', 'mail'] } }`.
 * All conditions must hold. If the type of the rows is known, so are their keys, and what each may be compared with.
 * - A key with dots that the row does not have itself is a path into objects. A key that no row has is missing: see `unknownColumns`.
 * - `{ $field: '$state', $eq: 'open' }` is a condition on a key that begins with `$`. A list, `$field: ['a.b']` or `['a', 'b']`, is
 *   exactly that key or path.
 * - A condition on a list holds if it holds for the list or for one of its elements; `$ne` and `$nin` if they hold for all.
 * - `null` equals null, `undefined` and a missing key. Numbers and bigints compare by value, `-0` equals `0`, `NaN` equals `NaN`.
 * - Text is ordered by code points, dates by time, `false` is less than `true`. */
export declare type Where<T extends RowLike = Row> = {
  $and?: readonly Where<T>[];
  $or?: readonly Where<T>[];
  $not?: Where<T> | Conditions;
  /** A key or path beginning with `$`, for the {@link Conditions} beside it; a list: key by key. */ $field?: string | readonly string[];
} & Omit<Conditions, '$not'> & {
  [K in T extends unknown ? keyof T & string : never]?: T extends {
    [P in K]?: infer V;
  } ? Comparable<V> | Conditions<Comparable<V>> : never;
} & {
  [path: `${string}.${string}`]: unknown;
};

/** Saves rows as one checkpoint file; resolves when it is durable. Until then, and after a failure, the old file at `path` is intact.
 * Folders on the way are made.
 * The file is Parquet. It is JSON if `path` ends in `.json`, where the native binary is missing (one warning a process; `info.fallback`
 * says why), or with `ARROW_CKPT_FORCE_JSON=1`; it is JSON lines if `path` ends in `.jsonl` or `.ndjson`. `info.format` says which.
 * `path` may be a URL of a bucket: docs/buckets.md. The object is then made by one request, and is the old or the new one.
 * Arrow batches may come as a table of apache-arrow or flechette, as the bytes of an IPC stream or file, or as a C stream in an
 * External, which is taken: docs/arrow.md.
 * An array counts as it is at the call. A row is read once, at some time before the promise settles: do not change its values until
 * then, nor transfer or resize its buffers. One that is gone when its turn comes is refused; an accessor or a Proxy that always gives
 * something else is saved as it was read, or refused.
 * @throws `ERR_CKPT_ROWS_NOT_ITERABLE`, `ERR_CKPT_ROW_NOT_OBJECT`, `ERR_CKPT_UNSUPPORTED_VALUE`, `ERR_CKPT_TOO_DEEP`,
 * `ERR_CKPT_SCHEMA`, `ERR_CKPT_ARROW` for the rows; `ERR_CKPT_LIMIT` for more text in one row, or in one column of a row group, than
 * can be held; `ERR_CKPT_INVALID_ARGUMENT`, `ERR_CKPT_UNKNOWN_OPTION`, `ERR_CKPT_INVALID_OPTION`, `ERR_CKPT_UNKNOWN_CODEC` for the
 * call; `ERR_CKPT_NOT_A_FILE`, `ERR_CKPT_PERMISSION`, `ERR_CKPT_READ_ONLY`, `ERR_CKPT_NO_SPACE`, `ERR_CKPT_IO` for the file system.
 * What an iterable or a schema of yours throws is passed on. */
export declare function writeCheckpoint<T extends RowLike = RowLike>(path: string, rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>> | ArrowStream | Uint8Array, options?: FileWriteOptions): Promise<CheckpointInfo>;

/** Options of every save. Those of codecs, row groups and bloom filters have no effect on JSON and JSONL. */
export declare interface WriteOptions {
  /** The codec of the column chunks. `auto`, per column: zstd where a sample shrinks by a tenth or more, else none; it looks for no
   * repeats in texts where that leaves at most an eighth more. `fast`: LZ4 by the first rule, for less time. `small`: zstd level 9 by
   * the first rule, for fewer bytes. @default 'auto' */ compression?: Codec;
  /** The codec's own level: gzip 0 to 9, brotli 0 to 11, zstd 1 to 22. With others, `auto`, `fast` and `small` too, an error. @default
   * gzip 6, brotli 4, zstd 1 */ compressionLevel?: number;
  /** The most rows in a row group, 1 to 16,777,216. It also ends at about 32 MiB. @default 131072 @unit rows */ rowGroupRows?: number;
  /** Where pages end. `fixed`: after about 1 MiB, or 20,000 rows. `content`: where the values say so, after 64 to 256 KiB, and row
   * groups likewise: versions of a checkpoint then have long stretches of the same bytes, which restic, borg or Hugging Face's Xet keep
   * once. For directories that such a store keeps or sends. */ pages?: 'fixed' | 'content';
  /** Columns that get bloom filters, by key or path (`metadata.source`); `true`: all. A load that asks for values of such a column
   * (`$eq`, `$in`) then reads only the row groups that may hold them. A filter costs 1.2 to 2.4 bytes per distinct value. Texts,
   * integers, dates and 64-bit bigints outside lists can have one; a column gets none where its dictionary is smaller. The name of no
   * column is `ERR_CKPT_UNKNOWN_COLUMN`, unless there are no rows. No effect on JSON and JSONL. @default false */
  bloomFilter?: boolean | readonly string[];
  /** Writes a folder of Parquet files, as engines do: so many parts, or parts of so many rows. docs/parts.md. */
  parts?: number | { rows: number };
  /** The hash of the operation that made the rows: any string. The file keeps it; `info.hash` returns it. */ hash?: string;
  /** Strings of your own. The file keeps them; `info.metadata` returns them. */ metadata?: Record<string, string>;
  /** What the rows must be: a zod object, any Standard Schema, or a {@link CheckpointSchema}. If one does not fit, it is
   * `ERR_CKPT_SCHEMA` and nothing is saved. Rows are saved as they are: transforms and defaults apply on load. A schema whose columns
   * can be read gives the file columns and types, whatever the rows hold: doubles, and int64 where it asks for integers. */
  schema?: StandardSchemaV1 | CheckpointSchema;
  /** The file has exactly the columns of `schema`, hidden ones included, of types that depend on nothing else: all files that are saved
   * with it make one table for engines. Rows that have no place in them are `ERR_CKPT_SCHEMA`. docs/schemas.md. Needs a schema whose
   * columns can be read; not with `compat`. No effect on JSON and JSONL. @default false */ fixedColumns?: boolean;
  /** Saves in a form that a Python program reads. `docetl`: Parquet for its PyArrow checkpoints, JSON for today's. `kura`: Parquet and
   * JSONL. A row that the program could not read back is `ERR_CKPT_NOT_COMPATIBLE`. Parquet holds all rows in memory meanwhile. A load
   * in arrow-ckpt needs no option for such a file. */ compat?: Compat;
  /** Earlier checkpoints that may have the same values: what they have is not written again, and the file refers to them. A path, or
   * several; for a CheckpointManager `{ step, operation }`, for a Kura manager a name; `auto`: those that are likely to. A file is
   * whole, as without the option, where nothing is shared, below 1 MiB, with `compat`, and where the file system has no hard links. No
   * effect on JSON, JSONL, batches and `parts`. docs/deltas.md says what to know before. @default false */ base?: Base;
  /** How a file shares what its `base` has. `values`: it refers to them. `reflink`: it is whole, and column chunks of 128 KiB or more
   * that are the same byte for byte are in the same blocks of the disk, where the file system can do that (btrfs, XFS); elsewhere they
   * are written, with one warning. */ share?: 'values' | 'reflink';
  /** The folder whose `.ckpt` keeps the files that others refer to. @default the folder of the file */ pool?: string;
  /** The most threads that encode columns of this save, 1 to 64 and no more than the cores. @default the cores @unit threads */
  threads?: number;
  /** Aborts the save: it rejects with `signal.reason`. The old file stays, and no temporary does. */ signal?: AbortSignal;
  /** Called as rows are handed over, at most every 50 ms and once at the end. */ onProgress?: (progress: Progress) => void;
}

export type { DirectoryCheckpointManager };
