import type { Leaf } from './fields.js';
import { bitWidth } from './levels.js';

export type Levels = Uint8Array | Uint32Array;

/**
 * One column chunk, decoded: a definition and a repetition level for each entry, a value for each entry that is at the leaf's definition
 * level.
 */
export interface LeafData {
  /** Entries, nulls and empty lists included. */
  count: number;
  /** Null when every entry is a value. */
  definitions: Levels | null;
  /** Null for a leaf that is in no list. */
  repetitions: Levels | null;
  values: unknown[];
}

/** One data page, decoded. */
export interface Page {
  count: number;
  definitions: Levels | null;
  repetitions: Levels | null;
  values: unknown[];
}

/** The pages of a chunk as one. */
export function joinPages(pages: Page[], count: number, leaf: Leaf): LeafData {
  const values = pages.length === 1 ? pages[0]!.values : pages.flatMap((page) => page.values);
  const complete = pages.every((page) => page.definitions === null);
  const definitions = complete ? null : concat(pages, (page) => page.definitions, leaf.definition, count);
  const repetitions = leaf.repetition === 0 ? null : concat(pages, (page) => page.repetitions, 0, count);
  return { count, definitions, repetitions, values };
}

function concat(pages: Page[], levels: (page: Page) => Levels | null, missing: number, count: number): Levels {
  const all = bitWidth(missing) > 8 ? new Uint32Array(count) : new Uint8Array(count);
  let position = 0;
  for (const page of pages) {
    const part = levels(page);
    if (part === null) all.fill(missing, position, position + page.count);
    else all.set(part, position);
    position += page.count;
  }
  return all;
}

/** How many of the levels are `level`. */
export function countOf(levels: Levels, level: number): number {
  let count = 0;
  for (let i = 0; i < levels.length; i++) if (levels[i] === level) count++;
  return count;
}
