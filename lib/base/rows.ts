import { isRevoked } from './value/is-revoked.js';

/**
 * A row: a plain object. Its own enumerable string keys are the columns; symbol keys are not stored. Values may be what `JSON.stringify`
 * keeps, and `undefined`, every number (`-0`, `NaN`, the infinities), `bigint`, `Date`, `Uint8Array` (and `Buffer`, which comes back as
 * one), `Float32Array`, `Float64Array`, strings with lone surrogates, in objects and arrays up to 256 deep. Anything else is
 * `ERR_CKPT_UNSUPPORTED_VALUE`, and nothing is saved.
 */
export type Row = Record<string, unknown>;

/**
 * What types of rows may be: object types, also an `interface`; not numbers, strings, arrays, functions, and the classes of TypeScript's
 * library (`Date`, `Map`, ...). Instances of other classes pass here; a save refuses them.
 */
export type RowLike =
  | Row
  | (object & {
      readonly [Symbol.iterator]?: never;
      readonly [Symbol.hasInstance]?: never;
      readonly [Symbol.toPrimitive]?: never;
      readonly [Symbol.toStringTag]?: never;
    });

/** Nesting deeper than this, in objects and arrays below the row, is refused with `ERR_CKPT_TOO_DEEP`. */
export const MAX_DEPTH = 256;

/** True for `{}`, `Object.create(null)` and plain objects of another realm; false for arrays, class instances, null. */
export function isPlainObject(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false;
  let prototype: unknown;
  try {
    prototype = Object.getPrototypeOf(value);
  } catch (error) {
    if (isRevoked(value)) return false;
    throw error;
  }
  if (prototype === Object.prototype || prototype === null) return true;
  // Object.prototype of another realm: the only prototype without a prototype that JSON.parse and literals give.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf');
}

/** Whether somebody has added enumerable keys to `Object.prototype`: for-in then meets keys that objects do not have. */
export function isPrototypeExtended(): boolean {
  for (const _ in Object.prototype) return true;
  return false;
}
