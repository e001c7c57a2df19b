import { dirname } from 'node:path';
import { fromSystemError } from '../base/errors.js';
import { syncFolder } from '../base/commit/commit.js';
import { settleSwap } from '../base/commit/swap.js';
import { removeUnchanged, versionOf } from '../base/commit/remove-unchanged.js';
import type { TypedWriteOptions } from '../formats/parquet/column-types.js';
import { saveTo } from '../formats/save-to.js';
import type { CheckpointInfo } from '../options/options.js';
import type { Row } from '../base/rows.js';
import type { Attachment, CheckpointStore } from '../store/store.js';
import type { Mirror } from './checkpoint-file.js';
import type { DocetlConfig } from './docetl-config.js';
import { EXTENSIONS } from './layout.js';
import type { Logger } from './log-lines.js';
import { isCheckpointPath } from './parts-folder.js';
import { sweepAfterSave } from './temporaries.js';

/** What a save needs beside its rows. */
export interface SaveTarget {
  store: CheckpointStore;
  /** The path of the file without its extension. */
  stem: string;
  /** Of an operation; batches have no hash. */
  mirror?: Mirror<DocetlConfig>;
  logger: Logger | null;
}

/**
 * Saves a checkpoint: the file, then its hash in DocETL's configuration file, then the file of the other format goes, which the new one
 * replaces. The file alone is the checkpoint, and has its hash inside: what fails after it is a warning.
 */
export async function saveFile(
  target: SaveTarget,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: TypedWriteOptions,
  attachment?: Attachment,
): Promise<CheckpointInfo> {
  const { store, stem, mirror, logger } = target;
  // A bare list, as DocETL reads it, has no place for a hash: there the configuration file has the only one.
  const isBare = store.format === 'json' && options.compat !== undefined;
  const { hash, ...withoutHash } = options;
  // A file without a hash of its own has the one of the configuration file, and that was another's. So it goes first, durably: what a crash
  // or a failure leaves is at worst a checkpoint without a hash, which is made anew.
  if (mirror !== undefined && (isBare || hash === undefined)) await mirror.config.set(mirror.step, mirror.operation, null);
  const twins = await twinsOf(EXTENSIONS.filter((extension) => extension !== store.extension).map((extension) => stem + extension));
  const info = await saveTo(store, stem + store.extension, rows, isBare ? withoutHash : options, attachment);
  if (mirror !== undefined) {
    try {
      await mirror.config.set(mirror.step, mirror.operation, hash ?? null);
    } catch (error) {
      if (isBare && hash !== undefined) throw error;
      logger?.warn(`could not write the hash of '${mirror.operation}' for DocETL: ${String(error)}`);
    }
  }
  await removeTwins(twins, logger);
  await sweepAfterSave(dirname(stem));
  return isBare ? { ...info, hash: hash ?? null } : info;
}

/** Files that a save is going to replace, as they are before it: what another saves there meanwhile is not replaced. */
type Twins = ReadonlyMap<string, string>;

/** Those of these files that are there. */
export async function twinsOf(paths: readonly string[]): Promise<Twins> {
  const twins = new Map<string, string>();
  for (const path of paths) {
    try {
      if (path.endsWith('.parquet')) await settleSwap(path);
      const version = await versionOf(path);
      if (version !== null && (await isCheckpointPath(path))) twins.set(path, version);
    } catch (error) {
      throw fromSystemError(error, 'look for', path);
    }
  }
  return twins;
}

/** Removes the files that a newer one replaces. One that cannot be removed does no harm: it is older, and the newer file counts. */
export async function removeTwins(twins: Twins, logger: Logger | null): Promise<void> {
  for (const [path, version] of twins) {
    try {
      if (await removeUnchanged(path, version)) await syncFolder(dirname(path));
    } catch (error) {
      logger?.warn(`could not remove ${path}, which the new save replaces: ${String(error)}`);
    }
  }
}
