import { isOfFile, type CheckpointFile } from '../../directory/checkpoint-file.js';
import type { FoundFile } from '../../directory/layout.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import { isOf } from '../clear-batches.js';
import { findBatches, findKept, type FoundBatch } from '../found-files.js';
import { isOfOperation } from '../ledger-head.js';
import { ledgerHeadOf } from '../read-ledger.js';

/** A file that has results of an operation, with a record of its rows. */
export interface ResultFile extends FoundFile {
  hash: string | null;
  /** The checkpoint: it stays when no row is left. */
  isFinal: boolean;
}

/** All of them: of the checkpoint, of batches, kept ones. Damaged ones, which a `map` passes over, are left out. */
export async function resultFiles(files: OperationFiles, hash: string | undefined): Promise<ResultFile[]> {
  const found: ResultFile[] = [];
  for (const { found: file, hash: of, error } of await files.hashed())
    if (isReadable(error) && (await isOfMap(file.path, files))) found.push({ ...file, hash: of, isFinal: true });
  const batches: FoundBatch[] = [];
  for (const folder of [await files.sharedBatches(), await files.batches()]) batches.push(...(await findBatches(folder)));
  for (const batch of [...batches, ...(await findKept(await files.kept()))])
    if (isReadable(batch.error) && isOf(batch, files)) found.push({ ...batch, isFinal: false });
  return found.filter((file) => hash === undefined || file.hash === hash);
}

/** @throws what may not be so later: of the system, or a file of a later version */
function isReadable(error: CheckpointFile['error']): boolean {
  if (error !== undefined && !isOfFile(error)) throw error;
  return error === undefined;
}

async function isOfMap(path: string, files: OperationFiles): Promise<boolean> {
  const head = await ledgerHeadOf(path);
  return head !== null && isOfOperation(head, files);
}
