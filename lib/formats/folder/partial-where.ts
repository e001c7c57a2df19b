import type { Path } from '../../base/path.js';
import type { Row } from '../../base/rows.js';
import { parseWhere, pathsOf, type Filter, type Where } from '../../options/where.js';
import { predicateOf } from '../../select/predicate.js';

/**
 * What is left of a condition for the rows of a part, of which some keys are known to have the same value in all: `true` and `false` where
 * nothing is left. Conditions on nothing else are decided here, so that a part none of whose rows fits is not opened.
 */
export function partialWhere(where: Where, known: Row): Where | boolean {
  const filter = parseWhere(where);
  const isKnown = ({ key, steps }: Path): boolean => {
    const first = steps?.[0];
    // Of a name with dots a row may have the key itself: then the part must be asked.
    return key === undefined || steps === undefined ? Object.hasOwn(known, key ?? (first as string)) : Object.hasOwn(known, key);
  };
  if (!pathsOf(filter).some(isKnown)) return where;
  const left = leftOf(filter, known, isKnown);
  return typeof left === 'boolean' ? left : whereOf(left);
}

function leftOf(filter: Filter, known: Row, isKnown: (path: Path) => boolean): Filter | boolean {
  if (filter.kind === 'test') return isKnown(filter.path) ? predicateOf(filter)(known) : filter;
  if (filter.kind === 'not') {
    const of = leftOf(filter.of, known, isKnown);
    return typeof of === 'boolean' ? !of : { kind: 'not', of };
  }
  const decides = filter.kind === 'or';
  const left: Filter[] = [];
  for (const each of filter.of) {
    const part = leftOf(each, known, isKnown);
    if (part === decides) return decides;
    if (typeof part !== 'boolean') left.push(part);
  }
  if (left.length === 0) return !decides;
  return left.length === 1 ? (left[0] as Filter) : { kind: filter.kind, of: left };
}

/** The filter as a user would write it. */
function whereOf(filter: Filter): Where {
  if (filter.kind === 'not') return { $not: whereOf(filter.of) };
  if (filter.kind !== 'test') return { [filter.kind === 'and' ? '$and' : '$or']: filter.of.map(whereOf) };
  const { path, test } = filter;
  const $field = fieldOf(path);
  return { $field, [`$${test.op}`]: test.op === 'in' ? test.values : test.value };
}

function fieldOf({ key, steps, text }: Path): string | readonly string[] {
  if (key === undefined) return steps as readonly string[];
  // A list of one key is that key, whatever dots it has.
  return steps === undefined ? [key] : text;
}
