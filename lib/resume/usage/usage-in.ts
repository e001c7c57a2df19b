import { isCheckpointError } from '../../base/errors.js';
import { ledgerHeadOf } from '../read-ledger.js';
import type { UsageTotals } from './usage.js';

/** What the results in a file of a `map` cost, in sum; undefined where that was not told, or cannot be read. */
export async function usageIn(path: string): Promise<UsageTotals | undefined> {
  try {
    return (await ledgerHeadOf(path))?.usage;
  } catch (error) {
    if (isCheckpointError(error)) return undefined;
    throw error;
  }
}
