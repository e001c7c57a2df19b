import { isCheckpointError } from '../../base/errors.js';
import { openLedger } from '../found-files.js';
import type { UsageTotals } from './usage.js';

/** What the results in a file of a `map` cost, in sum; undefined where that was not told, or cannot be read. */
export async function usageIn(path: string): Promise<UsageTotals | undefined> {
  try {
    const opened = await openLedger(path);
    await opened?.ledger.close();
    return opened?.head.usage;
  } catch (error) {
    if (isCheckpointError(error)) return undefined;
    throw error;
  }
}
