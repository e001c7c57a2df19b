import * as types from 'node:util/types';

/** How two values are ordered: negative, 0, positive; undefined where they are not of one kind, or NaN is among them. */
export function compare(a: unknown, b: unknown): number | undefined {
  if (typeof a === 'string') return typeof b === 'string' ? compareText(a, b) : undefined;
  if (isNumeric(a)) {
    if (!isNumeric(b)) return undefined;
    // JavaScript compares numbers with bigints by their exact values.
    if (a < b) return -1;
    if (a > b) return 1;
    return Number.isNaN(a) || Number.isNaN(b) ? undefined : 0;
  }
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : undefined;
  if (types.isDate(a) && types.isDate(b)) return compare(a.getTime(), b.getTime());
  return undefined;
}

/** By code points, as Parquet and most databases order UTF-8: JavaScript's `<` puts characters beyond U+FFFF before U+E000. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x !== y) return fixed(x) - fixed(y);
  }
  return a.length - b.length;
}

/** A code unit moved so that surrogates come last. */
function fixed(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;
}

/**
 * Whether two values are the same to a filter: by value, deeply; null, undefined are one; -0 is 0; NaN is NaN; numbers and bigints by
 * value.
 */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (isNumeric(a) && isNumeric(b)) return compare(a, b) === 0 || (Number.isNaN(a) && Number.isNaN(b));
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (types.isDate(a)) return types.isDate(b) && Object.is(a.getTime(), b.getTime());
  if (ArrayBuffer.isView(a)) return ArrayBuffer.isView(b) && equalViews(a, b);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, index) => equal(one, b[index]));
  if (Array.isArray(b) || types.isDate(b) || ArrayBuffer.isView(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal((a as never)[key], (b as never)[key]));
}

function equalViews(a: ArrayBufferView, b: ArrayBufferView): boolean {
  // A Buffer comes back as a Uint8Array: their bytes count.
  if (kindOfView(a) !== kindOfView(b) || a.byteLength !== b.byteLength) return false;
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}

function kindOfView(view: ArrayBufferView): string {
  return types.isUint8Array(view) ? 'bytes' : Object.prototype.toString.call(view);
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
