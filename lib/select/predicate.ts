import type { Row } from '../base/rows.js';
import { compare, equal } from './compare.js';
import { MISSING, valueAt } from '../base/path.js';
import type { Filter, Test } from '../options/where.js';

/** Whether a row is wanted. */
export type Predicate = (row: Row) => boolean;

/** The exact meaning of a filter: whatever else skips rows, for speed, must agree with it. */
export function predicateOf(filter: Filter): Predicate {
  if (filter.kind === 'not') {
    const of = predicateOf(filter.of);
    return (row) => !of(row);
  }
  if (filter.kind === 'test') {
    const { path } = filter;
    const matches = testOf(filter.test);
    return (row) => matches(valueAt(row, path));
  }
  const parts = filter.of.map(predicateOf);
  return filter.kind === 'and' ? (row) => parts.every((part) => part(row)) : (row) => parts.some((part) => part(row));
}

function testOf(test: Test): (value: unknown) => boolean {
  if (test.op === 'exists') return (value) => (value !== MISSING) === test.value;
  const matches = test.op === 'in' ? oneOf(test.values) : one(test.op, test.value);
  return (value) => {
    const present = value === MISSING ? null : value;
    return matches(present) || (Array.isArray(present) && present.some(matches));
  };
}

function one(op: 'eq' | 'gt' | 'gte' | 'lt' | 'lte', operand: unknown): (value: unknown) => boolean {
  switch (op) {
    case 'eq':
      return (value) => equal(value, operand);
    case 'gt':
      return (value) => (compare(value, operand) ?? 0) > 0;
    case 'gte':
      return (value) => (compare(value, operand) ?? -1) >= 0;
    case 'lt':
      return (value) => (compare(value, operand) ?? 0) < 0;
    case 'lte':
      return (value) => (compare(value, operand) ?? 1) <= 0;
  }
}

/** Long lists of texts are looked up. */
function oneOf(operands: readonly unknown[]): (value: unknown) => boolean {
  const texts = new Set(operands.filter((operand) => typeof operand === 'string'));
  const others = operands.filter((operand) => typeof operand !== 'string');
  return (value) => (typeof value === 'string' ? texts.has(value) : others.some((operand) => equal(value, operand)));
}
