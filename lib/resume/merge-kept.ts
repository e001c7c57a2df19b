import { utimes } from 'node:fs/promises';
import { isCheckpointError } from '../base/errors.js';
import { removeFiles } from '../directory/clear.js';
import { keptStem, nextKept } from '../directory/kept-files.js';
import { stemOf } from '../directory/layout.js';
import type { OperationFiles } from '../directory/operation-files.js';
import { usedMs } from '../directory/use-record.js';
import { groupOf } from './batch-log.js';
import { findKept, type FoundBatch } from './found-files.js';
import { isOfOperation } from './ledger-head.js';
import { PickedRows } from './picked-rows.js';

/**
 * Makes one of sixteen small files of kept results of one hash, without what is there twice. It is no duty: the checkpoint is durable, and
 * what cannot be merged now may be later.
 */
export async function mergeKept(files: OperationFiles): Promise<void> {
  const folder = await files.kept();
  const { logger } = files;
  const found = (await findKept(folder)).filter(({ head }) => head !== null && isOfOperation(head, files));
  for (const hash of new Set(found.map((file) => file.hash))) {
    const small = found.filter((file) => file.hash === hash).map((file) => ({ file, rows: file.head?.rows ?? 0 }));
    const group = groupOf(small)?.map(({ file }) => file);
    if (group === undefined) continue;
    try {
      await merge(files, folder, group);
    } catch (error) {
      if (!isCheckpointError(error)) throw error;
      logger?.warn(`could not merge kept results in ${folder}: ${error.message} (${error.code})`);
    }
  }
}

async function merge(files: OperationFiles, folder: string, group: readonly FoundBatch[]): Promise<void> {
  const picked = new PickedRows();
  for (const { path } of group) await picked.add(path, () => true);
  const path = await picked.write(files, keptStem(folder, await nextKept(folder)), group[0]?.hash ?? null);
  const used = await Promise.all(group.map(async (file) => Math.max(file.modifiedMs, await usedMs(stemOf(file.path)))));
  const last = new Date(Math.max(...used));
  await utimes(path, last, last);
  await removeFiles(group.map((file) => file.path));
}
