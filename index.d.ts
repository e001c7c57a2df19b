// The public types of arrow-ckpt, rolled up by `npm run api`. Do not edit.
import type { Readable } from 'node:stream';
import type { ReadableStream as ReadableStream_2 } from 'node:stream/web';

/** A column of any kind: `kind` says which. */
export declare type AnyColumn = NumberColumn | BigIntColumn | BooleanColumn | DateColumn | StringColumn | ListColumn | ValueColumn;

/**
 * Bytes that a file carries beside its rows, in pieces, made when all rows are written. No engine sees them. Whoever reads them knows what they mean: see lib/resume/ledger.
 */
declare type Attachment = () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Options of the calls that load, list and remove batches. */
export declare interface BatchOptions {
    /** Only batches of this step. Batches without a step, such as DocETL's, are left out. @default all batches of the operation */
    step?: string;
}

/** Options of {@link CheckpointManager.saveBatchCheckpoint}. */
export declare interface BatchSaveOptions extends WriteOptions {
    /** The step of the operation: the batch goes into the folder of that step. @default none: the folder where DocETL has it */
    step?: string;
}

/** Bigints of 64 bits. Larger ones are not valid. */
export declare interface BigIntColumn extends Column {
    readonly kind: 'bigint';
    readonly values: BigInt64Array;
}

/** 1 for true, 0 for false. */
export declare interface BooleanColumn extends Column {
    readonly kind: 'boolean';
    readonly values: Uint8Array;
}

/** The one error class of this package: `code` is stable, `message` says what is wrong, where, and what to do. */
export declare class CheckpointError extends Error {
    readonly code: CheckpointErrorCode;
    readonly path?: string;
    readonly column?: string;
    readonly row?: number;
    readonly violations?: readonly SchemaViolation[];
    readonly count?: number;
    constructor(code: CheckpointErrorCode, message: string, given?: CheckpointErrorFields);
}

export declare type CheckpointErrorCode = keyof typeof ERROR_FACTS;

/** Where an error happened; every field is optional and present only when it is known. */
export declare interface CheckpointErrorFields {
    /** The file or folder concerned. */
    path?: string;
    /** The column, or the path inside a row: `metadata.tags[3]`. */
    column?: string;
    /** The index of the row, counted from 0 over the whole checkpoint. */
    row?: number;
    /** With `ERR_CKPT_SCHEMA`: the first 20 violations. */
    violations?: readonly SchemaViolation[];
    /** With `ERR_CKPT_SCHEMA`: the number of all violations. */
    count?: number;
    /** The error underneath. */
    cause?: unknown;
}

/** What is known of one checkpoint without loading its rows. */
export declare interface CheckpointInfo {
    /** The path as it was given. */
    path: string;
    /** What the file is, whatever its name. */
    format: 'parquet' | 'json' | 'jsonl';
    /** Number of rows. */
    rows: number;
    /** Size of the file in bytes. */
    bytes: number;
    /** The hash given on save, or null. */
    hash: string | null;
    /** The metadata given on save; `{}` when there was none. */
    metadata: Record<string, string>;
    /** The top-level columns in order of first appearance; empty for JSON and JSONL checkpoints, which have none. */
    columns: ColumnInfo[];
    /** Only of a save to a name that asked for Parquet, where the rows were saved as JSON as there is no native binary: why, and what to do. */
    fallback?: {
        reason: string;
    };
}

/** An entry of {@link CheckpointManager.listCheckpoints}. */
export declare interface CheckpointListing extends NamedCheckpointInfo {
    /** Present when the file cannot be read; `rows` is then 0 and `hash` null, whatever the file once held. */
    error?: CheckpointError;
}

/**
 * Checkpoints of a pipeline in a directory, in DocETL's layout: `<directory>/<step>/<operation>.parquet`.
 *
 * ```ts
 * const checkpoints = new CheckpointManager('checkpoints');
 * const rows = (await checkpoints.loadCheckpoint('process', 'extract', { hash })) ?? (await extract());
 * await checkpoints.saveCheckpoint('process', 'extract', rows, { hash });
 * ```
 *
 * Names of steps and operations may be any non-empty strings: what a path cannot hold is percent-encoded.
 * If a checkpoint is there as Parquet and as JSON, the file with the wanted hash counts, else the newer; a damaged file is skipped with a warning. A save removes the file
 * of the other format once its own is durable. Directories that DocETL wrote are read as they are: JSON, and the Parquet of its PyArrow checkpoints.
 * With `null` for a directory nothing is kept: saves resolve with `''`, loads with null, lists with nothing.
 *
 * All methods reject with a `CheckpointError`, except an aborted call, which rejects with `signal.reason`.
 */
export declare class CheckpointManager {
    #private;
    /** The directory that was given. It is made by the first save. Null: nothing is kept. */
    readonly directory: string | null;
    constructor(directory: string | null, options?: CheckpointManagerOptions);
    /**
     * A manager that goes on in the format that a directory already has: JSON if most of its checkpoints are JSON, else Parquet. `enableArrow` says which. Nothing is made where
     * there is no such directory.
     */
    static detect(directory: string, options?: CheckpointManagerOptions): Promise<CheckpointManager>;
    /** Whether saves write Parquet: false when it was asked for so, and when the native binary is missing. */
    get enableArrow(): boolean;
    /**
     * Saves the rows an operation of a step made; returns the path of the file. Until it resolves the checkpoint before it is intact. An array is taken as it is at the call. A `hash` is kept in the file, and for DocETL in
     * `.docetl_intermediate_config.json` beside it.
     * @throws `ERR_CKPT_INVALID_ARGUMENT` for an empty or overlong name, and what `writeCheckpoint` throws
     */
    saveCheckpoint<T extends RowLike = RowLike>(step: string, operation: string, rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>, options?: WriteOptions): Promise<string>;
    /**
     * Loads the rows of an operation of a step; null when there is no checkpoint, or when `options.hash` is given and is not the one it was saved with.
     * @throws what `readCheckpoint` throws, `ERR_CKPT_CORRUPT` for a damaged file among it: null never stands for a checkpoint that is there but unreadable
     */
    loadCheckpoint<S extends StandardSchemaV1>(step: string, operation: string, options: LoadOptions & {
        schema: S;
    }): Promise<StandardSchemaV1.InferOutput<S>[] | null>;
    loadCheckpoint<T extends RowLike = Row>(step: string, operation: string, options?: LoadOptions): Promise<T[] | null>;
    /** Loads the rows of an operation of a step whatever their hash: {@link loadCheckpoint} without one. */
    loadOutput<T extends RowLike = Row>(step: string, operation: string, options?: ReadOptions): Promise<T[] | null>;
    /**
     * The rows of an operation of a step one by one, in bounded memory. Stopping early closes the file.
     * @throws `ERR_CKPT_NOT_FOUND` when there is no checkpoint, or none of `options.hash`, and what {@link loadCheckpoint} throws
     */
    scanCheckpoint<T extends RowLike = Row>(step: string, operation: string, options?: LoadOptions): AsyncGenerator<T, void, undefined>;
    /**
     * Saves the rows of one batch of an operation that is still running, as `<operation>_batches/batch_<index>.parquet`; returns the path. With `options.step` the folder is that step's:
     * `<step>/<operation>_batches`. Give it where two steps may have operations of one name.
     * @param index the number of the batch, an integer from 0 on
     */
    saveBatchCheckpoint<T extends RowLike = RowLike>(operation: string, index: number, rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>, options?: BatchSaveOptions): Promise<string>;
    /**
     * Loads the batches of an operation in the order of their indexes: one array of rows for each batch that is there, none for those
     * that are not. {@link listBatchCheckpoints} lists the indexes in the same order. Without `options.step` those of all steps: first the ones that say no step, then step by step.
     *
     * Batches that a `map` writes may be read while it runs: its finished rows so far, each once, even where batches are being merged. {@link loadPartialResults} also says whether that is all.
     */
    loadBatchCheckpoints<T extends RowLike = Row>(operation: string, options?: BatchOptions): Promise<T[][]>;
    /** The indexes of the batches of an operation that are there, ascending; `[]` for none. Without `options.step` those of all steps, in the order of {@link loadBatchCheckpoints}. */
    listBatchCheckpoints(operation: string, options?: BatchOptions): Promise<number[]>;
    /**
     * Removes the batches of an operation, those of a running or interrupted `map` among them; resolves with whether there were any. Without `options.step` those of all steps.
     * @throws `ERR_CKPT_LOCKED` while a `map` of the operation runs in a step whose batches are to go
     */
    deleteBatchCheckpoints(operation: string, options?: BatchOptions): Promise<boolean>;
    /**
     * The results of an operation as far as there are any: of its checkpoint, and of the batches of a `map` that is running, here or in another process, or was interrupted. Each row of the input counts once.
     * Null: there are none. `isPartial` is true if a `map` has not come to its end. Takes no lease and changes no results.
     * @throws what reading a damaged checkpoint or batch throws
     */
    loadPartialResults<T extends RowLike = Row>(step: string, operation: string, options?: PartialOptions): Promise<PartialResults<T> | null>;
    /**
     * Loads the rows of an operation of a step if they are there with this hash; else computes, saves and returns them. A damaged checkpoint is computed again, with a warning.
     * While it computes, no other process computes the same: see `lockWait`.
     *
     * ```ts
     * const hash = await hashOperation({ config, input: { file: 'articles.json' } });
     * const rows = await checkpoints.step('process', 'extract', { hash }, () => extract());
     * ```
     * @throws what `compute` throws, as it is; `ERR_CKPT_LOCKED`; what {@link loadCheckpoint} and {@link saveCheckpoint} throw
     */
    step<T extends RowLike = Row>(step: string, operation: string, options: StepOptions, compute: Compute<T>): Promise<T[]>;
    /**
     * Runs `fn` for each row, and never twice for the same: results are made durable while others are on their way, so that after a crash, a kill or an abort the same call goes on where it was. Once all rows are
     * done, their results are the checkpoint of the operation, in the order of the input, of an array as it is at the call. The same call on other rows then computes those that are new or have changed, and drops those that are gone.
     *
     * `key` identifies a row. Rows are compared by their whole content, the order of their keys included. `fn` returns one row, several, or none.
     *
     * ```ts
     * const { rows } = await checkpoints.map('process', 'summarise', articles, summarise, { key: 'id', hash, concurrency: 16, retries: 3, timeout: 60_000 });
     * ```
     * @throws `ERR_CKPT_ROW_FAILED` for the first row that fails, with its error as the `cause`, unless `onError` is `'collect'`; `ERR_CKPT_MISSING_KEY`, `ERR_CKPT_DUPLICATE_KEY`; `ERR_CKPT_LOCKED` while another
     * process works on the operation; what a save throws, `ERR_CKPT_NO_SPACE` among it. Whatever it throws, what was finished is kept where it can be
     */
    map<In extends RowLike, Out extends RowLike>(step: string, operation: string, rows: Iterable<In> | AsyncIterable<In>, fn: MapFunction<In, Out>, options: MapOptions<In>): Promise<MapResult<Out>>;
    /**
     * {@link map} for more rows than fit in memory: the input is read as it is needed, and results are given out in its order. Some thousand rows are held, and some 60 bytes for each that has passed. Stopping early
     * keeps what is finished. What the generator returns at its end is what the run did.
     *
     * Results of an earlier run are read from its files as they are needed: in about the order in which they were, that is one pass.
     */
    mapStream<In extends RowLike, Out extends RowLike>(step: string, operation: string, rows: Iterable<In> | AsyncIterable<In>, fn: MapFunction<In, Out>, options: MapOptions<In>): AsyncGenerator<Out, MapSummary, undefined>;
    /** What {@link map} would do with these rows: which are new, changed, unchanged and gone. Calls nothing and changes nothing. */
    planIncremental<T extends RowLike>(step: string, operation: string, rows: Iterable<T> | AsyncIterable<T>, options: PlanOptions<T>): Promise<IncrementalPlan<T>>;
    /** What is known of a checkpoint without loading its rows; null when there is none. Of two files, the newer that can be read. */
    getCheckpointInfo(step: string, operation: string): Promise<NamedCheckpointInfo | null>;
    /**
     * Every checkpoint in the directory, in the order of step and operation, batches and temporaries left out. A file that cannot
     * be read is listed with its `error`: one damaged checkpoint does not hide the others.
     */
    listCheckpoints(): Promise<CheckpointListing[]>;
    /** The bytes of a checkpoint's files, of both if it is there as Parquet and as JSON; null if there is no checkpoint. */
    getCheckpointSize(step: string, operation: string): Promise<number | null>;
    /** The bytes of all checkpoints and batches in the directory. */
    getTotalCheckpointSize(): Promise<number>;
    /**
     * Makes Parquet of a checkpoint that is JSON, and of the JSON batches of the operation. Each is read back and compared row by row before it counts.
     * Resolves with whether the checkpoint is Parquet now, of an earlier call too; false when there is no JSON checkpoint.
     * @throws what is wrong with the JSON file, or with the comparison: then nothing has changed
     */
    migrateJsonToArrow(step: string, operation: string, options?: MigrateCheckpointOptions): Promise<boolean>;
    /** Removes a checkpoint, in both formats, and its hash; batches stay: see {@link deleteBatchCheckpoints}. Resolves with whether there was one. */
    deleteCheckpoint(step: string, operation: string): Promise<boolean>;
    /** Removes the checkpoints and batches of a step, and their hashes; resolves with the number of files. */
    clearStep(step: string): Promise<number>;
    /** Removes all checkpoints and batches, and DocETL's configuration file; resolves with the number of files. What else is in the directory stays. */
    clearAll(): Promise<number>;
    /**
     * Removes what is not needed any more: checkpoints that the options call stale, batches whose results are in a checkpoint, damaged batches, and what killed processes left. Batches of a `map` that was
     * interrupted stay unless they are stale, and whatever a running `map` or `step` works on stays.
     * Without options it removes no checkpoint. With several, a checkpoint is stale if all of them say so.
     *
     * ```ts
     * await checkpoints.sweep({ keepHashes: hashesOfMyPipeline, olderThan: 30 * 86_400_000, dryRun: true });
     * ```
     */
    sweep(options?: SweepOptions): Promise<SweepResult>;
}

/** Options of a {@link CheckpointManager}. The options of compression and row groups are the defaults of its saves. */
export declare interface CheckpointManagerOptions extends Pick<WriteOptions, 'compression' | 'compressionLevel' | 'rowGroupRows'> {
    /** Save in the form that DocETL reads: see `compat` of a save. @default none */
    compat?: 'docetl';
    /** Save as Parquet if the native binary is there; `false` saves as JSON. @default true */
    enableArrow?: boolean;
    /** Where the manager reports what it saved and loaded; `false` for nowhere. @default console */
    logger?: Logger | false;
}

/**
 * An open checkpoint, of which as much is read as is asked for. `openCheckpoint` makes it.
 *
 * ```ts
 * await using checkpoint = await openCheckpoint('extract.parquet');
 * for await (const row of checkpoint.rows({ columns: ['id', 'title'], where: { score: { $gte: 0.5 } } })) console.log(row);
 * ```
 *
 * Several readings may run at a time. Each throws what `readCheckpoint` throws, and `ERR_CKPT_CLOSED` once the reader is closed. The file that was opened is the one that is read, also after a save has
 * replaced it; a file of JSON that was replaced is `ERR_CKPT_CHANGED`.
 */
export declare class CheckpointReader<T extends RowLike = Row> implements AsyncDisposable {
    #private;
    /** What is known of the checkpoint without its rows. */
    readonly info: CheckpointInfo;
    /** @internal */
    constructor(file: OpenFile);
    get closed(): boolean;
    /** The rows one after another, in bounded memory. */
    rows<S extends StandardSchemaV1>(options: WithSchema<S, RowsOptions>): CheckpointRows<Output<S>>;
    rows<R extends RowLike = T>(options?: RowsOptions): CheckpointRows<R>;
    /** The rows as an array. */
    read<S extends StandardSchemaV1>(options: WithSchema<S, RowsOptions>): Promise<Output<S>[]>;
    read<R extends RowLike = T>(options?: RowsOptions): Promise<R[]>;
    /** The rows as a Node stream in object mode. Destroying it stops the reading. */
    readable(options?: RowsOptions): Readable;
    /** The rows as a Web stream. Cancelling it stops the reading. */
    stream<R extends RowLike = T>(options?: RowsOptions): ReadableStream_2<R>;
    /**
     * The rows as columns, some ten thousand at a time: typed arrays and texts that become strings when they are asked for, no row objects. `columns` may name paths into objects. JSON, which has no columns, is
     * read as rows.
     */
    batches(options?: ColumnsOptions): AsyncGenerator<ColumnBatch, void, undefined>;
    /** All rows as columns: numbers, bigints, booleans and dates in one array each. `names`: keys, or paths into objects; undefined for all. */
    columns(names?: readonly string[], options?: Omit<ColumnsOptions, 'columns'>): Promise<ColumnBatch>;
    /** How many rows there are, or `where` takes. */
    count(options?: CountOptions): Promise<number>;
    /**
     * `size` rows at random, or all if there are no more, in the order of the file. Each is as likely as another. Rows that are not taken are not made; with `where` the rows that it takes are counted
     * first.
     */
    sample<S extends StandardSchemaV1>(size: number, options: WithSchema<S, SampleOptions>): Promise<Output<S>[]>;
    sample<R extends RowLike = T>(size: number, options?: SampleOptions): Promise<R[]>;
    /** Closes the file and ends all readings. Closing again does nothing. */
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

/** Rows with a row at a time in memory, or some thousand: for `for await`. Breaking out of the loop frees all of it. */
export declare interface CheckpointRows<T> extends AsyncDisposable {
    next(): Promise<IteratorResult<T, undefined>>;
    return(): Promise<IteratorResult<T, undefined>>;
    [Symbol.asyncIterator](): CheckpointRows<T>;
}

/** The columns of rows. {@link inferSchema} makes one; the `schema` options of saves and loads take one. */
export declare interface CheckpointSchema {
    columns: ColumnSchema[];
    /** Keys of rows that are no column: see `extra` of {@link ValueSchema}. @default 'drop' */
    extra?: ExtraKeys;
    /** From `inferSchema`: the number of rows. */
    rows?: number;
    /** From `inferSchema`: rows with too many different keys for columns, which are kept whole as JSON text. */
    irregularRows?: number;
}

/**
 * One way of keeping a checkpoint in one file. A manager does not know which it has.
 *
 * Promises of every store:
 * - `write` resolves only when the file is durable under its name (temporary sibling, fsync, rename, folder fsync); until then
 *   the old file is intact, and after a failure it still is and no temporary stays.
 * - `read` gives back the rows that `write` was given: values, keys, and the order of both.
 * - Every failure is a `CheckpointError`, except an abort, which rejects with `signal.reason`.
 * - Neither blocks the event loop for more than some tens of milliseconds at a stretch.
 */
declare interface CheckpointStore {
    readonly format: CheckpointInfo['format'];
    /** With the dot: `.parquet`, `.json`, `.jsonl`. */
    readonly extension: string;
    /** `attachment`: only where {@link CheckpointStore.attachment} is not undefined. */
    write(path: string, rows: Iterable<Row> | AsyncIterable<Row>, options: WriteOptions, attachment?: Attachment): Promise<CheckpointInfo>;
    read(path: string, options: ReadOptions): Promise<Row[]>;
    /** The same rows in order, in batches that are made when they are asked for. Stopping early closes the file. With a `schema` that a row does not fit, no batch follows. */
    batches(path: string, options: ReadOptions): AsyncGenerator<Row[], void, undefined>;
    /** The file, open for any number of readings. It must be closed. */
    open(path: string, options: OpenOptions): Promise<OpenFile>;
    /** The hash and the metadata that the file was saved with, and who wrote it: reads no row. */
    head(path: string): Promise<FileHead>;
    /** Reads no row of a Parquet file; a file of text must be scanned for its count unless it says it. */
    info(path: string, options?: FileOptions): Promise<CheckpointInfo>;
    /**
     * The bytes of the attachment in order, in pieces; none where the file has no attachment. Compared with its checksum: after the last piece it throws `ERR_CKPT_CORRUPT` where the
     * bytes are not those that were written. Undefined: files of this format have none.
     */
    attachment?(path: string): AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * A checkpoint that is being written, rows as they come. `createCheckpoint` makes it.
 *
 * ```ts
 * const writer = await createCheckpoint('extract.parquet', { hash });
 * for await (const page of pages) await writer.append(page.rows);
 * const info = await writer.close(); // durable now; before, the old file is there
 * ```
 *
 * Nothing is visible under the name before `close`. A writer that goes out of scope (`await using`) without it gives the save up, as `abort` does: a loop that threw must not leave half a checkpoint behind.
 */
export declare class CheckpointWriter<T extends RowLike = RowLike> implements AsyncDisposable {
    #private;
    /** Where the checkpoint will be. */
    readonly path: string;
    /** @internal */
    constructor(store: CheckpointStore, path: string, options: WriteOptions);
    /** Rows so far. */
    get rows(): number;
    /** Whether it takes no more rows: closed, aborted or failed. */
    get closed(): boolean;
    /**
     * Appends a row or rows: an array, an iterable, an async iterable, a stream. It waits while the encoding is behind. Of an array the rows that it has at the call go in. The array and its rows may be used again, and
     * changed, when it resolves. Several appends go in in the order of the calls.
     *
     * @throws what `writeCheckpoint` throws for the rows, these or ones that were gathered before; the save is given up then, and the file that was there stays. `ERR_CKPT_CLOSED` after `close` or `abort`
     */
    append(rows: T | Iterable<T> | AsyncIterable<T>): Promise<void>;
    /**
     * Ends the checkpoint and resolves when it is durable under its name. Closing again gives the same.
     *
     * @throws what an `append` or the save failed with
     */
    close(): Promise<CheckpointInfo>;
    /** Gives the checkpoint up: nothing of it stays, and the file that was there does. After `close` it does nothing. */
    abort(reason?: unknown): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

/** A function, or the source or version of code as a text. */
export declare type Code = ((...args: any[]) => unknown) | (abstract new (...args: any[]) => unknown) | string;

export declare type Codec = (typeof CODECS)[number];

/** The compression codecs of column chunks. `auto` chooses per column by what the data is. */
declare const CODECS: readonly ['auto', 'snappy', 'gzip', 'brotli', 'lz4', 'zstd', 'none'];

/**
 * One column of some rows, without row objects. Its typed arrays are memory of its own: they stay valid, and may be changed or transferred.
 *
 * `T`: what `at` gives.
 */
export declare interface Column<T = unknown> extends Iterable<T> {
    /** The key in the rows, or the path into objects that was asked for. */
    readonly name: string;
    readonly kind: ColumnKind;
    /** Number of rows. */
    readonly length: number;
    /**
     * One byte a row: 1 where the typed arrays hold the row's value, 0 where it is null, missing, `undefined`, or of another kind than the column. Null: all ones. Of a mixed column, whose values are
     * only known one by one, an `undefined` may be among the ones.
     */
    readonly validity: Uint8Array | null;
    /** The value in row `index`, exactly as a load gives it; undefined for a missing key. @throws RangeError for an index that no row has */
    at(index: number): T;
    toArray(): T[];
}

/** The columns of some rows. */
export declare interface ColumnBatch {
    /** Number of rows, of each column too. */
    readonly rows: number;
    /** In the order of the file. */
    readonly columns: readonly AnyColumn[];
    /** The column of a name, undefined if there is none. */
    column(name: string): AnyColumn | undefined;
}

/** One top-level column of a Parquet checkpoint. */
export declare interface ColumnInfo {
    /** The key in the rows. */
    name: string;
    /** The type in the file: `string`, `int64`, `double`, `bool`, `null`, `list<...>`, `struct<...>`, `json`, ... */
    type: string;
    /** The codec or codecs of its column chunks, `none`, `zstd`, ..., separated by `, `. */
    codec: string;
    /** Compressed size in bytes, its hidden column of exceptions included. */
    bytes: number;
    /** The type of the column itself, where `type` says what its values are: the `string` of `json`. Else the same. */
    stored: string;
    /** The encodings of its values, sorted: `plain`, `rle_dictionary`, `delta_binary_packed`, ... Dictionaries themselves are `plain`. */
    encodings: string[];
    /** Rows in which the column is null: for null, for a missing key and for an exception. Null for lists, structs and files of other writers. */
    nulls: number | null;
    /** Values of another type than the column, kept beside it as JSON text. Null where another program rewrote the file. */
    exceptions: number | null;
}

/** What the values of a column mostly are. Values of another kind are in it too, where the rows have them: `at` gives each as the row has it. */
export declare type ColumnKind = 'number' | 'bigint' | 'boolean' | 'date' | 'string' | 'list' | 'bytes' | 'struct' | 'map' | 'mixed' | 'null';

/** A column of the rows, or a key of a struct. */
export declare interface ColumnSchema extends ValueSchema {
    /** The key. */
    name: string;
    /** Whether the key may be missing, or its value be undefined. @default false */
    optional?: boolean;
    /** What a load puts where the key is missing or undefined; plain objects and arrays are copied for each row. @default none */
    default?: unknown;
    /** From `inferSchema`: values of another type than the column's, which are kept beside it as JSON text. Ignored in a schema of yours. */
    irregular?: number;
    /** From `inferSchema`: why the type was chosen. Ignored in a schema of yours. */
    reason?: string;
}

/** Options of a reading of columns: a schema is for rows. */
export declare type ColumnsOptions = Omit<RowsOptions, 'schema' | 'extraColumns'>;

/**
 * The types of values, as JavaScript knows them: `list` is an array, `struct` a plain object, `json` any value, kept as JSON text, and `any` any
 * value in a column whose type the values decide. A `date` is a valid one, and `bytes` is a Uint8Array.
 */
export declare type ColumnType = 'number' | 'boolean' | 'string' | 'date' | 'bytes' | 'bigint' | 'float32array' | 'float64array' | 'list' | 'struct' | 'json' | 'any' | 'null';

declare type Compat = (typeof COMPATS)[number];

/** The Python programs whose files can be written and read as they do. */
declare const COMPATS: readonly ['docetl', 'kura'];

/** What makes the rows of a step. */
export declare type Compute<T extends RowLike> = () => Iterable<T> | AsyncIterable<T> | Promise<Iterable<T> | AsyncIterable<T>>;

/** The conditions on one value. All must hold. */
export declare interface Conditions {
    /** Equal: see {@link Where}. */
    $eq?: Operand;
    /** Not equal, or no such key. */
    $ne?: Operand;
    /** Greater than a number, bigint, string, date or boolean. A value of another type is neither greater nor less. */
    $gt?: Operand;
    $gte?: Operand;
    $lt?: Operand;
    $lte?: Operand;
    /** Equal to one of these. */
    $in?: readonly Operand[];
    /** Equal to none of these. */
    $nin?: readonly Operand[];
    /** Whether the row has the key, whatever its value. */
    $exists?: boolean;
    /** The opposite of other conditions. */
    $not?: Conditions;
}

/** Options of `count`. */
export declare type CountOptions = Pick<ReadOptions, 'where' | 'unknownColumns' | 'threads' | 'signal'>;

/**
 * Starts a checkpoint whose rows come bit by bit: `append` them and `close`. It holds some thousand rows, row groups are encoded and written as they fill, and nothing is visible under the name before `close`.
 * The options are those of `writeCheckpoint`; with `compat` all rows are held until `close`.
 *
 * @throws CheckpointError for the call; what is wrong with the file system is thrown by `append` or `close`
 */
export declare function createCheckpoint<T extends RowLike = RowLike>(path: string, options?: WriteOptions): Promise<CheckpointWriter<T>>;

/** Milliseconds since 1970 UTC. */
export declare interface DateColumn extends Column {
    readonly kind: 'date';
    readonly values: Float64Array;
}

/** The text of row `i` of the chunk is `dictionary[codes[i]]`. */
export declare interface DictionaryChunk {
    readonly length: number;
    readonly codes: Uint32Array;
    readonly dictionary: readonly string[];
}

/**
 * What changes from one schema to another: from the first, an older one, or the `info` of a checkpoint, to the second, a newer one. Where all is
 * `compatible`, rows saved under the first can be loaded with the second.
 *
 * The info of a checkpoint has the types of its columns. It does not say whether values may be null or missing, nor the keys of structs: these are not
 * compared then. A bigint column in an info is an int64, like one of integers.
 *
 * @throws CheckpointError `ERR_CKPT_INVALID_ARGUMENT` for a schema whose columns cannot be read, and for the info of a JSON checkpoint
 */
export declare function diffSchema(first: SchemaSource, second: SchemaSource): SchemaDiff;

/**
 * Named checkpoints in one directory, in Kura's layout. Names may be any non-empty strings: what a path cannot hold is percent-encoded. `summaries`, `summaries.jsonl` and
 * `summaries.parquet` are one name.
 *
 * All methods reject with a `CheckpointError`, except an aborted call, which rejects with `signal.reason`.
 */
declare abstract class DirectoryCheckpointManager implements KuraCheckpointManager {
    #private;
    /** The directory that was given. It is made by the first save. */
    readonly directory: string;
    /** False: nothing is saved, loaded, listed or deleted. */
    readonly enabled: boolean;
    protected constructor(directory: string, kind: ManagerKind);
    /**
     * Saves rows under a name, `[]` too; resolves with the path of the file, or with null when the manager is disabled. Until it resolves the checkpoint before it is intact.
     * @throws `ERR_CKPT_INVALID_ARGUMENT` for an empty or overlong name, and what `writeCheckpoint` throws
     */
    saveCheckpoint<T extends RowLike = RowLike>(name: string, rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>, options?: WriteOptions): Promise<string | null>;
    /**
     * Loads the rows of a name, as the schema makes them if there is one; null when there is no checkpoint, none of `options.hash`, or when the manager is disabled.
     * @throws what `readCheckpoint` throws: null never stands for a checkpoint that is there but unreadable
     */
    loadCheckpoint<S extends StandardSchemaV1>(name: string, schema: S, options?: KuraLoadOptions): Promise<StandardSchemaV1.InferOutput<S>[] | null>;
    loadCheckpoint<T extends RowLike = Row>(name: string, schema?: CheckpointSchema, options?: KuraLoadOptions): Promise<T[] | null>;
    /**
     * The names of the checkpoints, sorted, without extension: each of them loads. A file that is plainly no checkpoint is left out, with a warning; rows are not read for that.
     */
    listCheckpoints(): Promise<string[]>;
    /** Removes a checkpoint, whichever of its files there are; resolves with whether there was one. */
    deleteCheckpoint(name: string): Promise<boolean>;
    /** The path of a checkpoint's file, or the one that a save would write. */
    getCheckpointPath(name: string): Promise<string>;
    /** What is known of a checkpoint without loading its rows; null when there is none, or when the manager is disabled. */
    getCheckpointInfo(name: string): Promise<KuraCheckpointInfo | null>;
    /** What the manager is, and how many checkpoints it has. */
    getStats(): Promise<KuraManagerStats>;
}

/** What becomes of columns of one name in a Parquet file of another writer. */
declare const DUPLICATE_COLUMNS: readonly ['refuse', 'rename'];

declare type DuplicateColumns = (typeof DUPLICATE_COLUMNS)[number];

/**
 * Every error code of this package. Made from it: the list of codes, the exit codes of the command line, what managers try next, docs/errors.md.
 */
declare const ERROR_FACTS: Readonly<Record<"ERR_CKPT_CHANGED" | "ERR_CKPT_CLOSED" | "ERR_CKPT_CORRUPT" | "ERR_CKPT_DUPLICATE_KEY" | "ERR_CKPT_FORMAT_VERSION" | "ERR_CKPT_INTERNAL" | "ERR_CKPT_INVALID_ARGUMENT" | "ERR_CKPT_INVALID_OPTION" | "ERR_CKPT_IO" | "ERR_CKPT_LIMIT" | "ERR_CKPT_LOCKED" | "ERR_CKPT_MISSING_KEY" | "ERR_CKPT_NOT_A_CHECKPOINT" | "ERR_CKPT_NOT_A_FILE" | "ERR_CKPT_NOT_COMPATIBLE" | "ERR_CKPT_NOT_FOUND" | "ERR_CKPT_NO_SPACE" | "ERR_CKPT_PERMISSION" | "ERR_CKPT_READ_ONLY" | "ERR_CKPT_ROWS_NOT_ITERABLE" | "ERR_CKPT_ROW_FAILED" | "ERR_CKPT_ROW_NOT_OBJECT" | "ERR_CKPT_SCHEMA" | "ERR_CKPT_TIMEOUT" | "ERR_CKPT_TOO_DEEP" | "ERR_CKPT_TRUNCATED" | "ERR_CKPT_UNKNOWN_CODEC" | "ERR_CKPT_UNKNOWN_COLUMN" | "ERR_CKPT_UNKNOWN_OPTION" | "ERR_CKPT_UNSUPPORTED_FILE" | "ERR_CKPT_UNSUPPORTED_VALUE", ErrorFacts>>;

/** What an error is about. docs/errors.md has a section for each. */
declare type ErrorClass = 'call' | 'rows' | 'map' | 'file' | 'system' | 'package';

/** How the command line ends: names of its exit codes. */
declare type ErrorExit = 'findings' | 'usage' | 'io' | 'bug';

/** All that is known of an error code. */
declare interface ErrorFacts {
    class: ErrorClass;
    /** What has happened, as a sentence. */
    meaning: string;
    /** What to do about it, as a sentence. */
    advice: string;
    exit: ErrorExit;
    failover: Failover;
    /** Nobody can use the file, not even another version of this package: a sweep may remove it, if it is a batch. */
    isBroken?: true;
}

/** What becomes of keys that a schema does not name. */
export declare type ExtraKeys = 'keep' | 'drop' | 'refuse';

/**
 * Whether something else is tried when this error ends a call of a manager.
 *
 * - `never`: the error is thrown at once. It would be the same anywhere.
 * - `manager`: MultiCheckpointManager tries its next manager.
 * - `file`: the same, and CheckpointManager tries the checkpoint's file of the other format.
 */
declare type Failover = 'never' | 'manager' | 'file';

/** What is known of a file before its rows. */
declare interface FileHead extends Pick<CheckpointInfo, 'hash' | 'metadata'> {
    /** Left out by formats that do not say it. */
    origin?: FileOrigin;
}

/** Those options that say how a file is opened: they hold for all readings of it. */
declare type FileOptions = Pick<ReadOptions, 'verify' | 'limits' | 'text' | 'duplicateColumns'>;

/** Who wrote a file, as far as it says so. */
declare interface FileOrigin {
    /** The `created_by` of a Parquet footer; null where there is none. */
    createdBy: string | null;
    /** The version of the checkpoint's format; null for files of other writers. */
    formatVersion: number | null;
    /** The program in whose form the rows were saved; null for our own. */
    compat: Compat | null;
    /** Whether the file has checksums that a load compares. */
    checksums: boolean;
}

/**
 * The hash of an operation: 64 hexadecimal digits of SHA-256, the same in every process and on every machine.
 *
 * As in DocETL, hashes are chained: give the hash of the operation before as `upstream`, and a change anywhere before reaches all that follow. Unlike DocETL's, it covers the contents of files and not their paths.
 * The two are not the same number: DocETL's own hashes are of its configuration as Python writes it.
 *
 * @throws `ERR_CKPT_UNSUPPORTED_VALUE` for a function or a class instance in `config`, and what reading the input throws
 */
export declare function hashOperation(parts: OperationParts): Promise<string>;

/** What a `map` of these rows would do. */
export declare interface IncrementalPlan<T extends RowLike = Row> {
    /** Rows that no earlier run has met. */
    new: T[];
    /** Rows that an earlier run has met with other content, or under another hash: they would be computed again. */
    changed: T[];
    /** Rows whose results are there, in the checkpoint or in the batches of a run that was interrupted. */
    unchanged: T[];
    /** The keys of rows of the checkpoint that are not in the input any more. */
    removed: RowKey[];
    /** The checkpoint that is there was made with another hash: all is computed again. */
    hashChanged: boolean;
}

/**
 * The schema of rows: what a save would make of each column, and why. All rows are looked at, as a save does, in chunks of the same size and by the same
 * code, so that what it says is what `writeCheckpoint` does without a schema of its own (which may take fewer rows at a time where texts are long). Nothing is
 * written, and the rows stay as they are. It takes about as long as a save, all of it on the main thread and without a turn of the event loop.
 *
 * ```ts
 * inferSchema([{ id: 1, tags: ['a'] }, { id: 2.5 }]).columns;
 * // [{ name: 'id', type: 'number', stored: 'double', ... }, { name: 'tags', type: 'list', optional: true, element: { type: 'string', ... } }]
 * ```
 *
 * The result can be given to saves and loads as their `schema`, and to {@link diffSchema}. As a schema it asks for the types that most values have: rows
 * with `irregular` values do not fit it.
 *
 * @throws CheckpointError `ERR_CKPT_ROWS_NOT_ITERABLE`, `ERR_CKPT_ROW_NOT_OBJECT`, `ERR_CKPT_UNSUPPORTED_VALUE`, `ERR_CKPT_TOO_DEEP` as a save
 */
export declare function inferSchema<T extends RowLike = RowLike>(rows: Iterable<NoInfer<T>>): CheckpointSchema;

/** True for a {@link CheckpointError} of any copy of this package and of any realm. */
export declare function isCheckpointError(error: unknown): error is CheckpointError;

/**
 * Named checkpoints as JSON lines, a row a line: `<directory>/<name>.jsonl`. Kura's default, and the one that any tool for text reads.
 *
 * ```ts
 * const checkpoints = new JsonlCheckpointManager('checkpoints');
 * const summaries = (await checkpoints.loadCheckpoint('summaries', ConversationSummary)) ?? (await summarise(conversations));
 * await checkpoints.saveCheckpoint('summaries', summaries);
 * ```
 */
export declare class JsonlCheckpointManager extends DirectoryCheckpointManager {
    constructor(directory: string, options?: JsonlCheckpointManagerOptions);
}

/** Options of {@link JsonlCheckpointManager}. */
export declare interface JsonlCheckpointManagerOptions {
    /** `false`: nothing is saved, loaded, listed or deleted. @default true */
    enabled?: boolean;
    /** Save lines that Kura's classes read, and refuse rows that they would not: see `compat` of a save. @default none */
    compat?: 'kura';
    /** Where the manager reports what it saved and loaded; `false` for nowhere. @default console */
    logger?: Logger | false;
}

/** Where the key of a row is: a column, or what a function makes of the row. */
export declare type KeyOption<T extends RowLike = Row> = (keyof T & string) | ((row: T, index: number) => RowKey);

/** What is known of a checkpoint without loading its rows. */
export declare interface KuraCheckpointInfo extends CheckpointInfo {
    /** Without extension. */
    name: string;
    /** When the file was written. */
    modified: Date;
}

/** What all of the Kura managers do, and whatever else {@link MultiCheckpointManager} shall keep checkpoints in. Names are alike with and without extension. */
export declare interface KuraCheckpointManager {
    readonly enabled: boolean;
    /** Where it keeps checkpoints, for messages. */
    readonly directory: string;
    /** Saves rows; resolves with the path, or null when it is disabled. */
    saveCheckpoint<T extends RowLike = RowLike>(name: string, rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>, options?: WriteOptions): Promise<string | null>;
    /** Loads rows; null when there are none of the name, or when it is disabled. */
    loadCheckpoint(name: string, schema?: StandardSchemaV1 | CheckpointSchema, options?: KuraLoadOptions): Promise<Row[] | null>;
    /** The names of its checkpoints, sorted, without extension. */
    listCheckpoints(): Promise<string[]>;
    /** Removes a checkpoint; resolves with whether there was one. */
    deleteCheckpoint(name: string): Promise<boolean>;
    /** Where a checkpoint is, or would be saved. */
    getCheckpointPath(name: string): Promise<string>;
    /** What is known of a checkpoint without loading it; null as of a load. */
    getCheckpointInfo(name: string): Promise<KuraCheckpointInfo | null>;
    getStats(): Promise<KuraManagerStats>;
}

/** Options of `loadCheckpoint` of the Kura managers. The schema is an argument of its own. */
export declare interface KuraLoadOptions extends Omit<ReadOptions, 'schema'> {
    /** A checkpoint that was saved with another hash, or without one, counts as not there. @default any */
    hash?: string;
    /**
     * What to do with a JSONL file that ends in the middle of a line, as a killed program leaves it. `keep` gives the rows before that line,
     * with a warning that names file and line. `refuse` is `ERR_CKPT_TRUNCATED`; so is a file without one whole row. @default 'keep'
     */
    torn?: 'keep' | 'refuse';
}

/** What a manager says of itself. */
export declare interface KuraManagerStats {
    /** The name of its class. */
    type: string;
    enabled: boolean;
    directory: string;
    /** The number of checkpoints that it lists. */
    checkpoints: number;
}

/**
 * The most that a Parquet file may ask for. A file beyond one of these is `ERR_CKPT_LIMIT`, before memory is taken for it. The defaults are
 * the most that the reader bears, and a larger number counts as the default: set smaller ones for files of strangers. Text files have no
 * such limits: they are read a batch at a time and take no more memory than they have bytes.
 */
export declare interface Limits {
    /** Size of the footer. @default 268435456 @unit bytes */
    footerBytes?: number;
    /** Number of row groups. @default 1048576 */
    rowGroups?: number;
    /** Nodes of the schema: columns, structs, lists and leaves together. @default 100000 */
    columns?: number;
    /** Depth of the schema: 1 for plain columns, one more for each struct, two more for each list. @default 256 */
    depth?: number;
    /** Size of one page once it is decompressed. @default 1073741824 @unit bytes */
    pageBytes?: number;
    /**
     * Size of all columns together once they are decoded. The footer's numbers count, and with the native binary the blocks of a reading.
     * Rows as JavaScript objects take several times as much. Without this limit a stream of any length is still read in bounded memory, but
     * `readCheckpoint` holds all of it. @default no limit @unit bytes
     */
    decodedBytes?: number;
    /** How many times its compressed size a column of a row group may become, once it becomes more than `pageBytes`. @default 10000 */
    ratio?: number;
    /** Size of one text or one value of bytes, as stored: UTF-8. @default 1073741824 @unit bytes */
    stringBytes?: number;
}

/** The elements of row `i` of the chunk are those from `offsets[i]` to `offsets[i + 1]`. */
export declare interface ListChunk {
    readonly length: number;
    /** `length + 1` offsets in elements. */
    readonly offsets: Uint32Array;
    /** The elements, where all of them are numbers; else null. */
    readonly values: Float64Array | Float32Array | null;
}

/** Lists. Those of numbers are there as numbers. */
export declare interface ListColumn extends Column {
    readonly kind: 'list';
    readonly chunks: readonly ListChunk[];
    /**
     * The numbers of row `index` as a view, without a copy: floats where the file has floats, which is where every number of the column is one exactly. Undefined where the row has no list, or one
     * that is not of numbers only.
     */
    view(index: number): Float64Array | Float32Array | undefined;
}

/** A value that `values` may list. */
export declare type Literal = string | number | boolean | bigint;

/** Options of {@link CheckpointManager.loadCheckpoint}. */
export declare interface LoadOptions extends ReadOptions {
    /**
     * The hash of the operation as it is now. A checkpoint that was saved with another hash, or without one, counts as not there. @default
     * any
     */
    hash?: string;
}

/** See {@link MultiCheckpointManagerOptions}. */
export declare type LoadStrategy = 'first_found' | 'priority';

/** Where a manager reports what it did. `console` is a logger. */
export declare interface Logger {
    info(message: string): void;
    warn(message: string): void;
}

/** What a kind of manager is. */
declare interface ManagerKind {
    /** The name of its class. */
    type: string;
    /** What it saves with. */
    store: CheckpointStore;
    /** Those of its files: see layout.ts. */
    extensions: readonly string[];
    enabled: boolean;
    logger: Logger | null;
    defaults: WriteDefaults;
}

/** What the function of a `map` gets beside the row. */
export declare interface MapContext {
    /** The index of the row in the input. */
    readonly index: number;
    /** 1 at first, 2 for the first retry. */
    readonly attempt: number;
    /** Aborted when nobody wants the result any more: the run was aborted or has failed, or the time of this attempt is over. Pass it on to `fetch`. */
    readonly signal: AbortSignal;
}

/** What happens on the way of a `map`. */
export declare type MapEvent = 
/** The function threw, and the row is tried again after `delay` milliseconds. */
    {
    type: 'retry';
    row: number;
    attempt: number;
    delay: number;
    error: unknown;
}
/** A row has failed for good. */
| ({
    type: 'failed';
} & RowFailure)
/** Results are durable: of `rows` rows, in the batch file at `path`. */
| {
    type: 'flushed';
    rows: number;
    path: string;
}
/** Small batch files, `files` of them, became the one at `path`. */
| {
    type: 'compacted';
    files: number;
    path: string;
}
/** A batch file or checkpoint cannot be read: its rows are computed again. */
| {
    type: 'damaged';
    path: string;
    error: CheckpointError;
};

/** The function of a `map`: one row becomes one row, several, or none (`[]`, null, undefined). */
export declare type MapFunction<In extends RowLike, Out extends RowLike> = (row: In, context: MapContext) => MapOutput<Out> | Promise<MapOutput<Out>>;

/** Options of {@link CheckpointManager.map}. The options of compression, metadata and row groups apply to its final checkpoint. */
export declare interface MapOptions<T extends RowLike = Row> extends Pick<WriteOptions, 'compression' | 'compressionLevel' | 'rowGroupRows' | 'metadata' | 'signal'> {
    /** What identifies a row: the name of a column, or a function that makes the key. `1` and `'1'` are two keys. */
    key: KeyOption<T>;
    /**
     * The hash of the operation: see {@link hashOperation}. Results that were made with another hash are not used. It need not cover the
     * rows: they are compared one by one. @default none
     */
    hash?: string;
    /** The most rows that are being computed at a time, 1 to 100,000. @default 8 @unit rows */
    concurrency?: number;
    /**
     * The most finished rows that are not durable yet, 1 to 1,000,000: a crash loses no more. At this number no further call begins until they are written. @default 32768 @unit rows
     */
    batchSize?: number;
    /** The longest time that a finished row waits before it is made durable; 0 for at once. @default 1000 @unit ms */
    flushEvery?: number;
    /** How many times a row is tried again when the function throws, or how: {@link RetryOptions}. @default 0 */
    retries?: number | RetryOptions;
    /**
     * The longest time that one attempt may take. A row that takes longer has failed with `ERR_CKPT_TIMEOUT`; it may be tried again. @default
     * no limit @unit ms
     */
    timeout?: number;
    /** What a failed row does. `throw` ends the run. `collect` goes on and lists all failures at the end. @default 'throw' */
    onError?: 'throw' | 'collect';
    /**
     * How long to wait while another process works on the same operation; after that the call is `ERR_CKPT_LOCKED`. `Infinity` waits for the
     * other to end. @default 0 @unit ms
     */
    lockWait?: number;
    /**
     * Called as rows are done, at most every 50 ms and once at the end. If it throws, the run goes on and the process gets a warning.
     * @default none
     */
    onProgress?: (progress: MapProgress) => void;
    /**
     * Called for what happens on the way: see {@link MapEvent}. If it throws, the run goes on and the process gets a warning. @default none
     */
    onEvent?: (event: MapEvent) => void;
    /** Shows a progress bar on stderr if that is a terminal. @default false */
    progressBar?: boolean;
}

export declare type MapOutput<Out extends RowLike> = Out | readonly Out[] | null | undefined | void;

/** How far a `map` is. */
export declare interface MapProgress {
    /** Rows of the input that are done: resumed, computed or failed. */
    rows: number;
    /** Rows of the input in all, where that is known (an array); else undefined. */
    totalRows: number | undefined;
    /** Of the rows that are done, those whose results an earlier run made. */
    resumed: number;
    /** Of the rows that are done, those whose results this run made. */
    computed: number;
    /** Of the rows that are done, those that failed after all retries. */
    failed: number;
    /** How often the function was called, retries among them. */
    calls: number;
    /** Rows a second that this run computed, over its last seconds; 0 at first. */
    rate: number;
    /** Seconds that the rest will take at that rate; undefined where that is not known. */
    secondsLeft: number | undefined;
}

/** What a `map` gives. */
export declare interface MapResult<T> extends MapSummary {
    /** The results in the order of the input. */
    rows: T[];
}

/** What a `map` did. */
export declare interface MapSummary {
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
    /** The rows that failed, with `onError: 'collect'`. Where there is one, no checkpoint was saved: the results of the others wait for the next run. */
    failed: RowFailure[];
    /** The path of the final checkpoint; null where none was saved. */
    path: string | null;
}

/** Options of {@link CheckpointManager.migrateJsonToArrow}. */
export declare interface MigrateCheckpointOptions {
    /** Leave the JSON file beside the Parquet file. The Parquet file counts from then on, because it is newer. @default true */
    keepJson?: boolean;
    /** Aborts the migration: it rejects with `signal.reason`. What is done stays; a file that is half done leaves nothing. @default none */
    signal?: AbortSignal;
}

/**
 * Makes Parquet of every JSON checkpoint and batch in a directory of DocETL's layout, one after the other. Each is written beside its JSON file, read back and compared with it row
 * by row before it gets its name; only then, and with `keepJson: false`, the JSON file goes. What an earlier run has done is not done again. A file that fails
 * is reported, and the rest goes on.
 */
export declare function migrateDirectory(directory: string, given?: MigrationOptions): AsyncGenerator<MigrationOutcome, void, undefined>;

/** Options of a migration. */
export declare interface MigrationOptions extends Pick<WriteOptions, 'compression' | 'compressionLevel' | 'rowGroupRows' | 'signal'> {
    /** Leave the JSON file beside the Parquet file. The Parquet file counts from then on, because it is newer. @default true */
    keepJson?: boolean;
    /** Change nothing; measure how large the Parquet files would be. @default false */
    dryRun?: boolean;
    /** Called as rows are written and compared. `done` of `total` files are dealt with. @default none */
    onProgress?: (progress: {
        done: number;
        total: number;
        file: string;
        rows: number;
    }) => void;
}

/** What became of one JSON file. */
export declare interface MigrationOutcome {
    /** The JSON file. */
    source: string;
    /** The Parquet file beside it. */
    target: string;
    /** Null for a batch. */
    step: string | null;
    operation: string;
    /** The index of a batch, else null. */
    batch: number | null;
    /** `already`: an earlier run made the Parquet file. `planned`: a dry run would have made it. `failed`: see `error`; nothing has changed. */
    status: 'migrated' | 'already' | 'planned' | 'failed';
    rows: number;
    jsonBytes: number;
    /** Of the Parquet file, in a dry run as it was measured; null if it failed. */
    arrowBytes: number | null;
    /** Whether the JSON file was removed. */
    deleted: boolean;
    error?: unknown;
}

/**
 * Named checkpoints in several managers at once, so that one that is damaged or out of reach loses nothing.
 *
 * ```ts
 * const checkpoints = new MultiCheckpointManager(
 *   [new ParquetCheckpointManager('checkpoints'), new JsonlCheckpointManager('/mnt/backup')],
 *   { heal: true },
 * );
 * ```
 *
 * The managers keep their order. If one of them fails, a warning says so. An error of the call, its rows or its schema is thrown at once, because every manager would give it.
 * Where all managers fail the error has the code of the first, and all errors in its `cause`, an `AggregateError`.
 */
export declare class MultiCheckpointManager implements KuraCheckpointManager {
    #private;
    readonly saveStrategy: SaveStrategy;
    readonly loadStrategy: LoadStrategy;
    /** Whether loads save the checkpoint anew where it was damaged or missing. */
    readonly heal: boolean;
    constructor(managers: readonly KuraCheckpointManager[], options?: MultiCheckpointManagerOptions);
    /** The managers, in their order. */
    get managers(): readonly KuraCheckpointManager[];
    /** Whether any of the managers is enabled now. */
    get enabled(): boolean;
    /** The directory of the primary manager: the first that is enabled. */
    get directory(): string;
    /**
     * Saves rows as `saveStrategy` says; resolves with the path in the first manager that took them, or with null when none is enabled. An iterable is held as an array where there is more than one.
     * @throws when all managers fail
     */
    saveCheckpoint<T extends RowLike = RowLike>(name: string, rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>, options?: WriteOptions): Promise<string | null>;
    /**
     * Loads the rows of a name as `loadStrategy` says; null when no manager has it. A JSONL file that is torn counts as damaged while another manager has the checkpoint whole.
     * @throws when all managers that have it fail
     */
    loadCheckpoint<S extends StandardSchemaV1>(name: string, schema: S, options?: KuraLoadOptions): Promise<StandardSchemaV1.InferOutput<S>[] | null>;
    loadCheckpoint<T extends RowLike = Row>(name: string, schema?: CheckpointSchema, options?: KuraLoadOptions): Promise<T[] | null>;
    /** The names that any of the managers has, sorted, each once. @throws when all managers fail */
    listCheckpoints(): Promise<string[]>;
    /** Removes a checkpoint from all managers; resolves with whether any had it. @throws when one fails, after all were asked: it would still be loaded */
    deleteCheckpoint(name: string): Promise<boolean>;
    /** Where the primary manager has a checkpoint, or would save it. */
    getCheckpointPath(name: string): Promise<string>;
    /** What is known of a checkpoint, from the first manager that can tell; null when none has it. @throws when all that have it fail */
    getCheckpointInfo(name: string): Promise<KuraCheckpointInfo | null>;
    /** The strategies, and what the managers say of themselves. */
    getStats(): Promise<MultiManagerStats>;
}

/** Options of {@link MultiCheckpointManager}. */
export declare interface MultiCheckpointManagerOptions {
    /**
     * Where a save goes. `all_enabled`: to every enabled manager. `primary_only`: to the first enabled one, and to the next if that fails. A
     * manager that fails is reported with a warning, and its older checkpoint of the name is removed, so that no load finds it. The save
     * fails only if every manager fails. @default 'all_enabled'
     */
    saveStrategy?: SaveStrategy;
    /**
     * Where a load looks: in the enabled managers in order, until one has the checkpoint whole. A manager that fails is skipped with a
     * warning. A manager without the checkpoint is skipped silently with `first_found`; with `priority` a warning says that it is missing in
     * the first. The load fails only if every manager that has the checkpoint fails. @default 'first_found'
     */
    loadStrategy?: LoadStrategy;
    /**
     * A load also saves the checkpoint in the managers before the one it came from, where it was damaged or missing. The load waits for that.
     * @default false
     */
    heal?: boolean;
    /** Where the manager reports what failed and what it healed; its managers have loggers of their own. @default console */
    logger?: Logger | false;
}

/** What {@link MultiCheckpointManager} says of itself. */
export declare interface MultiManagerStats extends KuraManagerStats {
    saveStrategy: SaveStrategy;
    loadStrategy: LoadStrategy;
    heal: boolean;
    /** In their order, disabled ones too. */
    managers: KuraManagerStats[];
}

/** What is known of a checkpoint of a manager without loading its rows. */
export declare interface NamedCheckpointInfo extends CheckpointInfo {
    step: string;
    operation: string;
    /** When the file was written. */
    modified: Date;
    /** All files of the checkpoint, the newest first: it may be there as Parquet and as JSON. */
    files: StoredFile[];
}

/** `values[i]` is the number of row `i`; anything where `validity[i]` is 0. A bigint, which files of other writers may hold beyond the safe integers, is not valid. */
export declare interface NumberColumn extends Column {
    readonly kind: 'number';
    readonly values: Float64Array;
}

/**
 * Opens a checkpoint, or a file of another writer, to read parts of it or to stream it. Close it when it is no longer needed; `await using` does.
 *
 * @throws CheckpointError what `readCheckpoint` throws for the file and the call
 */
export declare function openCheckpoint<T extends RowLike = Row>(path: string, options?: OpenCheckpointOptions): Promise<CheckpointReader<T>>;

/** Options of `openCheckpoint`: they hold for all readings of the file. */
export declare type OpenCheckpointOptions = FileOptions & Pick<ReadOptions, 'compat' | 'signal'>;

/**
 * A checkpoint that is open. Each call reads anew, and several may read at a time.
 *
 * - Rows and columns are made when they are asked for. Stopping early frees what the reading holds.
 * - What is read is the file that was opened, also where another has taken its name; if that cannot be, it is `ERR_CKPT_CHANGED`.
 * - After `close` all readings that are under way reject with `ERR_CKPT_CLOSED`.
 */
declare interface OpenFile {
    readonly info: CheckpointInfo;
    /** `picked`: only the rows of these numbers, which ascend. */
    batches(options: ReadOptions, picked?: readonly number[]): AsyncGenerator<Row[], void, undefined>;
    /** The same rows as columns. The options have no `schema`. */
    columnBatches(options: ReadOptions): AsyncGenerator<ColumnBatch, void, undefined>;
    /** All of them as one batch. */
    columns(options: ReadOptions): Promise<ColumnBatch>;
    /** How many rows `where` takes. */
    count(options: Pick<ReadOptions, 'where' | 'unknownColumns' | 'signal' | 'threads'>): Promise<number>;
    close(): void;
}

/** Options of opening a file, which hold for all readings of it. */
declare type OpenOptions = FileOptions & Pick<ReadOptions, 'compat'>;

/** What a value may be compared with: anything that JSON has, and numbers, bigints, dates and bytes of every kind. */
declare type Operand = unknown;

/** What the results of an operation depend on. */
export declare interface OperationParts {
    /**
     * The configuration: prompt, model, schema, ... Plain data. The order of keys does not matter, and `undefined` counts as missing.
     * @default none
     */
    config?: unknown;
    /**
     * Code whose change makes results stale. A function counts by its source text, not by what it calls or closes over; a string counts as it
     * is. @default none
     */
    code?: Code | readonly Code[];
    /**
     * The input, by content: rows, which are read to their end, or the bytes of files, whatever their names. A `map` needs none: it compares
     * the rows one by one. @default none
     */
    input?: Iterable<RowLike> | AsyncIterable<RowLike> | {
        file: string | readonly string[];
    };
    /** The hashes of the operations whose results this one works on. If one of them changes, so does this hash. @default none */
    upstream?: string | readonly string[];
}

declare type Output<S extends StandardSchemaV1> = StandardSchemaV1.InferOutput<S>;

/**
 * Named checkpoints as Parquet: `<directory>/<name>.parquet`. It reads those of Kura's own ParquetCheckpointManager, with the values that are JSON text in them. Without the native binary it
 * saves `<name>.json`, and still reads Parquet.
 */
export declare class ParquetCheckpointManager extends DirectoryCheckpointManager {
    constructor(directory: string, options?: ParquetCheckpointManagerOptions);
}

/** Options of {@link ParquetCheckpointManager}. The options of compression and row groups are the defaults of its saves. */
export declare interface ParquetCheckpointManagerOptions extends Pick<WriteOptions, 'compressionLevel' | 'rowGroupRows'> {
    /** `false`: nothing is saved, loaded, listed or deleted. @default true */
    enabled?: boolean;
    /** The codec of the column chunks. The default is Kura's. @default 'snappy' */
    compression?: NonNullable<WriteOptions['compression']>;
    /** Save Parquet that Kura's own manager reads: see `compat` of a save. @default none */
    compat?: 'kura';
    /** Where the manager reports what it saved and loaded; `false` for nowhere. @default console */
    logger?: Logger | false;
}

/** Options of {@link CheckpointManager.loadPartialResults}. */
export declare interface PartialOptions {
    /** Only results that were made with this hash. @default any */
    hash?: string;
}

/** The results of an operation so far. */
export declare interface PartialResults<T extends RowLike = Row> {
    /** The results of the checkpoint in its order, then those of batches. A row of the input that both have counts as the batches have it, which are newer. */
    rows: T[];
    /** How many rows of the input these are the results of. Undefined if no `map` made the checkpoint. */
    inputRows: number | undefined;
    /** There are batches with results that the checkpoint lacks: a `map` is running, or was interrupted, and more may come. False: this is the checkpoint. */
    isPartial: boolean;
}

/** Options of {@link CheckpointManager.planIncremental}. */
export declare interface PlanOptions<T extends RowLike = Row> {
    /** What identifies a row, as in the `map`. */
    key: KeyOption<T>;
    /** The hash of the operation, as in the `map`. @default none */
    hash?: string;
}

/** What `onProgress` of a running save or load gets. */
export declare interface Progress {
    /** Rows handed over so far. */
    rows: number;
    /** Rows in all, where that is known (an array, a file); else undefined. */
    totalRows: number | undefined;
}

/**
 * Loads all rows of a checkpoint: exactly the rows that were saved, or with `schema` what that makes of them. Also opens Parquet files of other writers, JSON arrays of objects,
 * and files of a JSON object a line whose name ends in `.jsonl` or `.ndjson`; Parquet and JSON are recognised by their contents, not by the name.
 *
 * @throws CheckpointError `ERR_CKPT_NOT_FOUND`, `ERR_CKPT_NOT_A_FILE`, `ERR_CKPT_NOT_A_CHECKPOINT`, `ERR_CKPT_TRUNCATED`, `ERR_CKPT_CORRUPT`,
 * `ERR_CKPT_UNSUPPORTED_FILE`, `ERR_CKPT_FORMAT_VERSION`, `ERR_CKPT_LIMIT` for the file, `ERR_CKPT_UNKNOWN_COLUMN` for `columns`, `ERR_CKPT_SCHEMA` for
 * `schema`, and those of the call and the file system as `writeCheckpoint`. An error that a schema of yours throws is passed on as it is.
 */
export declare function readCheckpoint<S extends StandardSchemaV1>(path: string, options: ReadOptions & {
    schema: S;
}): Promise<StandardSchemaV1.InferOutput<S>[]>;

export declare function readCheckpoint<T extends RowLike = Row>(path: string, options?: ReadOptions): Promise<T[]>;

/** Options of every load. */
export declare interface ReadOptions {
    /**
     * Keys to load, and paths into objects (`metadata.source`). Other columns of a Parquet file are neither read nor decoded. Each row keeps
     * its own order of keys. @default all
     */
    columns?: readonly string[];
    /** Which rows to load: see {@link Where}. The conditions look at the rows as they were saved, before `schema`. @default all */
    where?: Where;
    /**
     * What to do with a name that no row has. `error`: `ERR_CKPT_UNKNOWN_COLUMN`, in `columns` and in `where`. `missing`: the name counts as
     * a missing key in both. A path is such a name where all objects on its way lack its next key; what is neither null nor an object on the
     * way, and JSON in Parquet, may hold anything. A checkpoint without rows has every column. A text file shows its columns only once all
     * its rows were read, so not if `limit` ends the reading before. @default an error in `columns`, a missing key in `where`
     */
    unknownColumns?: 'error' | 'missing';
    /** How many of the rows that `where` selects to skip, 0 or more. @default 0 @unit rows */
    offset?: number;
    /** The most rows to load, 0 or more. A schema checks only these rows, and its violations count them from 0. @default all @unit rows */
    limit?: number;
    /**
     * What the rows must be, as in a save. The load returns what the schema makes of them: with its defaults and transforms, and without the
     * keys that it does not name. Where the columns can be read from the schema, those keys are not even decoded. If a row does not fit, the
     * load is `ERR_CKPT_SCHEMA`. @default none
     */
    schema?: StandardSchemaV1 | CheckpointSchema;
    /**
     * Columns that the schema does not name: `keep` them, or `drop` them before the schema looks. The columns must be readable from the
     * schema. @default as the schema says: `z.object` and a CheckpointSchema drop, `z.looseObject` keeps, `z.strictObject` refuses
     */
    extraColumns?: 'keep' | 'drop';
    /**
     * The file may have been written by this Python program itself: give the rows that the program was given. Managers find that out by
     * themselves. @default none
     */
    compat?: Compat;
    /**
     * Compare the checksums of what is read with those in the file. Text files have none, nor have most files of other writers. @default true
     */
    verify?: boolean;
    /**
     * Texts in Parquet files of other writers. `strict`: a text that is not UTF-8 is `ERR_CKPT_UNSUPPORTED_FILE`. `lossy`: bytes that are not
     * UTF-8 become U+FFFD. `bytes`: every text is a `Uint8Array`. No effect on checkpoints and text files. @default 'strict'
     */
    text?: TextMode;
    /**
     * Columns, or fields of a struct, that share a name in Parquet files of other writers. `refuse`: `ERR_CKPT_UNSUPPORTED_FILE`. `rename`:
     * the second `a` is `a_1`, or the next free name. @default 'refuse'
     */
    duplicateColumns?: DuplicateColumns;
    /** The most that a Parquet file may ask for: {@link Limits}. No effect on text files. @default the most that the reader bears */
    limits?: Limits;
    /**
     * Threads that decode Parquet, 1 to 64, beside the one that packs blocks. No effect on JSON. @default the cores less one, at most 4 @unit
     * threads
     */
    threads?: number;
    /** Aborts the load: it rejects with `signal.reason`. @default none */
    signal?: AbortSignal;
    /**
     * Called as rows are loaded, at most every 50 ms and once at the end. If it throws, the load goes on and the process gets a warning.
     * @default none
     */
    onProgress?: (progress: Progress) => void;
}

/** How a row that failed is tried again. */
export declare interface RetryOptions {
    /** How many times, after the first attempt: 0 to 1000. */
    times: number;
    /**
     * The wait before the first retry. Each further wait is twice as long, and each is drawn at random between half and all of that. @default
     * 500 @unit ms
     */
    minDelay?: number;
    /** The longest wait. @default 30000 @unit ms */
    maxDelay?: number;
    /**
     * Decides by what was thrown. False, null, undefined and `''`: do not try again. True: try again after the usual wait. A number from 0 to
     * 2147483647: wait that many ms (`Retry-After` of a server). Anything else, a promise too, fails the row with `ERR_CKPT_INVALID_OPTION` as
     * its cause. @default always true
     */
    retryIf?: (error: unknown, attempt: number) => boolean | number;
}

/**
 * A row: a plain object. Its own enumerable string keys are the columns; symbol keys are not stored.
 *
 * Values may be anything `JSON.stringify` keeps, and beyond it: `undefined`, every number (`-0`, `NaN`, the infinities),
 * `bigint`, `Date`, `Uint8Array` (and `Buffer`, which comes back as `Uint8Array`), `Float32Array`, `Float64Array`,
 * strings with lone surrogates, in objects and arrays up to 256 deep. Anything else is refused with `ERR_CKPT_UNSUPPORTED_VALUE`, and the file
 * that was at the path stays as it was.
 */
export declare type Row = Record<string, unknown>;

/** A row that failed. */
export declare interface RowFailure {
    /** Its index in the input. */
    row: number;
    key: RowKey;
    /** `ERR_CKPT_ROW_FAILED`, with what the function threw as its `cause`. */
    error: CheckpointError;
}

/** What may tell a row from all others. `1`, `'1'`, `1n` and `[1]` are four keys. */
export declare type RowKey = string | number | bigint | boolean | readonly (string | number | bigint | boolean)[];

/**
 * What types of rows may be: every object type, also an `interface`, which has no index signature. Not numbers, strings, arrays, functions, and what TypeScript's library has as classes (`Date`, `Map`, `Promise`, ...). The types let
 * instances of other classes pass; a save refuses them.
 */
export declare type RowLike = Row | (object & {
    readonly [Symbol.iterator]?: never;
    readonly [Symbol.hasInstance]?: never;
    readonly [Symbol.toPrimitive]?: never;
    readonly [Symbol.toStringTag]?: never;
});

/** Options of one reading of an open checkpoint: those of a load, without the ones that were given when it was opened. */
export declare type RowsOptions = Omit<ReadOptions, keyof FileOptions | 'compat'>;

/** Options of `sample`. */
export declare interface SampleOptions extends Omit<RowsOptions, 'offset' | 'limit' | 'onProgress'> {
    /** An integer: the same seed takes the same rows. @default another each time */
    seed?: number;
}

/** See {@link MultiCheckpointManagerOptions}. */
export declare type SaveStrategy = 'all_enabled' | 'primary_only';

/** A column, a key or an element that both schemas have, of different types. */
export declare interface SchemaChange {
    path: string;
    /** The type in words in the first schema; `?` at its end: it may be missing. */
    from: string;
    /** The same in the second. */
    to: string;
    /** Whether every value of `from` is one of `to`. */
    compatible: boolean;
}

/** What {@link diffSchema} gives; all lists are empty for equal schemas. */
export declare interface SchemaDiff {
    /** Only in the second. Compatible if it is optional or has a default. */
    added: SchemaDifference[];
    /** Only in the first. Compatible unless the second refuses other keys (`z.strictObject`). */
    removed: SchemaDifference[];
    changed: SchemaChange[];
}

/** A column, or a key of a struct, that only one of two schemas has. */
export declare interface SchemaDifference {
    /** `meta.score`, `tags[]` for the elements of a list. */
    path: string;
    /** Its type in words: `int64`, `list<string> | null`. */
    type: string;
    /** Whether rows of the first schema can be loaded with the second. */
    compatible: boolean;
}

/** What {@link diffSchema} compares. */
export declare type SchemaSource = CheckpointSchema | StandardSchemaV1 | CheckpointInfo;

/** One value that does not fit a schema. */
export declare interface SchemaViolation {
    /** The index of the row, counted from 0 over the whole checkpoint. */
    row: number;
    /** The place inside the row, `metadata.tags[3]`; empty for the row itself. */
    path: string;
    /** What the schema asks for, or the schema's own message. */
    expected: string;
    /** What is there, in short. */
    got: string;
}

/**
 * A schema of any library that follows https://standardschema.dev, version 1: zod, valibot, arktype, ... These are the spec's own types; the
 * spec asks for them to be copied, so that nothing need be installed.
 */
export declare interface StandardSchemaV1<Input = unknown, Output = Input> {
    readonly '~standard': StandardSchemaV1.Props<Input, Output>;
}

export declare namespace StandardSchemaV1 {
    export interface Props<Input = unknown, Output = Input> {
        readonly version: 1;
        /** The name of the library. */
        readonly vendor: string;
        /** Checks an unknown value and gives what the schema makes of it. */
        readonly validate: (value: unknown) => Result<Output> | Promise<Result<Output>>;
        /** For the compiler only. */
        readonly types?: Types<Input, Output> | undefined;
    }
    export type Result<Output> = SuccessResult<Output> | FailureResult;
    export interface SuccessResult<Output> {
        readonly value: Output;
        readonly issues?: undefined;
    }
    export interface FailureResult {
        readonly issues: ReadonlyArray<Issue>;
    }
    export interface Issue {
        readonly message: string;
        readonly path?: ReadonlyArray<PropertyKey | PathSegment> | undefined;
    }
    export interface PathSegment {
        readonly key: PropertyKey;
    }
    export interface Types<Input = unknown, Output = Input> {
        readonly input: Input;
        readonly output: Output;
    }
    /** What a schema takes. */
    export type InferInput<Schema extends StandardSchemaV1> = NonNullable<Schema['~standard']['types']>['input'];
    /** What a schema gives. */
    export type InferOutput<Schema extends StandardSchemaV1> = NonNullable<Schema['~standard']['types']>['output'];
}

/** Options of {@link CheckpointManager.step}. The options of a save apply when the rows are computed. */
export declare interface StepOptions extends WriteOptions {
    /**
     * How long to wait while another process computes the same operation; after that the call is `ERR_CKPT_LOCKED`. `Infinity` waits for the
     * other to end, and loads what it has saved. @default 0 @unit ms
     */
    lockWait?: number;
}

/** One file of a checkpoint. */
export declare interface StoredFile {
    path: string;
    /** By its extension. */
    format: 'parquet' | 'json';
    bytes: number;
    modified: Date;
}

/** Some rows of a {@link StringColumn}: a text each, or the number of one in a dictionary. */
export declare type StringChunk = TextChunk | DictionaryChunk;

/** Texts, which become strings when they are asked for. */
export declare interface StringColumn extends Column {
    readonly kind: 'string';
    readonly chunks: readonly StringChunk[];
}

/**
 * Options of {@link CheckpointManager.sweep}: what may be removed.
 * If several of `keep`, `keepHashes` and `olderThan` are given, a checkpoint is stale only if every one of them calls it stale. Without any
 * of them none is.
 */
export declare interface SweepOptions {
    /** Checkpoints that stay, whatever else is given: pairs of step and operation. All others are stale. @default none */
    keep?: readonly (readonly [step: string, operation: string])[];
    /** The hashes of operations as they are now. What was made with one of them stays; all else is stale. @default none */
    keepHashes?: readonly string[];
    /** What was last written and last used before this moment is stale: a Date, or how long ago. Uses are noted once an hour. @default none @unit ms */
    olderThan?: Date | number;
    /**
     * If more than this is left when all that is stale is gone, what was not used for longest goes too, until the rest fits. What `keep` and `keepHashes` name
     * stays. @default no limit @unit bytes
     */
    maxBytes?: number;
    /** Change nothing; report what would be removed. @default false */
    dryRun?: boolean;
}

/** What a sweep did, or would do. */
export declare interface SweepResult {
    removed: SweptFile[];
    /** Of what was removed. */
    bytes: number;
    /** Of the checkpoints and batches that stay. */
    keptBytes: number;
    /** What would have been removed, but a running process is using it. */
    inUse: SweptFile[];
    dryRun: boolean;
}

/** A file that a sweep has removed, or would remove. */
export declare interface SweptFile {
    path: string;
    /** A checkpoint, a batch, or what a killed process left: a temporary, a lease, a claim. */
    kind: 'checkpoint' | 'batch' | 'temporary';
    /** Null for temporaries, and for batches that do not say. */
    step: string | null;
    operation: string | null;
    bytes: number;
    /**
     * `stale`: by `keep`, `keepHashes` and `olderThan`. `finished`: a batch of results that are in a checkpoint. `damaged`: a batch that cannot be read. `size`: to fit in `maxBytes`. `leftover`: of a process
     * that has ended.
     */
    reason: 'stale' | 'finished' | 'damaged' | 'size' | 'leftover';
}

/** What becomes of the texts of a Parquet file of another writer. */
declare const TEXT_MODES: readonly ['strict', 'lossy', 'bytes'];

/** The text of row `i` of the chunk is that of the code units from `offsets[i]` to `offsets[i + 1]`. */
export declare interface TextChunk {
    readonly length: number;
    /** `length + 1` offsets in code units. */
    readonly offsets: Uint32Array;
    /** Code units: Latin-1 if they are bytes, else UTF-16. */
    readonly data: Uint8Array | Uint16Array;
}

declare type TextMode = (typeof TEXT_MODES)[number];

/** Columns whose values are only there as values. */
export declare interface ValueColumn extends Column {
    readonly kind: 'bytes' | 'struct' | 'map' | 'mixed' | 'null';
}

/** What a value is: of a column, of a list's elements. */
export declare interface ValueSchema {
    type: ColumnType;
    /**
     * Numbers: `int64` if all are safe integers. `inferSchema` says which a save without a schema chooses. In a schema of yours `int64` asks for
     * integers and stores them as such (-0 makes the column one of doubles); other numbers are stored as doubles. @default any number
     */
    stored?: 'int64' | 'double';
    /** Whether null is one of the values. Always so for `json`, `any` and `null`. @default false */
    nullable?: boolean;
    /** Lists: what the elements are. @default anything */
    element?: ValueSchema;
    /** Structs: the keys. @default any keys */
    fields?: ColumnSchema[];
    /** Structs with `fields`: other keys. A save keeps or refuses them; a load does as it says. @default 'drop' */
    extra?: ExtraKeys;
    /** The only values there are, besides null if `nullable`. @default all of the type */
    values?: readonly Literal[];
    /** Numbers, bigints, dates: the least value. @default none */
    min?: number | bigint | Date;
    /** Numbers, bigints, dates: the greatest value. @default none */
    max?: number | bigint | Date;
    /** Numbers, bigints, dates: all values are greater than this. @default none */
    above?: number | bigint | Date;
    /** Numbers, bigints, dates: all values are less than this. @default none */
    below?: number | bigint | Date;
    /** Numbers: neither NaN nor infinite. @default false */
    finite?: boolean;
    /** Strings, in UTF-16 units, and lists, in elements. @default 0 */
    minLength?: number;
    /** As `minLength`. @default none */
    maxLength?: number;
}

/**
 * Reads every row of a checkpoint, and the record of rows that a `map` attached to it, compares its checksums, and throws what is wrong with it. Nothing is kept of the rows: memory is bounded, whatever the size.
 *
 * @param options `limits`, `signal` and `onProgress`, as of a load
 * @throws CheckpointError what `readCheckpoint` throws for the file: `ERR_CKPT_CORRUPT`, `ERR_CKPT_TRUNCATED`, `ERR_CKPT_NOT_A_CHECKPOINT`, ...
 */
export declare function verifyCheckpoint(path: string, options?: VerifyOptions): Promise<VerifyResult>;

/** Options of {@link verifyCheckpoint}, as of a load. */
export declare type VerifyOptions = Pick<ReadOptions, 'limits' | 'signal' | 'onProgress'>;

/** What {@link verifyCheckpoint} found in a file that is whole. */
export declare interface VerifyResult {
    /** The path as it was given. */
    path: string;
    /** What the file is, whatever its name. */
    format: CheckpointInfo['format'];
    /** Rows that were read: all of them. */
    rows: number;
    /** Size of the file in bytes. */
    bytes: number;
    /** Whether checksums of all that was read were compared. JSON has none, nor have most files of other writers: in those only broken syntax is found. */
    checksums: boolean;
}

/**
 * Which rows to load, in the manner of MongoDB: `{ category: 'a', score: { $gte: 0.5 }, 'metadata.source': { $in: ['web', 'mail'] } }`. All conditions must hold.
 *
 * - A key with dots that the row does not have itself is a path into objects. A key that no row has is a condition on a missing value: see `unknownColumns`.
 * - `{ $field: '$state', $eq: 'open' }` is a condition on a key that begins with `$`. With a list of keys, `$field: ['a.b']` or `['a', 'b']`, it is exactly that key, or that path.
 * - A condition on a list holds if it holds for the list or for one of its elements; `$ne` and `$nin` if they hold for all.
 * - `null` equals null, `undefined` and a missing key. Numbers and bigints are compared by their value, `-0` equals `0`, `NaN` equals `NaN`.
 * - Text is ordered by code points, dates by time, `false` is less than `true`.
 */
export declare interface Where {
    $and?: readonly Where[];
    $or?: readonly Where[];
    $not?: Where;
    /** The key or path that the {@link Conditions} beside it are about, where a plain key would be an operator; as a list, its keys one by one. Nothing else may stand beside them. */
    $field?: string | readonly string[];
    [path: string]: unknown;
}

declare type WithSchema<S, O> = O & {
    schema: S;
};

/**
 * Saves rows as one checkpoint file and resolves when it is durable. Until then the file that was at `path` is intact, and after a failure
 * it still is.
 *
 * The file is Parquet; it is JSON if `path` ends in `.json`, or where the native binary is missing (one warning a process), or with
 * `ARROW_CKPT_FORCE_JSON=1`; it is JSON lines if `path` ends in `.jsonl` or `.ndjson`. `info.format` says which, and `info.fallback` why
 * it is JSON where Parquet was asked for.
 *
 * Of an array those rows are saved that it has at the call: what is added, removed or replaced while the save runs makes no difference. A row itself is read once, at some time before the promise settles: do not
 * change its values until then, and do not transfer or resize the buffers in it. One that is gone when its turn comes is refused; an accessor or a Proxy that always gives something else is saved as it was read, or refused. Folders on the way to `path` are made.
 *
 * @throws CheckpointError `ERR_CKPT_ROWS_NOT_ITERABLE`, `ERR_CKPT_ROW_NOT_OBJECT`, `ERR_CKPT_UNSUPPORTED_VALUE`, `ERR_CKPT_TOO_DEEP` for the
 * rows; `ERR_CKPT_SCHEMA` for rows that do not fit `schema`; `ERR_CKPT_INVALID_ARGUMENT`, `ERR_CKPT_UNKNOWN_OPTION`, `ERR_CKPT_INVALID_OPTION`, `ERR_CKPT_UNKNOWN_CODEC` for the call;
 * `ERR_CKPT_NOT_A_FILE`, `ERR_CKPT_PERMISSION`, `ERR_CKPT_READ_ONLY`, `ERR_CKPT_NO_SPACE`, `ERR_CKPT_IO` for the file system; `ERR_CKPT_LIMIT` for
 * more text in one row, or in one column of a row group, than can be held. An error that an iterable or a schema of yours throws is passed on as it is.
 */
export declare function writeCheckpoint<T extends RowLike = RowLike>(path: string, rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>, options?: WriteOptions): Promise<CheckpointInfo>;

declare type WriteDefaults = Pick<WriteOptions, 'compression' | 'compressionLevel' | 'rowGroupRows' | 'compat'>;

/** Options of every save. */
export declare interface WriteOptions {
    /**
     * The codec of the column chunks. `auto` chooses per column: zstd where a sample shrinks by a tenth or more, else none. No effect on JSON
     * and JSONL. @default 'auto'
     */
    compression?: Codec;
    /**
     * The codec's own level: gzip 0 to 9, brotli 0 to 11, zstd 1 to 22. With any other codec, `auto` too, it is an error. No effect on JSON
     * and JSONL. @default gzip 6, brotli 4, zstd 1
     */
    compressionLevel?: number;
    /**
     * The most rows in a row group, 1 to 16,777,216. A row group also ends at about 32 MiB of column data. No effect on JSON and JSONL.
     * @default 131072 @unit rows
     */
    rowGroupRows?: number;
    /**
     * Columns that get bloom filters, by key or path (`metadata.source`); `true`: all. A load that asks for values of such a column (`$eq`,
     * `$in`) then reads only the row groups that may hold them. A filter costs 1.2 to 2.4 bytes per distinct value. Texts, integers, dates
     * and 64-bit bigints outside lists can have one; a column gets none where its dictionary is smaller. The name of no column is
     * `ERR_CKPT_UNKNOWN_COLUMN`, unless there are no rows. No effect on JSON and JSONL. @default false
     */
    bloomFilter?: boolean | readonly string[];
    /** The hash of the operation that made the rows: any string. The file keeps it; `info.hash` returns it. @default none */
    hash?: string;
    /** Strings of your own. The file keeps them; `info.metadata` returns them. @default none */
    metadata?: Record<string, string>;
    /**
     * What the rows must be: a zod object, any other Standard Schema, or a {@link CheckpointSchema}. If a row does not fit, the save is
     * `ERR_CKPT_SCHEMA` and nothing is saved. Rows are saved as they are: transforms and defaults apply on load. If the columns can be read
     * from the schema, all of them are in the file with its types, whatever the rows hold: numbers are doubles, and int64 where the schema
     * asks for integers. @default none
     */
    schema?: StandardSchemaV1 | CheckpointSchema;
    /**
     * Saves in a form that a Python program reads. `docetl`: Parquet for its PyArrow checkpoints, JSON for today's. `kura`: Parquet and
     * JSONL. A row that the program could not read back is `ERR_CKPT_NOT_COMPATIBLE`. Parquet holds all rows in memory meanwhile. A load in
     * arrow-ckpt needs no option for such a file. @default none
     */
    compat?: Compat;
    /**
     * The most threads that encode columns of this save at a time, 1 to 64, and never more than there are cores. No effect on JSON. @default
     * the cores @unit threads
     */
    threads?: number;
    /** Aborts the save: it rejects with `signal.reason`. The old file stays, and no temporary does. @default none */
    signal?: AbortSignal;
    /**
     * Called as rows are handed over, at most every 50 ms and once at the end. If it throws, the save goes on and the process gets a warning.
     * @default none
     */
    onProgress?: (progress: Progress) => void;
}

export { }
