import { asOptions, type WriteOptions } from '../../options/options.js';
import { rowsOfCall } from '../../base/rows-of-call.js';
import type { Row, RowLike } from '../../base/rows.js';
import type { CheckpointSchema } from '../../options/checkpoint-schema.js';
import type { StandardSchemaV1 } from '../../options/standard-schema-v1.js';
import type { Logger } from '../../directory/log-lines.js';
import { checkTorn } from './directory-manager.js';
import { allFailed, isOfCall, nameOf, reasonOf, type ManagerFailure } from './failover.js';
import { checkManagers, checkMultiOptions } from './multi-options.js';
import type {
  KuraCheckpointInfo,
  KuraCheckpointManager,
  KuraLoadOptions,
  KuraManagerStats,
  LoadStrategy,
  MultiCheckpointManagerOptions,
  MultiManagerStats,
  SaveStrategy,
} from './types.js';

/**
 * Named checkpoints in several managers at once, so that one that is damaged or out of reach loses nothing: docs/kura.md. They keep their
 * order; one that fails is reported with a warning. An error of the call, its rows or its schema is thrown at once: every manager would
 * give it. Where all fail the error has the code of the first, and all errors in its `cause`, an `AggregateError`.
 */
export class MultiCheckpointManager implements KuraCheckpointManager {
  readonly saveStrategy: SaveStrategy;
  readonly loadStrategy: LoadStrategy;
  readonly heal: boolean;
  readonly #managers: readonly KuraCheckpointManager[];
  readonly #logger: Logger | null;

  constructor(managers: readonly KuraCheckpointManager[], options?: MultiCheckpointManagerOptions) {
    this.#managers = checkManagers(managers);
    const { saveStrategy, loadStrategy, heal, logger } = checkMultiOptions(options);
    this.saveStrategy = saveStrategy;
    this.loadStrategy = loadStrategy;
    this.heal = heal;
    this.#logger = logger;
  }

  /** The managers, in their order. */
  get managers(): readonly KuraCheckpointManager[] {
    return [...this.#managers];
  }

  /** Whether any of the managers is enabled now. */
  get enabled(): boolean {
    return this.#enabled.length > 0;
  }

  /** The directory of the primary manager: the first that is enabled. */
  get directory(): string {
    return this.#primary.directory;
  }

  /**
   * Saves rows as `saveStrategy` says; resolves with the path in the first manager that took them, or null when none is enabled. For more
   * than one manager an iterable is held as an array. @throws when all managers fail
   */
  async saveCheckpoint<T extends RowLike = RowLike>(
    name: string,
    rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>,
    options?: WriteOptions,
  ): Promise<string | null> {
    const given = asOptions(options, 'saveCheckpoint');
    const all = rowsOfCall(rows);
    const managers = this.#enabled;
    const { saveInto } = await import('./save-into.js');
    return saveInto(managers, this.saveStrategy, name, all, given, this.#logger);
  }

  /**
   * Loads rows as `loadStrategy` says; null when no manager has them. A torn JSONL file counts as damaged while another manager has the
   * checkpoint whole. @throws when all managers that have it fail
   */
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
  async loadCheckpoint(name: string, schema?: StandardSchemaV1 | CheckpointSchema, given?: KuraLoadOptions): Promise<Row[] | null> {
    const options = asOptions(given, 'loadCheckpoint') as KuraLoadOptions;
    checkTorn(options);
    const request = { name, schema, options };
    const managers = this.#enabled;
    const { heal, loadFrom } = await import('./multi-load.js');
    const loaded = await loadFrom(managers, request, this.loadStrategy === 'priority', this.#logger);
    if (loaded !== null && this.heal) await heal(loaded, request, this.#logger);
    return loaded?.rows ?? null;
  }

  /** The names that any of the managers has, sorted, each once. @throws when all managers fail */
  async listCheckpoints(): Promise<string[]> {
    const lists = await this.#ask('list its checkpoints', (manager) => manager.listCheckpoints());
    return [...new Set(lists.flat())].sort();
  }

  /** From all; whether any had it. @throws when one fails, after all were asked */
  async deleteCheckpoint(name: string): Promise<boolean> {
    const failures: ManagerFailure[] = [];
    let removed = false;
    for (const manager of this.#enabled) {
      try {
        if (await manager.deleteCheckpoint(name)) removed = true;
      } catch (error) {
        if (isOfCall(error)) throw error;
        failures.push({ manager, error });
      }
    }
    if (failures.length > 0) throw allFailed(`checkpoint '${name}' could not be removed everywhere`, failures);
    return removed;
  }

  /** Where the primary manager has a checkpoint, or would save it. */
  async getCheckpointPath(name: string): Promise<string> {
    return this.#primary.getCheckpointPath(name);
  }

  /** From the first manager that can tell; null when none has it. @throws when all that have it fail */
  async getCheckpointInfo(name: string): Promise<KuraCheckpointInfo | null> {
    const failures: ManagerFailure[] = [];
    for (const manager of this.#enabled) {
      try {
        const info = await manager.getCheckpointInfo(name);
        if (info !== null) return info;
      } catch (error) {
        if (isOfCall(error)) throw error;
        failures.push({ manager, error });
      }
    }
    if (failures.length > 0) throw allFailed(`no manager can tell of checkpoint '${name}'`, failures);
    return null;
  }

  /** The strategies, and what the managers say of themselves. */
  async getStats(): Promise<MultiManagerStats> {
    const { enabled, directory, saveStrategy, loadStrategy, heal } = this;
    const managers: KuraManagerStats[] = [];
    for (const manager of this.#managers) managers.push(await manager.getStats());
    const checkpoints = (await this.listCheckpoints()).length;
    return { type: 'MultiCheckpointManager', enabled, directory, checkpoints, saveStrategy, loadStrategy, heal, managers };
  }

  get #enabled(): KuraCheckpointManager[] {
    return this.#managers.filter((manager) => manager.enabled);
  }

  get #primary(): KuraCheckpointManager {
    return this.#enabled[0] ?? (this.#managers[0] as KuraCheckpointManager);
  }

  /** What the enabled managers answer; those that fail are told of. */
  async #ask<T>(what: string, ask: (manager: KuraCheckpointManager) => Promise<T>): Promise<T[]> {
    const answers: T[] = [];
    const failures: ManagerFailure[] = [];
    for (const manager of this.#enabled) {
      try {
        answers.push(await ask(manager));
      } catch (error) {
        failures.push({ manager, error });
      }
    }
    if (answers.length === 0 && failures.length > 0) throw allFailed(`no manager could ${what}`, failures);
    for (const { manager, error } of failures) this.#logger?.warn(`${nameOf(manager)} could not ${what}: ${reasonOf(error)}`);
    return answers;
  }
}
