import { CheckpointError } from './errors.js';
import type { Row } from './rows.js';

/**
 * Sets an own property, also one named `__proto__`, which assignment would take for the prototype, and one that a frozen `Object.prototype`
 * has, which assignment refuses.
 */
export function setOwn(object: Row, key: string, value: unknown): void {
  if (key === '__proto__') return define(object, key, value);
  try {
    object[key] = value;
  } catch {
    define(object, key, value);
  }
}

function define(object: Row, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
}

/** The object of one shape; `value` reads a field. */
export function buildShape(
  keys: readonly string[],
  shapes: readonly (readonly number[])[],
  shape: number,
  value: (field: number) => unknown,
): Row {
  const fields = shapes[shape];
  // Without any shape there is no such object: a whole row's text stands in its place.
  if (fields === undefined && shapes.length === 0) return {};
  if (fields === undefined)
    throw new CheckpointError('ERR_CKPT_CORRUPT', `an object has shape ${shape}, but the plan knows ${shapes.length}`);
  const object: Row = {};
  for (const field of fields) setOwn(object, keys[field] as string, value(field));
  return object;
}

/** A map, whose entries are those from `start` to `end`, as an object if its keys are strings, else as its pairs. */
export function makeMap(keys: readonly unknown[], values: readonly unknown[], start: number, end: number, object: boolean): unknown {
  if (!object) {
    const pairs: [unknown, unknown][] = [];
    for (let at = start; at < end; at++) pairs.push([keys[at], values[at]]);
    return pairs;
  }
  const made: Row = {};
  for (let at = start; at < end; at++) setOwn(made, keys[at] as string, values[at]);
  return made;
}
