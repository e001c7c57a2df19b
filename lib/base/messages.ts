import { CheckpointError } from './errors.js';
import { isRevoked } from './value/is-revoked.js';

/** A short picture of any value for messages. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (isRevoked(value)) return 'a revoked proxy';
  if (Array.isArray(value)) {
    // A proxy tells any length.
    const length: unknown = value.length;
    return typeof length === 'number' ? `an array of ${length}` : 'an array without a length';
  }
  const name = classNameOf(value);
  return name === undefined ? 'an object of a class without a name' : `an object of class ${name}`;
}

/** The name of an object's class; undefined where there is none, as of an anonymous class, or where it cannot be told. */
export function classNameOf(value: object): string | undefined {
  try {
    const name: unknown = (value.constructor as { name?: unknown } | undefined)?.name;
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    // A getter, or a Proxy, of the user's.
    return undefined;
  }
}

/** The error of an option outside its range. */
export function invalid(message: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_INVALID_OPTION', message);
}
