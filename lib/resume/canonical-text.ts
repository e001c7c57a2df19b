import { CheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';
import { elementsOf } from '../base/value/elements-of.js';
import { itemsOf } from '../base/value/items-of.js';
import { kindOf } from '../base/value/kind-of.js';
import { joinPath } from '../base/value/refusal.js';

const MAX_DEPTH = 256;
const MOST_HOLES = 1 << 16;

/**
 * The canonical text of a configuration: two that mean the same have the same text. Keys are sorted; a member that is undefined counts as
 * missing, as for JSON. Numbers, strings, bigints and dates differ from each other, `-0` from `0`. @throws `ERR_CKPT_UNSUPPORTED_VALUE` for
 * what has no text of its own: functions, symbols, class instances, cycles
 */
export function canonicalText(value: unknown, path = '', depth = 0): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'undefined':
      return 'undefined';
    case 'object':
      return value === null ? 'null' : objectText(value, path, depth);
    default:
      throw refused(value, path);
  }
}

function objectText(value: object, path: string, depth: number): string {
  if (depth > MAX_DEPTH) throw refused(value, path, 'nested deeper than 256, or in a cycle');
  const kind = kindOf(value);
  if (kind === 'array') {
    if (hasHoles(value as unknown[])) throw refused(value, path, 'a long array with holes');
    return `[${elementsOf(value as unknown[])
      .map((member, index) => canonicalText(member, joinPath(path, index), depth + 1))
      .join()}]`;
  }
  if (kind === 'object') {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalText(member, joinPath(path, key), depth + 1)}`).join()}}`;
  }
  if (kind === 'date') return `date ${(value as Date).getTime()}`;
  if (kind === undefined) throw refused(value, path);
  const { buffer, byteOffset, byteLength } = value as Uint8Array;
  return `${kind} ${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}`;
}

/** In a short array a hole counts as undefined. There may be so many that no loop comes to their end. */
function hasHoles(array: unknown[]): boolean {
  const { length } = array;
  return length > MOST_HOLES && itemsOf(array)?.length !== length;
}

function refused(value: unknown, path: string, why?: string): CheckpointError {
  const where = path === '' ? 'the config' : `'${path}' of the config`;
  const advice = typeof value === 'function' ? 'give functions as code, where they count by their source' : 'give it as plain data';
  const message = `cannot hash ${where}: it is ${why ?? show(value)}; ${advice}`;
  return new CheckpointError('ERR_CKPT_UNSUPPORTED_VALUE', message, path === '' ? {} : { column: path });
}
