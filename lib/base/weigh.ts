import * as types from 'node:util/types';
import type { Row } from './rows.js';
import { isRevoked } from './value/is-revoked.js';

/** About how many characters and bytes a row's own texts and bytes hold. Anything may come here: rows are checked later. */
export function weigh(row: unknown): number {
  let weight = 0;
  if (typeof row !== 'object' || row === null || isRevoked(row)) return 0;
  for (const key in row) {
    const value = (row as Row)[key];
    if (typeof value === 'string') weight += value.length;
    // A DataView may throw when it is asked, and is refused later.
    else if (types.isTypedArray(value)) weight += value.byteLength;
  }
  return weight;
}
