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
  const root = poolRoot(path);
  const holders = references.holders.map((holder) => {
    const { id, hint } = holder;
    return { id, path: hint, step: null, operation: null, bytes: holder.bytes, present: isPresent(root, holder) };
  });
  return { ownBytes: bytes, sharedBytes, rows: { own: rows - shared, shared }, holders, columns };
}

/** The first folder from that of a file upwards that has a pool; undefined if there is none. */
export function poolRoot(path: string): string | undefined {
  return foldersAbove(path).find(hasPool);
}

/** Whether something is there under its names: what it is, a load finds out. */
function isPresent(root: string | undefined, { id, hint }: Holder): boolean {
  return root !== undefined && (existsSync(holderPath(root, id)) || existsSync(join(root, hint)));
}
