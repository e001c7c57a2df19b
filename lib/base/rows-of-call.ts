import { types } from 'node:util';

/** Room that is made at once; an array may say that it has more than there is memory for. */
const ROOM = 1 << 22;

/**
 * What a call takes for its rows: of an array those that it has now, whatever is added, removed or replaced while the call runs. Anything else is given as it is. The rows themselves are not copied.
 */
export function rowsOfCall<T>(rows: T): T {
  // A Proxy is asked no more often than it must be.
  if (types.isProxy(rows) || !Array.isArray(rows)) return rows;
  const { length } = rows;
  const own: unknown[] = length > ROOM ? [] : new Array<unknown>(length);
  for (let index = 0; index < length; index++) {
    const row: unknown = rows[index];
    own[index] = row;
    // No row is behind a hole: a call fails at it.
    if (row === undefined && !(index in rows)) {
      own.length = index + 1;
      break;
    }
  }
  return own as T;
}
