import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DeltaInfo } from '../../options/delta-info.js';
import { foldersAbove, hasPool, holderPath } from './pool.js';
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
    return { id, path: hint, step: null, operation: null, bytes: holder.bytes, present: holderPlace(path, holder) !== undefined };
  });
  return { ownBytes: bytes, sharedBytes, rows: { own: rows - shared, shared }, holders, columns };
}

/** Where a file is that others refer to: in a pool, or where it was. What it is, a load finds out. */
export function holderPlace(path: string, { id, hint }: Pick<Holder, 'id' | 'hint'>): string | undefined {
  const roots = foldersAbove(path).filter(hasPool);
  return roots.flatMap((root) => [holderPath(root, id), join(root, hint)]).find((place) => existsSync(place));
}
