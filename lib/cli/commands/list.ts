import { join } from 'node:path';
import { isCheckpointError } from '../../base/errors.js';
import { DocetlConfig } from '../../directory/docetl-config.js';
import { operationListing } from '../../directory/inventory.js';
import { filesOf } from '../../directory/layout.js';
import { storeOf } from '../../formats/choose.js';
import { knownInfos } from '../../formats/parquet/describe-files.js';
import { skippedRows } from '../../resume/skipped-rows.js';
import { mapsIn } from '../../resume/map-listing.js';
import type { Run } from '../context.js';
import { statOf } from '../../directory/stat-of.js';
import { needFolder } from '../directory/folder.js';
import { layoutOf, type StoredCheckpoint } from '../directory/layout-of.js';
import { EXIT } from '../exit-codes.js';
import { failureOf } from '../failure.js';
import { printList, type BatchCount, type Listed } from '../output/list-tables.js';
import { usageIn } from '../../resume/usage/usage-in.js';

/**
 * `list DIR`: every checkpoint with the facts in its file, the maps that run or were interrupted, and the number of batches. A damaged
 * checkpoint is listed with its error.
 */
export const run: Run = async (context, [directory = '']) => {
  const { output, json } = context;
  await needFolder(directory);
  const { checkpoints, kept, flat, failures } = await layoutOf(directory);
  const config = await new DocetlConfig(directory).snapshot();
  const listed: Listed[] = [];
  const errors = failures;
  const add = async (entry: Promise<Listed | null>): Promise<void> => {
    try {
      const found = await entry;
      if (found !== null) listed.push({ ...found, usage: found.error === undefined ? await usageIn(found.path) : undefined });
      if (found?.error !== undefined) errors.push(found.error);
    } catch (error) {
      if (!isCheckpointError(error)) throw error;
      errors.push(error);
    }
  };
  const known = await knownInfos(checkpoints.flatMap(({ step, parquet }) => (step === null || parquet === undefined ? [] : [parquet])));
  for (const { step, operation, stem } of checkpoints)
    if (step !== null) await add(filesOf(stem).then((found) => operationListing(found, { config, step, operation }, known)));
  for (const name of flat) await add(flatListing(join(directory, name), name));
  const batches = batchCounts(checkpoints);
  // A folder that cannot be listed was told by its layout.
  const maps = await mapsIn(directory, () => {});
  for (const error of errors) output.error(error);
  if (json) await output.document({ directory, checkpoints: listed.map(documentOf), maps, batches, kept, failures: errors.map(failureOf) });
  else await printList(context, directory, { listed, maps, batches, kept });
  return errors.length > 0 ? EXIT.findings : EXIT.fine;
};

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

function documentOf({ step, operation, path, format, rows, bytes, hash, metadata, delta, modified, usage, error }: Listed): unknown {
  const known = { step, operation, path, format, bytes, modified };
  return error === undefined
    ? { ...known, rows, failed: skippedRows(metadata), hash, metadata, delta, ...(usage !== undefined && { usage }) }
    : { ...known, error: failureOf(error) };
}
