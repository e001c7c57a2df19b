import * as types from 'node:util/types';

/** A value of a leaf that several rows have, for one of them: what its holder can change is copied. */
export function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return types.isUint8Array(value) ? Uint8Array.from(value) : new Date(value as Date);
}
