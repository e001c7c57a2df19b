import { unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isCheckpointError } from '../errors.js';
import { checkPath, checkReadOptions, type CheckpointInfo, type WriteOptions } from '../options.js';
import type { Row } from '../rows.js';
import { checkSchemaOptions } from '../schema/contract.js';
import type { StandardSchemaV1 } from '../schema/standard.js';
import { chooseStore, storeOf } from '../store/choose.js';
import type { CheckpointStore } from '../store/store.js';
import { makeFolders } from './folders.js';
import { batchFolder, batchStem, EXTENSIONS, listBatches, listOperations, newest, operationStem, stepFolder } from './layout.js';
import { batchSavedLine, loadedLine, savedLine, type Logger } from './log-lines.js';
import {
  checkLoadHash,
  checkManagerOptions,
  mergeWriteOptions,
  type CheckpointListing,
  type CheckpointManagerOptions,
  type LoadOptions,
  type NamedCheckpointInfo,
  type WriteDefaults,
} from './manager-options.js';

/** How often a load starts over because another process replaced the file meanwhile. */
const RELOADS = 5;

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
 * Where a checkpoint is there as Parquet and as JSON, the newer file counts; a save removes the file of the other format once its own is durable.
 * All methods reject with a `CheckpointError`, except an aborted call, which rejects with `signal.reason`.
 */
export class CheckpointManager {
  /** The directory that was given. It is made by the first save. */
  readonly directory: string;
  readonly #store: CheckpointStore;
  readonly #logger: Logger | null;
  readonly #defaults: WriteDefaults;

  constructor(directory: string, options?: CheckpointManagerOptions) {
    this.directory = checkPath(directory);
    const { enableArrow, logger, defaults } = checkManagerOptions(options);
    this.#store = chooseStore(enableArrow);
    this.#logger = logger;
    this.#defaults = defaults;
  }

  /** Whether saves write Parquet: false when it was asked for so, and when the native binary is missing. */
  get enableArrow(): boolean {
    return this.#store.format === 'parquet';
  }

  /**
   * Saves the rows an operation of a step made; returns the path of the file. Until it resolves the checkpoint before it is intact.
   * @throws `ERR_CKPT_INVALID_ARGUMENT` for an empty or overlong name, and what `writeCheckpoint` throws
   */
  async saveCheckpoint(step: string, operation: string, rows: Iterable<Row> | AsyncIterable<Row>, options?: WriteOptions): Promise<string> {
    const merged = mergeWriteOptions(this.#defaults, options, 'saveCheckpoint');
    const stem = await operationStem(await stepFolder(this.directory, step), operation);
    const info = await this.#save(stem, rows, merged);
    this.#logger?.info(savedLine(step, operation, info));
    return info.path;
  }

  /**
   * Loads the rows of an operation of a step; null when there is no checkpoint, or when `options.hash` is given and is not the one it was saved with.
   * @throws what `readCheckpoint` throws, `ERR_CKPT_CORRUPT` for a damaged file among it: null never stands for a checkpoint that is there but unreadable
   */
  async loadCheckpoint<S extends StandardSchemaV1>(
    step: string,
    operation: string,
    options: LoadOptions & { schema: S },
  ): Promise<StandardSchemaV1.InferOutput<S>[] | null>;
  async loadCheckpoint<T extends Row = Row>(step: string, operation: string, options?: LoadOptions): Promise<T[] | null>;
  async loadCheckpoint(step: string, operation: string, options: LoadOptions = {}): Promise<Row[] | null> {
    checkReadOptions(options, 'loadCheckpoint', ['hash']);
    checkSchemaOptions(options);
    const wanted = checkLoadHash(options);
    const { hash: _, ...readOptions } = options;
    const stem = await operationStem(await stepFolder(this.directory, step), operation);
    for (let attempt = 1; ; attempt++) {
      const found = await newest(stem);
      if (found === null) return null;
      try {
        const store = await storeOf(found.path);
        if (wanted !== undefined && (await store.info(found.path)).hash !== wanted) return null;
        const rows = await store.read(found.path, readOptions);
        // The hash and the rows must be of one file: a save between the two reads means starting over.
        if (wanted !== undefined && (await newest(stem))?.version !== found.version && attempt < RELOADS) continue;
        this.#logger?.info(loadedLine(step, operation, found.path));
        return rows;
      } catch (error) {
        // The file was there a moment ago: a save in the other format has just replaced it.
        if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_NOT_FOUND' || attempt === RELOADS) throw error;
      }
    }
  }

  /**
   * Saves the rows of one batch of an operation that is still running, as `<operation>_batches/batch_<index>.parquet`; returns the path.
   * @param index the number of the batch, an integer from 0 on
   */
  async saveBatchCheckpoint(
    operation: string,
    index: number,
    rows: Iterable<Row> | AsyncIterable<Row>,
    options?: WriteOptions,
  ): Promise<string> {
    const merged = mergeWriteOptions(this.#defaults, options, 'saveBatchCheckpoint');
    const stem = batchStem(await batchFolder(this.directory, operation), index);
    const info = await this.#save(stem, rows, merged);
    this.#logger?.info(batchSavedLine(operation, index, info.path));
    return info.path;
  }

  /**
   * Loads the batches of an operation in the order of their indexes: one array of rows for each batch that is there, none for those
   * that are not. {@link listBatchCheckpoints} tells the indexes, in the same order.
   */
  async loadBatchCheckpoints<T extends Row = Row>(operation: string): Promise<T[][]> {
    const folder = await batchFolder(this.directory, operation);
    const batches: T[][] = [];
    for (const index of await listBatches(folder)) {
      const found = await newest(batchStem(folder, index));
      if (found !== null) batches.push((await (await storeOf(found.path)).read(found.path, {})) as T[]);
    }
    return batches;
  }

  /** The indexes of the batches of an operation that are there, ascending; `[]` for none. */
  async listBatchCheckpoints(operation: string): Promise<number[]> {
    return listBatches(await batchFolder(this.directory, operation));
  }

  /** What is known of a checkpoint without loading its rows; null when there is none. */
  async getCheckpointInfo(step: string, operation: string): Promise<NamedCheckpointInfo | null> {
    const found = await newest(await operationStem(await stepFolder(this.directory, step), operation));
    if (found === null) return null;
    const info = await (await storeOf(found.path)).info(found.path);
    return { step, operation, ...info, modified: new Date(found.modifiedMs) };
  }

  /**
   * Every checkpoint in the directory, in the order of step and operation, batches and temporaries left out. A file that cannot
   * be read is listed with its `error`: one damaged checkpoint does not hide the others.
   */
  async listCheckpoints(): Promise<CheckpointListing[]> {
    const listing: CheckpointListing[] = [];
    for (const { step, operation } of await listOperations(this.directory)) {
      const found = await newest(await operationStem(await stepFolder(this.directory, step), operation));
      if (found === null) continue;
      const named = { step, operation, modified: new Date(found.modifiedMs) };
      try {
        listing.push({ ...named, ...(await (await storeOf(found.path)).info(found.path)) });
      } catch (error) {
        if (!isCheckpointError(error)) throw error;
        if (error.code === 'ERR_CKPT_NOT_FOUND') continue;
        const format: CheckpointInfo['format'] = found.path.endsWith('.json') ? 'json' : 'parquet';
        listing.push({ ...named, path: found.path, format, rows: 0, bytes: found.bytes, hash: null, metadata: {}, columns: [], error });
      }
    }
    return listing;
  }

  async #save(stem: string, rows: Iterable<Row> | AsyncIterable<Row>, options: WriteOptions): Promise<CheckpointInfo> {
    await makeFolders(dirname(stem));
    const info = await this.#store.write(stem + this.#store.extension, rows, options);
    for (const extension of EXTENSIONS) {
      if (extension !== this.#store.extension) await this.#removeTwin(stem + extension);
    }
    return info;
  }

  /** A twin that cannot be removed does no harm: it is older, and the newer file counts. */
  async #removeTwin(path: string): Promise<void> {
    try {
      await unlink(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#logger?.warn(`could not remove ${path}, which the new save replaces: ${String(error)}`);
    }
  }
}
