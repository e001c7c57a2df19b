import { isRevoked } from './is-revoked.js';

/** Room that is made at once; an array may say that it has more than there is memory for. */
const ROOM = 1 << 22;
/** The most that an array holds. */
const MAX_LENGTH = 2 ** 32 - 1;

/**
 * What an array has now, in an array of its own, which ends at the first hole: that is `undefined` there. Undefined for what is no array: a
 * revoked proxy among it, and a proxy of an array that tells no length.
 */
export function itemsOf(value: unknown): unknown[] | undefined {
  if (isRevoked(value) || !Array.isArray(value)) return undefined;
  const length: unknown = value.length;
  if (!Number.isInteger(length) || (length as number) < 0 || (length as number) > MAX_LENGTH) return undefined;
  const count = length as number;
  const own: unknown[] = count > ROOM ? [] : new Array<unknown>(count);
  for (let index = 0; index < count; index++) {
    const item: unknown = value[index];
    own[index] = item;
    if (item === undefined && !(index in value)) {
      own.length = index + 1;
      break;
    }
  }
  return own;
}

/** {@link itemsOf} an array all of whose items fit; undefined for any other. Unlike with `every` a hole is an item, which is undefined. */
export function listOf<T>(value: unknown, fits: (item: unknown) => item is T): T[] | undefined;
export function listOf(value: unknown, fits: (item: unknown) => boolean): unknown[] | undefined;
export function listOf(value: unknown, fits: (item: unknown) => boolean): unknown[] | undefined {
  const items = itemsOf(value);
  return items?.every(fits) === true ? items : undefined;
}

export const isText = (value: unknown): value is string => typeof value === 'string';
