/**
 * Literals of so many keys make objects in dictionary mode from Node 25 on (V8 14.1), at 92 ns a value instead of 11, and slow to read for
 * good. A constructor makes fast ones, at 6 ns a value; on Node 20 to 24 both are alike. From about 400 keys on it takes longer.
 */
const MIN_WIDE_KEYS = 128;
const MAX_WIDE_KEYS = 400;

/** Whether a constructor is to make the objects: an assignment to a key that objects inherit could be one to an accessor. */
export function isWide(keys: readonly string[], fields: readonly number[]): boolean {
  if (fields.length < MIN_WIDE_KEYS || fields.length > MAX_WIDE_KEYS) return false;
  return !fields.some((field) => (keys[field] as string) in Object.prototype);
}
