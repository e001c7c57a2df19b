import { isCheckpointError } from '../../base/errors.js';
import type { Row } from '../../base/rows.js';
import type { CheckpointSchema } from '../../options/checkpoint-schema.js';
import type { StandardSchemaV1 } from '../../options/standard-schema-v1.js';
import type { Logger } from '../../directory/log-lines.js';
import { allFailed, isOfCall, nameOf, reasonOf, type ManagerFailure } from './failover.js';
import type { KuraCheckpointManager, KuraLoadOptions } from './types.js';

/** What to load. */
interface Request {
  name: string;
  schema: StandardSchemaV1 | CheckpointSchema | undefined;
  options: KuraLoadOptions;
}

/** Rows, and where they come from. */
export interface Loaded {
  rows: Row[];
  from: KuraCheckpointManager;
  /** Managers before it that failed, or have no such checkpoint. */
  without: KuraCheckpointManager[];
}

/**
 * Loads a checkpoint from the first manager that has it whole; from one that has a part of it, torn, only where none has. `wantsFirst`: it
 * belongs in the first.
 * @throws when all that have it fail
 */
export async function loadFrom(
  managers: readonly KuraCheckpointManager[],
  request: Request,
  wantsFirst: boolean,
  logger: Logger | null,
): Promise<Loaded | null> {
  const { name, schema, options } = request;
  const failures: ManagerFailure[] = [];
  const without: KuraCheckpointManager[] = [];
  for (const manager of managers) {
    try {
      const rows = await manager.loadCheckpoint(name, schema, { ...options, torn: 'refuse' });
      if (rows !== null) {
        for (const failure of failures) logger?.warn(insteadLine(name, manager, failure.manager, reasonOf(failure.error)));
        const missing = wantsFirst ? without.filter((other) => !failures.some((failure) => failure.manager === other)) : [];
        for (const other of missing) logger?.warn(insteadLine(name, manager, other, 'there is none'));
        return { rows, from: manager, without };
      }
    } catch (error) {
      if (options.signal?.aborted === true || isOfCall(error)) throw error;
      failures.push({ manager, error });
    }
    without.push(manager);
  }
  if (failures.length === 0) return null;
  return (options.torn === 'refuse' ? null : await loadTorn(failures, request)) ?? refuse(name, failures);
}

/** The rows of the first manager whose checkpoint only lacks its end: that manager warns of it itself. */
async function loadTorn(failures: readonly ManagerFailure[], { name, schema, options }: Request): Promise<Loaded | null> {
  for (const { manager, error } of failures) {
    if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_TRUNCATED') continue;
    const rows = await manager.loadCheckpoint(name, schema, options).catch(() => null);
    if (rows !== null) return { rows, from: manager, without: [] };
  }
  return null;
}

function refuse(name: string, failures: readonly ManagerFailure[]): never {
  throw allFailed(`checkpoint '${name}' could not be loaded from any manager`, failures);
}

function insteadLine(name: string, from: KuraCheckpointManager, failed: KuraCheckpointManager, reason: string): string {
  return `could not load checkpoint '${name}' from ${nameOf(failed)}, loaded it from ${nameOf(from)} instead: ${reason}`;
}

/** Saves a loaded checkpoint in the managers before the one it came from, as it is there. If one fails again, a warning says so. */
export async function heal({ rows, from, without }: Loaded, { name, schema, options }: Request, logger: Logger | null): Promise<void> {
  if (without.length === 0) return;
  try {
    const whole = await wholeRows(rows, from, name, schema, options);
    if (whole === null) return;
    for (const manager of without) {
      try {
        const path = await manager.saveCheckpoint(name, whole.rows, whole.options);
        logger?.info(`✓ Healed checkpoint '${name}' at ${path} from ${nameOf(from)}`);
      } catch (error) {
        if (options.signal?.aborted === true) throw error;
        logger?.warn(`could not heal checkpoint '${name}' in ${nameOf(manager)}: ${reasonOf(error)}`);
      }
    }
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    logger?.warn(`could not heal checkpoint '${name}' from ${nameOf(from)}: ${reasonOf(error)}`);
  }
}

/** All rows as they were saved, and with what: a schema or a selection may have changed those that were loaded. */
async function wholeRows(
  rows: Row[],
  from: KuraCheckpointManager,
  name: string,
  schema: Request['schema'],
  { signal, columns, where, offset, limit }: KuraLoadOptions,
): Promise<{ rows: Row[]; options: object } | null> {
  const info = await from.getCheckpointInfo(name);
  if (info === null) return null;
  const { hash, metadata } = info;
  const isWhole = schema === undefined && columns === undefined && where === undefined && offset === undefined && limit === undefined;
  const running = signal === undefined ? {} : { signal };
  const wanted = { ...running, ...(hash !== null && { hash }), torn: 'refuse' as const };
  const all = isWhole && hash === null ? rows : await from.loadCheckpoint(name, undefined, wanted);
  if (all === null) return null;
  const options = { ...running, ...(hash !== null && { hash }), ...(Object.keys(metadata).length > 0 && { metadata }) };
  return { rows: all, options };
}
