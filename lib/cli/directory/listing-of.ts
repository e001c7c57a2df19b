import { join } from 'node:path';
import { isCheckpointError } from '../../base/errors.js';
import { DocetlConfig } from '../../directory/docetl-config.js';
import { inParallel } from '../../base/in-parallel.js';
import { operationListing } from '../../directory/inventory.js';
import { filesOf } from '../../directory/layout.js';
import { storeOf } from '../../formats/choose.js';
import { knownInfos } from '../../formats/parquet/describe-files.js';
import { mapsIn, type MapListing } from '../../resume/map-listing.js';
import { usageIn } from '../../resume/usage/usage-in.js';
import type { BatchCount, Listed } from '../output/list-tables.js';
import { statOf } from '../../directory/stat-of.js';
import { needFolder } from './folder.js';
import { layoutOf, type StoredCheckpoint, type StoredKept } from './layout-of.js';

/** All that a directory has, and what is wrong in it. */
export interface DirectoryListing {
  /** Checkpoints of steps in the order of their names, then files directly in the directory. A damaged one has its error. */
  listed: Listed[];
  maps: MapListing[];
  batches: BatchCount[];
  kept: StoredKept[];
  /** Those of damaged checkpoints too. */
  errors: unknown[];
}

/** Looks through the directory of a pipeline. @throws `ERR_CKPT_NOT_FOUND`, `ERR_CKPT_NOT_A_FILE` where it is no folder */
export async function listingOf(directory: string): Promise<DirectoryListing> {
  await needFolder(directory);
  const { checkpoints, kept, flat, failures } = await layoutOf(directory);
  const config = await new DocetlConfig(directory).snapshot();
  const known = await knownInfos(checkpoints.flatMap(({ step, parquet }) => (step === null || parquet === undefined ? [] : [parquet])));
  const entries: (() => Promise<Listed | null>)[] = [];
  for (const { step, operation, stem } of checkpoints)
    if (step !== null) entries.push(async () => operationListing(await filesOf(stem), { config, step, operation }, known));
  for (const name of flat) entries.push(() => flatListing(join(directory, name), name));
  const found = await inParallel(entries, (entry) => withUsage(entry));
  const listed: Listed[] = [];
  for (const { entry, error } of found) {
    if (entry !== null) listed.push(entry);
    if (error !== undefined) failures.push(error);
  }
  // A folder that cannot be listed was told by its layout.
  const maps = await mapsIn(directory, () => {});
  return { listed, maps, batches: batchCounts(checkpoints), kept, errors: failures };
}

async function withUsage(entry: () => Promise<Listed | null>): Promise<{ entry: Listed | null; error?: unknown }> {
  try {
    const found = await entry();
    if (found === null) return { entry: null };
    if (found.error !== undefined) return { entry: found, error: found.error };
    return { entry: { ...found, usage: await usageIn(found.path) } };
  } catch (error) {
    if (!isCheckpointError(error)) throw error;
    return { entry: null, error };
  }
}

async function flatListing(path: string, operation: string): Promise<Listed> {
  const { mtime } = await statOf(path);
  return { step: null, operation, modified: mtime, ...(await (await storeOf(path)).info(path)) };
}

function batchCounts(checkpoints: readonly StoredCheckpoint[]): BatchCount[] {
  const counts = new Map<string, BatchCount>();
  for (const { operation, batch, bytes } of checkpoints) {
    if (batch === null) continue;
    const count = counts.get(operation) ?? { operation, batches: 0, bytes: 0 };
    count.batches++;
    count.bytes += bytes;
    counts.set(operation, count);
  }
  return [...counts.values()];
}
