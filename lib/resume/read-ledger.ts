import { storeOf } from '../formats/choose.js';
import type { CheckpointStore } from '../store/store.js';
import { LedgerReader } from './ledger.js';
import type { LedgerHead } from './ledger-head.js';

/**
 * Reads the ledger of a file of results, and closes it; undefined where the file has none. `known`: the store to read it with, where
 * somebody has looked.
 * @throws `ERR_CKPT_CORRUPT`, `ERR_CKPT_FORMAT_VERSION`, and what reading the file throws
 */
export async function readLedger<T>(
  path: string,
  read: (ledger: LedgerReader, head: LedgerHead) => Promise<T>,
  known?: CheckpointStore,
): Promise<T | undefined> {
  const store = known ?? (await storeOf(path));
  const opened = store.attachment === undefined ? null : await LedgerReader.open(path, store.attachment(path));
  if (opened === null) return undefined;
  const { head, ledger } = opened;
  try {
    return await read(ledger, head);
  } finally {
    await ledger.close();
  }
}

/** The head of a file's ledger alone; null where the file has none. */
export async function ledgerHeadOf(path: string, known?: CheckpointStore): Promise<LedgerHead | null> {
  return (await readLedger(path, async (_, head) => head, known)) ?? null;
}
