import type { OperationFiles } from '../directory/operation-files.js';
import { KnownTable } from './known-table.js';
import type { LedgerRow } from './ledger.js';
import { isOfOperation } from './ledger-head.js';
import { readLedger } from './read-ledger.js';

type RowDigests = Pick<LedgerRow, 'keyHigh' | 'keyLow' | 'high' | 'low'>;

/** Rows by key and content, as records of rows have them. Digests of keys and contents are independent, so that one number tells both. */
export class RowSet {
  readonly #table = new KnownTable();

  get size(): number {
    return this.#table.size;
  }

  has({ keyHigh, keyLow, high, low }: RowDigests): boolean {
    return this.#table.find((keyHigh ^ high) >>> 0, (keyLow ^ low) >>> 0) >= 0;
  }

  add(row: RowDigests): void {
    if (!this.has(row)) this.#table.add((row.keyHigh ^ row.high) >>> 0, (row.keyLow ^ row.low) >>> 0);
  }

  /** Adds the rows that the record of a file names. */
  async addFile(path: string, operation: OperationFiles): Promise<void> {
    await eachRowOf(path, operation, (row) => this.add(row));
  }
}

/**
 * Tells the rows that the record of a file names; false if it has none of this operation.
 * @throws what reading it throws, after rows were told
 */
export async function eachRowOf(path: string, operation: OperationFiles, visit: (row: LedgerRow) => void): Promise<boolean> {
  const isTold = await readLedger(path, async (ledger, head) => {
    if (!isOfOperation(head, operation)) return false;
    await ledger.rows(head, visit);
    await ledger.finish();
    return true;
  });
  return isTold === true;
}
