import { CheckpointError } from '../errors.js';
import { MAX_DEPTH } from '../rows.js';
import { fromBase64 } from './base64.js';
import { MARK } from './json-tree.js';

/** An escaped object takes three levels of JSON for one of its own. */
const MAX_TEXT_DEPTH = 3 * (MAX_DEPTH + 2);

/**
 * Undoes the escapes in a value fresh from `JSON.parse`, in place where it can; returns the value to use.
 * @throws `ERR_CKPT_CORRUPT` for an escape object that this package does not write, `ERR_CKPT_LIMIT` for nesting that it does not write
 */
export function restore(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_TEXT_DEPTH) throw new CheckpointError('ERR_CKPT_LIMIT', `escaped JSON is nested more than ${MAX_TEXT_DEPTH} deep`);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const member: unknown = value[index];
      if (typeof member === 'object') value[index] = restore(member, depth + 1);
    }
    return value;
  }
  const object = value as Record<string, unknown>;
  if (Object.hasOwn(object, MARK)) return unescape(object[MARK], object['v'], depth);
  for (const key of Object.keys(object)) {
    const member = object[key];
    // `__proto__` is an own key here, and setting an own key is safe.
    if (typeof member === 'object') object[key] = restore(member, depth + 1);
  }
  return object;
}

function unescape(kind: unknown, v: unknown, depth: number): unknown {
  switch (kind) {
    case 'undefined':
      return undefined;
    case 'number':
      if (v === 'NaN' || v === 'Infinity' || v === '-Infinity' || v === '-0') return Number(v);
      break;
    case 'bigint':
      if (typeof v === 'string' && /^-?\d+$/.test(v)) return bigintOf(v);
      break;
    case 'date':
      if (v === null) return new Date(Number.NaN);
      if (Number.isInteger(v) && Math.abs(v as number) <= 8.64e15) return new Date(v as number);
      break;
    case 'bytes':
    case 'f32':
    case 'f64': {
      const array = typeof v === 'string' ? fromBase64(kind, v) : undefined;
      if (array !== undefined) return array;
      break;
    }
    case 'object':
      if (Array.isArray(v) && v.every((pair) => Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string')) {
        // fromEntries defines own keys, `__proto__` too.
        return Object.fromEntries((v as [string, unknown][]).map(([key, member]) => [key, restore(member, depth + 3)]));
      }
      break;
  }
  const text = JSON.stringify({ [MARK]: kind, v }).slice(0, 80);
  throw new CheckpointError('ERR_CKPT_CORRUPT', `not an escape that arrow-ckpt writes: ${text}`);
}

/** A bigint of a text of digits. V8 holds some 323 million of them. */
function bigintOf(digits: string): bigint {
  try {
    return BigInt(digits);
  } catch (cause) {
    throw new CheckpointError('ERR_CKPT_LIMIT', `an integer of ${digits.length} digits is more than this Node can hold`, { cause });
  }
}
