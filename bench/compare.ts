import { deepStrictEqual } from 'node:assert/strict';
import type { Row } from './suites/suite.ts';

/** What a round trip changed: equal, or the number of differing values by kind ("note: null -> missing"). */
export interface Differences {
  /** `deepStrictEqual` and equality of `JSON.stringify`, both. */
  equal: boolean;
  kinds: Record<string, number>;
}

/** Rows compared at a time: keeps every JSON string far below V8's limit of 512 MB. */
const SLICE_ROWS = 10_000;

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value !== 'object') return typeof value;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype ? 'object' : (value.constructor?.name ?? 'object without prototype');
}

function isPlain(kind: string): boolean {
  return kind === 'object' || kind === 'array';
}

function count(kinds: Record<string, number>, what: string): void {
  kinds[what] = (kinds[what] ?? 0) + 1;
}

/** Counts the differences between two values into `kinds`. Items of lists are counted together, as `path[]`. */
function differ(before: unknown, after: unknown, path: string, kinds: Record<string, number>): void {
  const [from, to] = [kindOf(before), kindOf(after)];
  if (from !== to) return count(kinds, `${path}: ${from} -> ${to}`);
  if (!isPlain(from)) {
    if (!Object.is(before, after)) count(kinds, `${path}: ${from} changed`);
    return;
  }
  const [a, b] = [before as Record<string, unknown>, after as Record<string, unknown>];
  const [keysA, keysB] = [Object.keys(a), Object.keys(b)];
  for (const key of keysA) {
    const inner = from === 'array' ? `${path}[]` : `${path}.${key}`;
    if (!Object.hasOwn(b, key)) count(kinds, `${inner}: missing`);
    else differ(a[key], b[key], inner, kinds);
  }
  for (const key of keysB) if (!Object.hasOwn(a, key)) count(kinds, `${path}.${key}: added`);
  if (keysA.length === keysB.length && keysA.join('\0') !== keysB.join('\0')) count(kinds, `${path}: order of keys`);
}

function isSame(before: Row[], after: Row[]): boolean {
  try {
    deepStrictEqual(after, before);
    return JSON.stringify(after) === JSON.stringify(before);
  } catch {
    return false;
  }
}

/** Compares what was loaded with what was saved. */
export function compareRows(before: Row[], after: Row[]): Differences {
  const kinds: Record<string, number> = {};
  if (before.length !== after.length) kinds[`rows: ${before.length} -> ${after.length}`] = 1;
  let equal = before.length === after.length;
  for (let start = 0; start < before.length; start += SLICE_ROWS) {
    const [a, b] = [before.slice(start, start + SLICE_ROWS), after.slice(start, start + SLICE_ROWS)];
    if (isSame(a, b)) continue;
    equal = false;
    for (let i = 0; i < Math.min(a.length, b.length); i++) differ(a[i], b[i], 'row', kinds);
  }
  return { equal, kinds };
}
