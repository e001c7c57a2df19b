import { throwIfAborted } from '../../base/halt.js';
import { once } from '../../base/once.js';
import { CheckpointError } from '../../base/errors.js';
import { invalid, show } from '../../base/messages.js';
import { keysOf } from '../../options/option-keys.js';
import { checkFilePath, checkReadOptions, READ_RECORD, type ReadOptions, type WriteOptions } from '../../options/options.js';
import { rowsOfCall } from '../../base/rows-of-call.js';
import type { Row, RowLike } from '../../base/rows.js';
import type { CheckpointSchema } from '../../options/checkpoint-schema.js';
import { checkSchemaOptions } from '../../schema/contract.js';
import type { StandardSchemaV1 } from '../../options/standard-schema-v1.js';
import { remoteHome } from '../../directory/bucket/bucket-home.js';
import { isTextByChoice } from '../../formats/choose.js';
import { refuseLocalOptions } from '../../formats/refuse-local-options.js';
import { refuseReflink } from '../../formats/with-share.js';
import type { CheckpointStore } from '../../store/store.js';
import { namedLoadedLine, namedSavedLine, tornLine, type Logger } from '../../directory/log-lines.js';
import { checkLoadHash, mergeWriteOptions, type WriteDefaults } from '../../directory/manager-options.js';
import { plainName } from './layout.js';
import type { KuraPlace } from './places/kura-place.js';
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
  bucket: unknown;
}

/**
 * Named checkpoints in one directory, in Kura's layout. Names may be any non-empty strings; `summaries`, `summaries.jsonl` and
 * `summaries.parquet` are one. All methods reject with a `CheckpointError`, or with `signal.reason` after an abort. docs/kura.md.
 */
export abstract class DirectoryCheckpointManager implements KuraCheckpointManager {
  /** The directory or URL that was given; the first save makes it. */
  readonly directory: string;
  /** False: nothing is saved, loaded, listed or deleted. */
  readonly enabled: boolean;
  readonly #kind: ManagerKind;
  readonly #place: () => Promise<KuraPlace>;

  /** @internal */
  protected constructor(directory: string, kind: ManagerKind) {
    this.directory = checkFilePath(directory);
    this.enabled = kind.enabled;
    this.#kind = kind;
    const home = remoteHome(this.directory, kind.bucket);
    if (home !== undefined) refuseLocalOptions(kind.defaults);
    this.#place = once(async () =>
      home === undefined
        ? new (await import('./places/local-kura.js')).LocalKura(this.directory, kind)
        : new (await import('./places/bucket-kura.js')).BucketKura(home, kind),
    );
  }

  async saveCheckpoint<T extends RowLike = RowLike>(
    name: string,
    rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>,
    options?: WriteOptions,
  ): Promise<string | null> {
    const given = rowsOfCall(rows);
    const { store, logger, defaults } = this.#kind;
    const merged = mergeWriteOptions(defaults, options, 'saveCheckpoint', 'kura');
    if (isTextByChoice(store)) refuseReflink(merged, 'a manager of JSONL');
    const place = await this.#place();
    await place.check(name);
    if (!this.enabled) return null;
    if (store.format === 'json' && merged.compat !== undefined) {
      const path = await place.path(name);
      const message = `cannot save ${path} for Kura: it reads no JSON, and Parquet needs the native binary; use a JsonlCheckpointManager`;
      throw new CheckpointError('ERR_CKPT_NOT_COMPATIBLE', message, { path });
    }
    const info = await place.save(name, given, merged);
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
    const place = await this.#place();
    await place.check(name);
    if (!this.enabled) return null;
    const onTorn = keepsTorn ? (failure: CheckpointError, rows: number): void => logger?.warn(tornLine(failure, rows)) : undefined;
    const loaded = await place.load(name, { read, hash, onTorn });
    if (loaded !== null) logger?.info(namedLoadedLine(plainName(name), loaded.path));
    return loaded?.result ?? null;
  }

  async listCheckpoints(): Promise<string[]> {
    return this.#list(this.#kind.logger);
  }

  async deleteCheckpoint(name: string): Promise<boolean> {
    const place = await this.#place();
    await place.check(name);
    return this.enabled && (await place.remove(name)) > 0;
  }

  async getCheckpointPath(name: string): Promise<string> {
    return (await this.#place()).path(name);
  }

  async getCheckpointInfo(name: string): Promise<KuraCheckpointInfo | null> {
    const place = await this.#place();
    await place.check(name);
    if (!this.enabled) return null;
    const info = await place.info(name);
    return info === null ? null : { name: plainName(name), ...info };
  }

  async getStats(): Promise<KuraManagerStats> {
    const { enabled, directory } = this;
    return { type: this.#kind.type, enabled, directory, checkpoints: (await this.#list(null)).length };
  }

  async #list(logger: Logger | null): Promise<string[]> {
    const names: string[] = [];
    if (!this.enabled) return names;
    for await (const { name, files } of (await this.#place()).list()) {
      if (files.some(({ error }) => error === undefined)) names.push(name);
      else for (const { error } of files) logger?.warn(`'${name}' is left out of the list: ${error?.message} (${error?.code})`);
    }
    return names;
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
