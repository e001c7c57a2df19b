import * as types from 'node:util/types';

/** Whether a value is a proxy that has been revoked: whatever is asked of it throws. */
export function isRevoked(value: unknown): boolean {
  if (!types.isProxy(value)) return false;
  try {
    // No trap of a proxy is called for this: it only throws where there is nothing behind it.
    Array.isArray(value);
    return false;
  } catch {
    return true;
  }
}
