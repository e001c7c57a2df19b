import { setOwn } from '../../base/build.js';
import type { Row } from '../../base/rows.js';
import type { Part as Wanted } from '../../base/path.js';
import type { KnownPart, Survey } from './survey.js';

/** Makes rows of a part those of the folder. */
type PartRows = (rows: Row[]) => void;

/**
 * What makes the rows of a part those of its folder: keys that folders' names give, and null for the columns that a part of another writer
 * lacks, in the order of the folder's columns. A row of ours that lacks a key lacks it. Undefined: they are. `wanted`: the keys that are.
 */
export function partRows({ keys }: Survey, part: KnownPart, wanted: ReadonlyMap<string, Wanted> | undefined): PartRows | undefined {
  const isWanted = (key: string): boolean => wanted === undefined || wanted.has(key);
  const constants = [...part.constants].filter(([key]) => isWanted(key));
  const own = part.kind.keys.filter(isWanted);
  if (!part.kind.isFull || isBeginning(own, keys.filter(isWanted), constants.length)) return appending(constants);
  const order = keys.filter(isWanted).map((key) => ({ key, value: part.constants.get(key) ?? null }));
  return (rows) => {
    for (const [at, row] of rows.entries()) {
      const made: Row = {};
      for (const { key, value } of order) setOwn(made, key, Object.hasOwn(row, key) ? row[key] : value);
      rows[at] = made;
    }
  };
}

/** Whether a part has all columns of the folder, in its order, but for those at the end that it gets. */
function isBeginning(own: readonly string[], all: readonly string[], added: number): boolean {
  return own.length + added === all.length && own.every((key, at) => key === all[at]);
}

function appending(constants: readonly [string, unknown][]): PartRows | undefined {
  if (constants.length === 0) return undefined;
  return (rows) => {
    for (const row of rows) for (const [key, value] of constants) if (!Object.hasOwn(row, key)) setOwn(row, key, value);
  };
}

/** The values that all rows of a part have: those of its folders' names, and the nulls of columns that it lacks. */
export function constantRow({ keys }: Survey, { kind, constants }: KnownPart): Row {
  const row: Row = {};
  const own = new Set(kind.keys);
  if (kind.isFull) for (const key of keys) if (!own.has(key)) setOwn(row, key, null);
  for (const [key, value] of constants) setOwn(row, key, value);
  return row;
}
