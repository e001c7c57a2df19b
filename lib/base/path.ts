import type { Row } from './rows.js';

/** A place in rows: a key of theirs, or the end of a path into objects. */
export interface Path {
  /** For messages: `metadata.source`. */
  readonly text: string;
  /** The key of the row itself, which counts where a row has it; undefined where only `steps` do. */
  readonly key: string | undefined;
  /** The keys from object to object; undefined where only `key` counts. */
  readonly steps: readonly string[] | undefined;
}

/** What stands for a value that a row does not have. */
export const MISSING: unique symbol = Symbol('missing');

/** The place of a name: a key, or with dots either a key or a path, whichever a row has. */
export function pathOf(name: string): Path {
  return { text: name, key: name, steps: name.includes('.') ? name.split('.') : undefined };
}

/** The place at the end of exactly these keys: dots in them are nothing but dots. */
export function exactPath(keys: readonly string[]): Path {
  return { text: keys.join('.'), key: keys.length === 1 ? keys[0] : undefined, steps: keys.length === 1 ? undefined : keys };
}

/** The value at a place of a row, or {@link MISSING}. */
export function valueAt(row: Row, { key, steps }: Path): unknown {
  if (key !== undefined && Object.hasOwn(row, key)) return row[key];
  if (steps === undefined) return MISSING;
  let value: unknown = row;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, step)) return MISSING;
    value = (value as Row)[step];
  }
  return value;
}

/** How much of a value is wanted: all of it, or parts of the objects that it may be. */
export interface Part {
  whole: boolean;
  parts: Map<string, Part>;
}

/** What is kept of rows, by key and as a whole. */
export interface Kept {
  /** The keys of a row that are wanted, each with how much of it. */
  readonly parts: ReadonlyMap<string, Part>;
  /** The row with what is wanted of it, in its own order. */
  of(row: Row): Row;
}
