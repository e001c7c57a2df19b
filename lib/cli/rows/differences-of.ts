import type { Row } from '../../base/rows.js';
import { joinPath } from '../../base/value/refusal.js';
import { isSame } from '../../base/value/is-same.js';
import { kindOf } from '../../base/value/kind-of.js';

/** One place where two rows differ. */
export interface Difference {
  /** `metadata.tags[3]`; empty for the row itself. */
  path: string;
  /** `added`: only in the second. `order`: the same keys in another order. */
  change: 'added' | 'removed' | 'changed' | 'order';
  /** Left out with `added` and `order`. */
  from?: unknown;
  /** Left out with `removed` and `order`. */
  to?: unknown;
}

/**
 * Where two rows differ, none for equal ones. Values are equal by `Object.is` (`-0` is not `0`, `NaN` is `NaN`), dates by time, bytes by
 * bytes; a number and a bigint differ, and so do null, undefined and a missing key. The order of keys counts only if `strictOrder`.
 */
export function differencesOf(a: Row, b: Row, strictOrder: boolean): Difference[] {
  const found: Difference[] = [];
  if (!isSame(a, b)) compare(a, b, '', strictOrder, found);
  return found;
}

function compare(a: unknown, b: unknown, path: string, strictOrder: boolean, found: Difference[]): void {
  const kind = kindOfBoth(a, b);
  if (kind === 'array') compareArrays(a as unknown[], b as unknown[], path, strictOrder, found);
  else if (kind === 'object') compareObjects(a as Row, b as Row, path, strictOrder, found);
  else if (!isSame(a, b)) found.push({ path, change: 'changed', from: a, to: b });
}

function kindOfBoth(a: unknown, b: unknown): string | undefined {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return undefined;
  const kind = kindOf(a);
  return kind === kindOf(b) ? kind : undefined;
}

function compareArrays(a: unknown[], b: unknown[], path: string, strictOrder: boolean, found: Difference[]): void {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const at = joinPath(path, index);
    if (index >= a.length) found.push({ path: at, change: 'added', to: b[index] });
    else if (index >= b.length) found.push({ path: at, change: 'removed', from: a[index] });
    else compare(a[index], b[index], at, strictOrder, found);
  }
}

function compareObjects(a: Row, b: Row, path: string, strictOrder: boolean, found: Difference[]): void {
  const keys = Object.keys(a);
  const others = Object.keys(b);
  for (const key of keys) {
    const at = keyPath(path, key);
    if (Object.hasOwn(b, key)) compare(a[key], b[key], at, strictOrder, found);
    else found.push({ path: at, change: 'removed', from: a[key] });
  }
  for (const key of others) if (!Object.hasOwn(a, key)) found.push({ path: keyPath(path, key), change: 'added', to: b[key] });
  // Of objects with other keys the order says nothing more.
  const sameKeys = keys.length === others.length && keys.every((key) => Object.hasOwn(b, key));
  if (strictOrder && sameKeys && keys.some((key, index) => key !== others[index])) found.push({ path, change: 'order' });
}

/** The path of a key. The empty one of the row itself would be the path of the row. */
function keyPath(path: string, key: string): string {
  return path === '' && key === '' ? '[""]' : joinPath(path, key);
}
