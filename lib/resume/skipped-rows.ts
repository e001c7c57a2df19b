import { showKey } from './row-key.js';

/** The member of a checkpoint's metadata that says which rows have no results, as they failed: how many, and the first keys. */
export const SKIPPED = 'arrow-ckpt.skipped';

/** How many keys it names. */
export const MOST_KEYS = 20;

/** Nothing where no rows are. `keys`: their texts, of which the first {@link MOST_KEYS} count. */
export function skippedMetadata(rows: number, keys: readonly string[]): Record<string, string> {
  return rows === 0 ? {} : { [SKIPPED]: JSON.stringify({ rows, keys: keys.slice(0, MOST_KEYS).map(showKey) }) };
}

/** How many rows a checkpoint has no results of, as they failed. */
export function skippedRows(metadata: Readonly<Record<string, string>>): number {
  try {
    const { rows } = JSON.parse(metadata[SKIPPED] ?? '{}') as { rows?: unknown };
    return typeof rows === 'number' ? rows : 0;
  } catch {
    // Of somebody else.
    return 0;
  }
}
