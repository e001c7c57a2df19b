import { isOfFile } from '../directory/checkpoint-file.js';
import type { OperationFiles } from '../directory/operation-files.js';
import { digest } from './digest.js';
import { recordOfFailure, type FailureRecord, type StoredFailure } from './failure-record.js';
import { findBatches, MOST_LOOKS } from './found-files.js';
import { isOf } from './clear-batches.js';
import { failedRows, isOfOperation } from './ledger-head.js';
import { readLedger } from './read-ledger.js';

/** A file of results of an operation, and its hash. */
interface Recorded {
  path: string;
  hash: string | null;
}

/** The rows that failed and have no results since, of the operation's hash if it has one. */
export async function failuresOf(files: OperationFiles): Promise<FailureRecord[]> {
  for (let look = 1; ; look++) {
    const before = await files.version();
    const found = await recordedIn(files);
    const failures = await failuresIn(found, files);
    // A map may be running: files are merged, and go when the checkpoint is there.
    if ((failures !== undefined && (await files.version()) === before) || look >= MOST_LOOKS) return failures ?? [];
  }
}

/** The checkpoint, then the batches, which are newer. */
async function recordedIn(files: OperationFiles): Promise<Recorded[]> {
  const isWanted = (hash: string | null): boolean => files.hash === undefined || hash === files.hash;
  const finals = (await files.hashed()).filter(({ hash, error }) => error === undefined && isWanted(hash)).slice(0, 1);
  const recorded = finals.map(({ found, hash }): Recorded => ({ path: found.path, hash }));
  for (const folder of [await files.sharedBatches(), await files.batches()])
    for (const batch of await findBatches(folder)) if (isOf(batch, files) && isWanted(batch.hash)) recorded.push(batch);
  return recorded;
}

/** Undefined: a file has gone meanwhile. */
async function failuresIn(found: readonly Recorded[], files: OperationFiles): Promise<FailureRecord[] | undefined> {
  const failures = new Map<string, { failure: StoredFailure; hash: string | null }>();
  for (const { path, hash } of found) {
    try {
      await addFailures(failures, { path, hash }, files);
    } catch (error) {
      if (!isOfFile(error)) throw error;
      if (error.code === 'ERR_CKPT_NOT_FOUND') return undefined;
    }
  }
  return [...failures.values()].map(({ failure, hash }) => recordOfFailure(failure, hash));
}

async function addFailures(
  failures: Map<string, { failure: StoredFailure; hash: string | null }>,
  { path, hash }: Recorded,
  files: OperationFiles,
): Promise<void> {
  const nameOf = (high: number, low: number): string => `${high} ${low} ${hash}`;
  await readLedger(path, async (ledger, head) => {
    if (!isOfOperation(head, files) || (failures.size === 0 && failedRows(head) === 0)) return;
    await ledger.rows(head, ({ keyHigh, keyLow }) => void failures.delete(nameOf(keyHigh, keyLow)));
    for (const failure of await ledger.failures(head)) {
      const { high, low } = digest(failure.key);
      failures.set(nameOf(high, low), { failure, hash });
    }
  });
}
