import { takesAll, type Literal, type ValueSchema } from '../options/checkpoint-schema.js';

/** Whether every value of one type is of another; null, elements and keys apart, which are compared for themselves. */
export function fits(from: ValueSchema, to: ValueSchema): boolean {
  if (takesAll(to) || from.type === 'null') return true;
  if (from.values !== undefined) return from.values.every((value) => takesLiteral(to, value));
  if (to.values !== undefined || from.type !== to.type) return false;
  if (to.stored === 'int64' && from.stored !== 'int64') return false;
  if (to.finite === true && from.finite !== true && from.stored !== 'int64') return false;
  return isWithin(from, to);
}

function takesLiteral(to: ValueSchema, value: Literal): boolean {
  if (to.values !== undefined) return to.values.includes(value);
  if (to.type !== typeof value) return false;
  if (to.stored === 'int64' && !Number.isSafeInteger(value)) return false;
  if (typeof value === 'string') return value.length >= (to.minLength ?? 0) && value.length <= (to.maxLength ?? Number.POSITIVE_INFINITY);
  return typeof value === 'boolean' || isWithin({ type: to.type, min: value, max: value }, to);
}

function isWithin(from: ValueSchema, to: ValueSchema): boolean {
  return (
    isAbove(from.min, from.above, to.min, to.above) &&
    isBelow(from.max, from.below, to.max, to.below) &&
    (from.minLength ?? 0) >= (to.minLength ?? 0) &&
    (from.maxLength ?? Number.POSITIVE_INFINITY) <= (to.maxLength ?? Number.POSITIVE_INFINITY)
  );
}

type Bound = ValueSchema['min'];

function isAbove(min: Bound, above: Bound, toMin: Bound, toAbove: Bound): boolean {
  const least = toMin === undefined || atLeast(min, toMin) || atLeast(above, toMin);
  const greater = toAbove === undefined || atLeast(above, toAbove) || (min !== undefined && min > toAbove);
  return least && greater;
}

function isBelow(max: Bound, below: Bound, toMax: Bound, toBelow: Bound): boolean {
  const most = toMax === undefined || atLeast(toMax, max) || atLeast(toMax, below);
  const less = toBelow === undefined || atLeast(toBelow, below) || (max !== undefined && max < toBelow);
  return most && less;
}

function atLeast(a: Bound, b: Bound): boolean {
  return a !== undefined && b !== undefined && a >= b;
}
