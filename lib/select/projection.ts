import { setOwn } from '../columnar/read/build.js';
import { CheckpointError } from '../errors.js';
import { show } from '../messages.js';
import { isPlainObject, type Row } from '../rows.js';

/** How much of a value is wanted: all of it, or parts of the objects that it may be. */
export interface Part {
  whole: boolean;
  parts: Map<string, Part>;
}

/**
 * The wanted columns of rows: keys, or paths into objects (`metadata.source`). A name with dots is both: whichever a row has is kept. What is no object on the way of a path, as
 * null or a list, is kept as it is.
 */
export class Projection {
  readonly names: readonly string[];
  /** The keys of a row that are wanted, each with how much of it. */
  readonly parts: ReadonlyMap<string, Part>;
  /** The names that no row had so far. */
  readonly #missing: Set<string>;

  constructor(names: readonly string[]) {
    this.names = names;
    const root: Part = { whole: false, parts: new Map() };
    for (const name of names) {
      const steps = name.split('.');
      partOf(root, name).whole = true;
      steps.reduce(partOf, root).whole = true;
    }
    this.#missing = new Set(names);
    this.parts = root.parts;
  }

  /** Whether anything is wanted in part only. */
  get isDeep(): boolean {
    return [...this.parts.values()].some((part) => !part.whole);
  }

  /** The row with what is wanted of it, in its own order. */
  of(row: Row): Row {
    return pick(row, this.parts);
  }

  /** The same, and remembers which names rows have. */
  take(row: Row): Row {
    for (const name of this.#missing) {
      if (Object.hasOwn(row, name) || Object.hasOwn(row, firstStep(name))) this.#missing.delete(name);
    }
    return pick(row, this.parts);
  }

  /** To be called after the last row. @throws `ERR_CKPT_UNKNOWN_COLUMN` for a column that no row had */
  check(path: string): void {
    for (const column of this.#missing) {
      const message = `no row of ${path} has a column ${show(column)}; check the name, or leave columns out to load all`;
      throw new CheckpointError('ERR_CKPT_UNKNOWN_COLUMN', message, { path, column });
    }
  }
}

/** The key of the row that a path begins with. */
export function firstStep(path: string): string {
  return path.split('.', 1)[0] as string;
}

function partOf(part: Part, key: string): Part {
  const known = part.parts.get(key);
  if (known !== undefined) return known;
  const made: Part = { whole: false, parts: new Map() };
  part.parts.set(key, made);
  return made;
}

function pick(object: Row, parts: ReadonlyMap<string, Part>): Row {
  const kept: Row = {};
  for (const key of Object.keys(object)) {
    const part = parts.get(key);
    if (part !== undefined) setOwn(kept, key, part.whole ? object[key] : within(object[key], part));
  }
  return kept;
}

function within(value: unknown, { parts }: Part): unknown {
  return isPlainObject(value) ? pick(value, parts) : value;
}
