import assert from 'node:assert/strict';

/**
 * Where `actual` differs from `expected` and how, or undefined where it does not: the same numbers by `Object.is`, the same own keys in
 * the same order at every level, the prototypes of literals, the same classes with the same bytes. Node 20's `deepStrictEqual` knows
 * neither the order of keys nor that two invalid dates are the same.
 */
export function differenceOf(actual: unknown, expected: unknown, path = 'rows'): string | undefined {
  if (Object.is(actual, expected)) return undefined;
  if (typeof expected !== 'object' || expected === null || typeof actual !== 'object' || actual === null)
    return different(path, actual, expected);
  if (Array.isArray(expected)) return arrayDifference(actual, expected, path);
  if (expected instanceof Date) {
    const same = hasPrototype(actual, Date.prototype) && Object.is((actual as Date).getTime(), expected.getTime());
    return same ? undefined : different(path, actual, expected);
  }
  if (ArrayBuffer.isView(expected)) return viewDifference(actual, expected, path);
  if (!hasPrototype(actual, Object.prototype)) return `${path}: not an ordinary object but ${picture(actual)}`;
  return objectDifference(actual as Record<string, unknown>, expected as Record<string, unknown>, path);
}

/** Throws unless the two are the same by {@link differenceOf}. */
export function assertExact(actual: unknown, expected: unknown): void {
  const difference = differenceOf(actual, expected);
  if (difference !== undefined) assert.fail(difference);
}

function arrayDifference(actual: object, expected: readonly unknown[], path: string): string | undefined {
  if (!Array.isArray(actual) || !hasPrototype(actual, Array.prototype)) return different(path, actual, expected);
  if (actual.length !== expected.length) return `${path}: ${actual.length} elements, not ${expected.length}`;
  for (let index = 0; index < expected.length; index++) {
    if (!Object.hasOwn(actual, index)) return `${path}[${index}]: a hole`;
    const difference = differenceOf(actual[index], expected[index], `${path}[${index}]`);
    if (difference !== undefined) return difference;
  }
  return Object.keys(actual).length === expected.length ? undefined : `${path}: keys of its own`;
}

function objectDifference(actual: Record<string, unknown>, expected: Record<string, unknown>, path: string): string | undefined {
  const keys = Object.keys(expected);
  const got = Object.getOwnPropertyNames(actual);
  if (got.length !== keys.length || got.some((key, index) => key !== keys[index])) {
    return `${path}: keys ${JSON.stringify(got)}, not ${JSON.stringify(keys)}`;
  }
  for (const key of keys) {
    const { value, enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(actual, key) as PropertyDescriptor;
    if (!(enumerable === true && writable === true && configurable === true))
      return `${path}[${JSON.stringify(key)}]: not a property of a literal`;
    const difference = differenceOf(value, expected[key], `${path}[${JSON.stringify(key)}]`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function viewDifference(actual: object, expected: ArrayBufferView, path: string): string | undefined {
  const prototype = expected instanceof Uint8Array ? Uint8Array.prototype : (Object.getPrototypeOf(expected) as object);
  if (!ArrayBuffer.isView(actual) || !hasPrototype(actual, prototype)) return different(path, actual, expected);
  return bytesOf(actual).equals(bytesOf(expected)) ? undefined : different(path, actual, expected);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function hasPrototype(value: object, prototype: object): boolean {
  return Object.getPrototypeOf(value) === prototype;
}

function different(path: string, actual: unknown, expected: unknown): string {
  return `${path}: ${picture(actual)}, not ${picture(expected)}`;
}

function picture(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return `${String(value)} (${typeof value})`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${bytesOf(value).toString('hex').slice(0, 80)}`;
  if (value instanceof Date) return `Date ${value.getTime()}`;
  return `${Array.isArray(value) ? `array of ${value.length}` : 'object'} of prototype ${String(Object.getPrototypeOf(value)?.constructor?.name)}`;
}
