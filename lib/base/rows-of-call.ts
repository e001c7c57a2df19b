import * as types from 'node:util/types';
import { itemsOf } from './value/items-of.js';

/**
 * What a call takes for its rows: of an array those that it has now, whatever is added, removed or replaced while the call runs. Anything
 * else is given as it is. The rows themselves are not copied.
 */
export function rowsOfCall<T>(rows: T): T {
  // A Proxy is asked no more often than it must be.
  if (types.isProxy(rows) || !Array.isArray(rows)) return rows;
  // No row is behind a hole: a call fails at it.
  return itemsOf(rows) as T;
}
