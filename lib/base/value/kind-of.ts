import * as types from 'node:util/types';
import { isPlainObject } from '../rows.js';
import { isGone } from './is-gone.js';

/** The classes of objects that a value may have. */
type ObjectKind = 'object' | 'array' | 'date' | 'bytes' | 'f32' | 'f64';

/**
 * The class of an object, or undefined when no checkpoint can keep it: a view whose buffer was transferred is among those. Objects of
 * another realm are of the same class as ours.
 */
export function kindOf(value: object): ObjectKind | undefined {
  let isArray: boolean;
  try {
    isArray = Array.isArray(value);
  } catch {
    // A proxy that has been revoked.
    return undefined;
  }
  if (isArray) return isBuiltIn(value, Array.prototype, 1) ? 'array' : undefined;
  if (isPlainObject(value)) return 'object';
  if (types.isDate(value)) return isBuiltIn(value, Date.prototype, 1) ? 'date' : undefined;
  if (!types.isTypedArray(value) || isGone(value)) return undefined;
  if (types.isUint8Array(value)) {
    return Object.getPrototypeOf(value) === Buffer.prototype || isBuiltIn(value, Uint8Array.prototype, 2) ? 'bytes' : undefined;
  }
  if (types.isFloat64Array(value)) return isBuiltIn(value, Float64Array.prototype, 2) ? 'f64' : undefined;
  if (types.isFloat32Array(value)) return isBuiltIn(value, Float32Array.prototype, 2) ? 'f32' : undefined;
  return undefined;
}

/** The brand is checked already; a subclass differs by its prototype, and in any realm by a longer chain of them. */
function isBuiltIn(value: object, prototype: object, steps: number): boolean {
  const own: unknown = Object.getPrototypeOf(value);
  if (own === prototype) return true;
  let last: unknown = own;
  for (let step = 0; step <= steps && last !== null; step++) {
    if (step === steps) return Object.getPrototypeOf(last) === null && (own as object).constructor?.name === prototype.constructor.name;
    last = Object.getPrototypeOf(last);
  }
  return false;
}
