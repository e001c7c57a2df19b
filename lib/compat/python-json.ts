import { kindOf } from '../value/kind.js';
import { JsonTree } from '../value/json-tree.js';
import { joinPath } from '../value/refusal.js';
import { numberOf } from '../json/lenient.js';
import { notCompatible } from './refusal.js';

/** Where a value stands, and for whom it is written. */
export interface PythonPlace {
  program: string;
  row: number;
  /** The path inside the row; empty for the row itself. */
  path: string;
}

/**
 * A value as JSON that Python's `json` module reads as the same value, and lenient.ts too: `NaN` and the infinities as words, `-0` as a float, integers beyond the
 * safe ones as floats, which they are, and bigints as integers.
 *
 * @throws `ERR_CKPT_NOT_COMPATIBLE` for what JSON has no form for, and what `JsonTree` throws for what no checkpoint can keep
 */
export function pythonJson(value: unknown, place: PythonPlace): string {
  // What no checkpoint can keep is refused as such; the copy is not used, for it is made for other readers.
  new JsonTree().of(value, { row: place.row, path: place.path });
  return text(value, place);
}

function text(value: unknown, place: PythonPlace): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      return numberText(value);
    case 'bigint':
      if (typeof numberOf(String(value)) === 'bigint') return String(value);
      throw refuse(place, 'a bigint that a number holds, and would come back as one');
    case 'undefined':
      throw refuse(place, 'undefined');
    default:
      return value === null ? 'null' : containerText(value as object, place);
  }
}

function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  if (Number.isNaN(value) || !Number.isFinite(value)) return String(value);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

const NAMES: Record<string, string> = { date: 'a Date', bytes: 'bytes', f32: 'a Float32Array', f64: 'a Float64Array' };

function containerText(value: object, place: PythonPlace): string {
  const kind = kindOf(value);
  const inner = (member: unknown, key: string | number) => text(member, { ...place, path: joinPath(place.path, key) });
  if (kind === 'array') return `[${(value as unknown[]).map(inner).join(', ')}]`;
  if (kind !== 'object') throw refuse(place, NAMES[kind ?? ''] ?? 'of a class');
  const members = Object.keys(value).map((key) => `${JSON.stringify(key)}: ${inner((value as Record<string, unknown>)[key], key)}`);
  return `{${members.join(', ')}}`;
}

function refuse({ program, row, path }: PythonPlace, what: string): Error {
  return notCompatible(program, row, path, what);
}
