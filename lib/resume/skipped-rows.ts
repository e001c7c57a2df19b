import { showKey } from './row-key.js';

/** The member of a checkpoint's metadata that says which rows have no results, as they failed: how many, and the first keys. */
export const SKIPPED = 'arrow-ckpt.skipped';

/** `keys`: their texts. */
export function skippedMetadata(rows: number, keys: readonly string[]): Record<string, string> {
  return { [SKIPPED]: JSON.stringify({ rows, keys: keys.map(showKey) }) };
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
