import { nodeFs } from '../../base/node-modules.js';
import type { DeltaInfo } from '../../options/delta-info.js';
import { placesOf } from './pool.js';
import type { Holder, References } from './references.js';

/** What a file shares with others; null for a whole file. */
export function deltaInfo(path: string, bytes: number, rows: number, references: References | undefined): DeltaInfo | null {
  if (references === undefined) return null;
  const columns: DeltaInfo['columns'] = {};
  let [sharedBytes, shared] = [0, 0];
  for (const [name, column] of references.columns) {
    columns[name] = { shared: column.rows, own: rows - column.rows };
    sharedBytes += column.bytes;
    shared = Math.max(shared, column.rows);
  }
  const holders = references.holders.map((holder) => {
    const { id, hint } = holder;
    return { id, path: hint, step: null, operation: null, bytes: holder.bytes, present: isPresent(holder, path) };
  });
  return { ownBytes: bytes, sharedBytes, rows: { own: rows - shared, shared }, holders, columns };
}

/** Whether there is a file where this one may be. What it is, a load finds out. */
function isPresent(holder: Holder, path: string): boolean {
  for (const place of placesOf(holder, path)) if (nodeFs().existsSync(place)) return true;
  return false;
}
