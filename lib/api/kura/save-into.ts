import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import { heldRows } from '../../base/rows-source.js';
import type { WriteOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import type { Logger } from '../../directory/log-lines.js';
import { allFailed, isOfCall, nameOf, reasonOf, type ManagerFailure } from './failover.js';
import type { KuraCheckpointManager, SaveStrategy } from './types.js';

/** Saves rows in managers that are enabled; resolves with the path in the first that took them. */
export async function saveInto(
  managers: readonly KuraCheckpointManager[],
  strategy: SaveStrategy,
  name: string,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: WriteOptions | undefined,
  logger: Logger | null,
): Promise<string | null> {
  const held = managers.length > 1 ? await heldRows(rows, options?.signal) : rows;
  const failures: ManagerFailure[] = [];
  let path: string | null = null;
  /** How many had failed when the first took the rows. */
  let before = 0;
  for (const manager of managers) {
    if (path !== null && strategy === 'primary_only') break;
    try {
      const saved = await manager.saveCheckpoint(name, held, options);
      if (path === null && saved !== null) before = failures.length;
      path ??= saved;
    } catch (error) {
      if (options?.signal?.aborted === true || (path === null && isOfCall(error))) throw error;
      failures.push({ manager, error });
    }
  }
  if (path === null) {
    if (failures.length > 0) throw allFailed(`checkpoint '${name}' could not be saved by any manager`, failures);
    return null;
  }
  const stale: CheckpointError[] = [];
  for (const [index, failure] of failures.entries()) {
    const error = await removeOlder(failure, name, path, index < before, logger);
    if (error !== undefined) stale.push(error);
  }
  if (stale[0] !== undefined) throw stale[0];
  return path;
}

/**
 * Tells of a manager that failed to save, and removes the checkpoint that it has from before: a load would take it for the new one. Gives
 * the error if that is not possible and the manager comes `first`, before the one that has the new rows.
 */
async function removeOlder(
  { manager, error }: ManagerFailure,
  name: string,
  path: string,
  first: boolean,
  logger: Logger | null,
): Promise<CheckpointError | undefined> {
  const warning = `${nameOf(manager)} could not save checkpoint '${name}', which is at ${path}: ${reasonOf(error)}`;
  try {
    const removed = await manager.deleteCheckpoint(name);
    logger?.warn(removed ? `${warning}; its older one was removed` : warning);
  } catch (cause) {
    if (first && (await hasCheckpoint(manager, name))) {
      const code = isCheckpointError(error) ? error.code : 'ERR_CKPT_IO';
      const message = `${warning}; its older one could not be removed and would be loaded: remove it (${reasonOf(cause)})`;
      return new CheckpointError(code, message, { cause: error });
    }
    logger?.warn(warning);
  }
  return undefined;
}

async function hasCheckpoint(manager: KuraCheckpointManager, name: string): Promise<boolean> {
  try {
    return (await manager.getCheckpointInfo(name)) !== null;
  } catch {
    // What cannot be read is passed over by a load.
    return false;
  }
}
