import { CheckpointError, isCheckpointError } from '../errors.js';
import { JsonTree, MARK } from './json-tree.js';
import { plainText } from './plain-text.js';
import { tooLong, type ValuePlace } from './refusal.js';
import { restore } from './restore.js';

/**
 * Any value of a row as one JSON text, and back: `decodeValue(encodeValue(value))` is the same value.
 *
 * What JSON can hold is exactly `JSON.stringify`'s text. What it cannot is an escape object: `{"$ckpt":"undefined"}`,
 * `{"$ckpt":"number","v":"NaN"}` (`Infinity`, `-Infinity`, `-0`), `{"$ckpt":"bigint","v":"123"}`, `{"$ckpt":"date","v":0}` (ms
 * since 1970, null when invalid), `{"$ckpt":"bytes","v":"AAE="}`, `{"$ckpt":"f32","v":...}` and `f64` (base64 of the little-endian
 * bytes). An object with a key `$ckpt` of its own is `{"$ckpt":"object","v":[[key,value],...]}`: data are never taken for an escape.
 */
export function encodeValue(value: unknown, where: ValuePlace): string {
  try {
    const text = plainText(value);
    if (text !== undefined) return text;
  } catch {
    // What is thrown here is thrown again below, with its place: more than a string can hold, a revoked Proxy, an accessor that throws.
  }
  return typeof value === 'string' ? textWithin(value, where) : textOf(new JsonTree(), value, where);
}

/**
 * The text of a value, with a tree that serves many values and remembers whether one needed an escape.
 * @throws `ERR_CKPT_LIMIT` where it is more than a string can hold
 */
export function textOf(tree: JsonTree, value: unknown, where: ValuePlace): string {
  return textWithin(tree.of(value, where), where);
}

function textWithin(copy: unknown, where: ValuePlace): string {
  try {
    return JSON.stringify(copy);
  } catch (cause) {
    throw tooLong(where, cause);
  }
}

/** The value of a text that {@link encodeValue} made. @throws `ERR_CKPT_CORRUPT` for any other text */
export function decodeValue(text: unknown): unknown {
  if (typeof text !== 'string') throw new CheckpointError('ERR_CKPT_CORRUPT', `JSON text was expected where a ${typeof text} stands`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError('ERR_CKPT_CORRUPT', `not JSON: ${text.slice(0, 80)}`, { cause });
  }
  return mayHaveEscapes(text) ? restore(value) : value;
}

/** False when a text that {@link encodeValue} made has no escapes: nearly always, and cheap to see. */
export function mayHaveEscapes(text: string): boolean {
  return text.includes(`"${MARK}"`);
}

/** Whether `JSON.stringify` and `JSON.parse` give back exactly this value; false too for what no checkpoint can keep. */
export function isPlainJson(value: unknown): boolean {
  const tree = new JsonTree();
  try {
    tree.of(value, { row: 0, path: '' });
    return !tree.escaped;
  } catch (error) {
    if (isCheckpointError(error)) return false;
    throw error;
  }
}
