import * as types from 'node:util/types';

/*
 * What values are, whichever realm made them: under Jest's VM modules, and in any context of node:vm, classes of one name are there twice,
 * and `instanceof` asks for one of them.
 */

/** Whether a value is an error of any realm. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** Whether a value is an error of this name in any realm, as `RangeError`. */
export function isErrorNamed(value: unknown, name: string): boolean {
  return isError(value) && value.name === name;
}

/** Whether a value is a valid date of any realm. */
export function isValidDate(value: unknown): value is Date {
  return types.isDate(value) && !Number.isNaN(Date.prototype.getTime.call(value));
}

/** Whether a value is a promise, or another thing with a `then`. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
}

/** Whether a value serves as an AbortSignal: by its shape, which one of another make has, too. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false;
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
  return typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function';
}
