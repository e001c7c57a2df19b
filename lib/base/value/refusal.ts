import * as types from 'node:util/types';
import { isGone } from './is-gone.js';
import { isRevoked } from './is-revoked.js';
import { CheckpointError, type CheckpointErrorCode } from '../errors.js';
import { classNameOf, show } from '../messages.js';
import { MAX_DEPTH } from '../rows.js';

/** Where a value stands, for messages. */
export interface ValuePlace {
  /** Index of the row in the whole checkpoint. */
  row: number;
  /** The path inside the row, `metadata.tags[3]`; empty for the row itself. */
  path: string;
  /** How many objects and arrays the value is inside of. @default 0 for the row itself, else 1 */
  depth?: number;
}

/** What to do instead, by class. Every other class instance: make it a plain object. */
const ADVICE = new Map(
  Object.entries({
    Map: 'store [...map] or Object.fromEntries(map)',
    Set: 'store [...set]',
    Promise: 'await it first',
    RegExp: 'store its source and flags',
    URL: 'store its href',
    Error: 'store its message',
    Number: 'store its valueOf()',
    String: 'store its valueOf()',
    Boolean: 'store its valueOf()',
    BigInt: 'store its valueOf()',
    ArrayBuffer: 'store new Uint8Array(buffer)',
    DataView: 'store the bytes as a Uint8Array',
  }),
);

/** The error for a value that no checkpoint can keep. */
export function unsupported(value: unknown, where: ValuePlace): CheckpointError {
  if (ArrayBuffer.isView(value) && isGone(value)) {
    const what = `${show(value)} without memory: its buffer was transferred or shrunk; store a copy that was made before, view.slice()`;
    return refuse('ERR_CKPT_UNSUPPORTED_VALUE', where, what);
  }
  return refuse('ERR_CKPT_UNSUPPORTED_VALUE', where, `${show(value)}, which no checkpoint can keep; ${adviceFor(value)}`);
}

/** The error for an array whose own keys are not just 0 to length - 1. */
export function unsupportedArray(array: readonly unknown[], where: ValuePlace): CheckpointError {
  const extra = Object.keys(array).find(
    (key) => !(Number(key) >= 0 && Number(key) < array.length && String(Math.trunc(Number(key))) === key),
  );
  if (extra !== undefined) {
    const what = `an array with a key ${show(extra)} of its own, which no checkpoint can keep; store an object, or the array without it`;
    return refuse('ERR_CKPT_UNSUPPORTED_VALUE', where, what);
  }
  // A Proxy may say that it has whatever it is asked for.
  const most = Object.keys(array).length;
  let hole = 0;
  while (hole < most && hole in array) hole++;
  const at = { ...where, path: joinPath(where.path, hole) };
  return refuse('ERR_CKPT_UNSUPPORTED_VALUE', at, 'an array hole, which no checkpoint can keep; store null or undefined there');
}

/** The error for a value that contains itself. */
export function cyclic(where: ValuePlace): CheckpointError {
  return refuse('ERR_CKPT_UNSUPPORTED_VALUE', where, 'a cycle: it contains itself, which no checkpoint can keep; store an id instead');
}

/** The error for a value that was another one each time it was read: an accessor, or a Proxy. */
export function changed(where: ValuePlace): CheckpointError {
  const what = 'a value that changed while it was saved, through an accessor or a Proxy; store a plain copy of it';
  return refuse('ERR_CKPT_UNSUPPORTED_VALUE', where, what);
}

/** The error for nesting below the limit. */
export function tooDeep(where: ValuePlace): CheckpointError {
  const what = `nested more than ${MAX_DEPTH} objects and arrays deep; flatten it, or store it as a JSON string`;
  return refuse('ERR_CKPT_TOO_DEEP', where, what);
}

/** The error for a value that is more text than a string of Node can hold. */
export function tooLong({ row, path }: ValuePlace, cause: unknown): CheckpointError {
  const subject = path === '' ? `row ${row}` : `${shown(path)} of row ${row}`;
  const message = `${subject} is more text than a string of this Node can hold; split it into several rows`;
  return new CheckpointError('ERR_CKPT_LIMIT', message, path === '' ? { row, cause } : { row, column: path, cause });
}

/** `metadata` and `tags` -> `metadata.tags`; `tags` and 3 -> `tags[3]`; keys that are no identifiers are quoted: `a["b.c"]`. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  if (path === '') return key;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$-]*$/u.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function refuse(code: CheckpointErrorCode, { row, path }: ValuePlace, what: string): CheckpointError {
  const subject = path === '' ? `row ${row}` : `${shown(path)} of row ${row}`;
  return new CheckpointError(code, `${subject} is ${what}`, path === '' ? { row } : { row, column: path });
}

/** A path for a message: keys may be of any length. */
function shown(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}...` : path;
}

function adviceFor(value: unknown): string {
  if (typeof value === 'function') return 'remove it, or call it and store the result';
  if (typeof value === 'symbol') return 'store its description';
  if (types.isTypedArray(value)) return 'store Array.from(it), or a Float32Array, Float64Array or Uint8Array';
  if (isRevoked(value)) return 'nothing can be asked of it any more: store what it stood for';
  if (Array.isArray(value)) return 'store Array.from(it)';
  for (let prototype: unknown = Object.getPrototypeOf(value); prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const advice = ADVICE.get(classNameOf(prototype as object) ?? '');
    if (advice !== undefined) return advice;
  }
  return 'store a plain object, { ...value }';
}
