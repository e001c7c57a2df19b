import { throwIfAborted } from '../../base/halt.js';
import { dirname } from 'node:path';
import { CheckpointError } from '../../base/errors.js';
import { invalid, show } from '../../base/messages.js';
import { keysOf } from '../../options/option-keys.js';
import { checkPath, checkReadOptions, READ_RECORD, type ReadOptions, type WriteOptions } from '../../options/options.js';
import { basesOf, type Base } from '../../options/base.js';
import { rowsOfCall } from '../../base/rows-of-call.js';
import type { Row, RowLike } from '../../base/rows.js';
import type { CheckpointSchema } from '../../options/checkpoint-schema.js';
import { checkSchemaOptions } from '../../schema/contract.js';
import type { StandardSchemaV1 } from '../../options/standard-schema-v1.js';
import { isTextByChoice } from '../../formats/choose.js';
import { saveTo } from '../../formats/save-to.js';
import { refuseReflink, withShare } from '../../formats/with-share.js';
import { jsonlStore, readTorn } from '../../formats/text/jsonl-store.js';
import type { CheckpointStore } from '../../store/store.js';
import { checkpointFiles } from '../../directory/checkpoint-file.js';
import { removeFiles } from '../../directory/clear.js';
import type { FoundFile } from '../../directory/layout.js';
import { loadFile } from '../../directory/load.js';
import { namedLoadedLine, namedSavedLine, tornLine, type Logger } from '../../directory/log-lines.js';
import { checkLoadHash, mergeWriteOptions, type WriteDefaults } from '../../directory/manager-options.js';
import { removeTwins, twinsOf } from '../../directory/save.js';
import { sweepAfterSave } from '../../directory/temporaries.js';
import { checkpointPaths, checkpointStem, listFiles, plainName } from './layout.js';
import type { KuraCheckpointInfo, KuraCheckpointManager, KuraLoadOptions, KuraManagerStats } from './types.js';

/** What a kind of manager is. */
interface ManagerKind {
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

/**
 * Named checkpoints in one directory, in Kura's layout. Names may be any non-empty strings; `summaries`, `summaries.jsonl` and
 * `summaries.parquet` are one. All methods reject with a `CheckpointError`, or with `signal.reason` after an abort. docs/kura.md.
 */
export abstract class DirectoryCheckpointManager implements KuraCheckpointManager {
  /** The directory that was given; the first save makes it. */
  readonly directory: string;
  /** False: nothing is saved, loaded, listed or deleted. */
  readonly enabled: boolean;
  readonly #kind: ManagerKind;

  /** @internal */
  protected constructor(directory: string, kind: ManagerKind) {
    this.directory = checkPath(directory);
    this.enabled = kind.enabled;
    this.#kind = kind;
  }

  async saveCheckpoint<T extends RowLike = RowLike>(
    name: string,
    rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>,
    options?: WriteOptions,
  ): Promise<string | null> {
    const given = rowsOfCall(rows);
    const { store, logger, extensions, defaults } = this.#kind;
    const merged = mergeWriteOptions(defaults, options, 'saveCheckpoint', 'kura');
    if (isTextByChoice(store)) refuseReflink(merged, 'a manager of JSONL');
    const stem = await this.#stem(name);
    if (!this.enabled) return null;
    if (store.format === 'json' && merged.compat !== undefined) {
      const message = `cannot save ${stem} for Kura: it reads no JSON, and Parquet needs the native binary; use a JsonlCheckpointManager`;
      throw new CheckpointError('ERR_CKPT_NOT_COMPATIBLE', message, { path: stem });
    }
    const own = stem + store.extension;
    const twins = await twinsOf((await checkpointPaths(stem, extensions)).map(({ path }) => path).filter((path) => path !== own));
    const shared = { ...merged, pool: this.directory, ...(merged.base !== undefined && { base: await this.#bases(merged.base) }) };
    const info = await saveTo(store, own, given, store.format === 'parquet' ? await withShare(own, shared) : merged);
    await removeTwins(twins, logger);
    await sweepAfterSave(dirname(stem));
    logger?.info(namedSavedLine(plainName(name), info));
    return info.path;
  }

  async loadCheckpoint<S extends StandardSchemaV1>(
    name: string,
    schema: S,
    options?: KuraLoadOptions,
  ): Promise<StandardSchemaV1.InferOutput<S>[] | null>;
  async loadCheckpoint<T extends RowLike = Row>(
    name: string,
    schema?: CheckpointSchema,
    options?: NoInfer<KuraLoadOptions<T>>,
  ): Promise<T[] | null>;
  async loadCheckpoint(name: string, schema?: StandardSchemaV1 | CheckpointSchema, options: KuraLoadOptions = {}): Promise<Row[] | null> {
    const { read, hash, keepsTorn } = checkLoad(schema, options);
    const { logger } = this.#kind;
    const { find, stem } = await this.#finder(name);
    if (!this.enabled) return null;
    const loaded = await loadFile({ find, hash, uses: stem, logger }, (store, path) => {
      const isTolerant = store === jsonlStore && keepsTorn;
      return isTolerant ? readTorn(path, read, (failure, rows) => logger?.warn(tornLine(failure, rows))) : store.read(path, read);
    });
    if (loaded !== null) logger?.info(namedLoadedLine(plainName(name), loaded.path));
    return loaded?.result ?? null;
  }

  async listCheckpoints(): Promise<string[]> {
    return this.#list(this.#kind.logger);
  }

  async deleteCheckpoint(name: string): Promise<boolean> {
    const { find } = await this.#finder(name);
    return this.enabled && (await removeFiles((await find()).map(({ path }) => path))) > 0;
  }

  async getCheckpointPath(name: string): Promise<string> {
    const stem = await this.#stem(name);
    const [newest] = await checkpointPaths(stem, this.#kind.extensions);
    return newest?.path ?? stem + this.#kind.store.extension;
  }

  async getCheckpointInfo(name: string): Promise<KuraCheckpointInfo | null> {
    const { find } = await this.#finder(name);
    if (!this.enabled) return null;
    const loaded = await loadFile({ find, logger: null }, (store, path) => store.info(path));
    const found = (await find()).find(({ path }) => path === loaded?.path);
    return loaded === null ? null : { name: plainName(name), ...loaded.result, modified: new Date(found?.modifiedMs ?? 0) };
  }

  async getStats(): Promise<KuraManagerStats> {
    const { enabled, directory } = this;
    return { type: this.#kind.type, enabled, directory, checkpoints: (await this.#list(null)).length };
  }

  async #list(logger: Logger | null): Promise<string[]> {
    const names: string[] = [];
    if (!this.enabled) return names;
    for (const { name, files } of await listFiles(this.directory, this.#kind.extensions)) {
      const checked = await checkpointFiles(files);
      if (checked.some(({ error }) => error === undefined)) names.push(name);
      else for (const { error } of checked) logger?.warn(`'${name}' is left out of the list: ${error?.message} (${error?.code})`);
    }
    return names;
  }

  /** The files of checkpoints that are named. */
  async #bases(base: Base): Promise<Base> {
    if (base === false || base === 'auto') return base;
    const path = async (name: string): Promise<string> => {
      const stem = await this.#stem(name);
      return (await checkpointPaths(stem, this.#kind.extensions))[0]?.path ?? stem + this.#kind.store.extension;
    };
    return Promise.all(basesOf(base).map(async (each) => (typeof each === 'string' ? path(each) : each)));
  }

  async #finder(name: string): Promise<{ find: () => Promise<FoundFile[]>; stem: string }> {
    const stem = await this.#stem(name);
    return { find: () => checkpointPaths(stem, this.#kind.extensions), stem };
  }

  #stem(name: string): Promise<string> {
    return checkpointStem(this.directory, name);
  }
}

/** The schema is an argument: the check refuses one among the options. */
const LOAD_KEYS = keysOf<KuraLoadOptions & Pick<ReadOptions, 'schema'>>({ ...READ_RECORD, hash: true, torn: true });

/** The options of a load, checked. */
function checkLoad(
  schema: StandardSchemaV1 | CheckpointSchema | undefined,
  given: KuraLoadOptions,
): { read: ReadOptions; hash: string | undefined; keepsTorn: boolean } {
  const options = checkReadOptions(given, 'loadCheckpoint', LOAD_KEYS) as KuraLoadOptions;
  const { torn: _, hash: __, ...rest } = options;
  if ((rest as ReadOptions).schema !== undefined) throw invalid('the schema of loadCheckpoint is its second argument, no option');
  const read: ReadOptions = { compat: 'kura', ...rest, ...(schema !== undefined && { schema }) };
  checkSchemaOptions(read);
  throwIfAborted(read.signal);
  return { read, hash: checkLoadHash(options), keepsTorn: checkTorn(options) === 'keep' };
}

/** @throws `ERR_CKPT_INVALID_OPTION` for what it cannot be */
export function checkTorn({ torn = 'keep' }: KuraLoadOptions): 'keep' | 'refuse' {
  if (torn !== 'keep' && torn !== 'refuse') throw invalid(`torn must be 'keep' or 'refuse', got ${show(torn)}`);
  return torn;
}
