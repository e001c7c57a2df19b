import { setOwn } from '../base/build.js';
import { isPlainObject, type Row } from '../base/rows.js';
import { pathOf, type Kept, type Part, type Path } from '../base/path.js';

/**
 * The wanted columns of rows: keys, or paths into objects (`metadata.source`). A name with dots is both: whichever a row has is kept. What
 * is no object on the way of a path, as null or a list, is kept as it is.
 */
export class Projection implements Kept {
  /** The keys of a row that are wanted, each with how much of it. */
  readonly parts: ReadonlyMap<string, Part>;

  /** `more`: places that are wanted beside the names. */
  constructor(names: readonly string[], more: readonly Path[] = []) {
    const root: Part = { whole: false, parts: new Map() };
    for (const { key, steps } of [...names.map(pathOf), ...more]) {
      if (key !== undefined) partOf(root, key).whole = true;
      if (steps !== undefined) steps.reduce(partOf, root).whole = true;
    }
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
