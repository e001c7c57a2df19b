import * as types from 'node:util/types';

/**
 * Whether two values of rows are the same: by `Object.is`, of the same kind, with the same keys in the same order, at every level. What a
 * checkpoint must give back.
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, index) => isSame(one, b[index]));
  if (types.isDate(a)) return types.isDate(b) && Object.is(a.getTime(), b.getTime());
  if (ArrayBuffer.isView(a)) return ArrayBuffer.isView(b) && isSameView(a, b);
  if (Array.isArray(b) || types.isDate(b) || ArrayBuffer.isView(b)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  return keys.length === others.length && keys.every((key, index) => key === others[index] && isSame((a as never)[key], (b as never)[key]));
}

function isSameView(a: ArrayBufferView, b: ArrayBufferView): boolean {
  // A Buffer comes back as a Uint8Array.
  const kind = (view: ArrayBufferView) => (types.isUint8Array(view) ? 'Uint8Array' : Object.prototype.toString.call(view).slice(8, -1));
  if (kind(a) !== kind(b) || a.byteLength !== b.byteLength) return false;
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}
