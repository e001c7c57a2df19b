import { isPartition } from './part-names.js';

/** What engines write for null. */
const NULL = '__HIVE_DEFAULT_PARTITION__';
const INTEGER = /^(?:0|-?[1-9]\d*)$/;

/** The value of a column that the names of folders give. */
export type HiveValue = string | number | null;

/** A column and its text, as the name of a folder gives them; null for a null. */
export type HivePair = readonly [key: string, text: string | null];

/** What the name of a folder `key=value` gives, percent signs undone; undefined for another name. */
export function hivePair(name: string): HivePair | undefined {
  if (!isPartition(name)) return undefined;
  const at = name.indexOf('=');
  const text = name.slice(at + 1);
  return [decoded(name.slice(0, at)), text === NULL ? null : decoded(text)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that is one.
    return text;
  }
}

/** The columns of the folders' names, in the order in which they come. A column is of numbers if all its texts are safe integers. */
export function hiveColumns(parts: Iterable<readonly HivePair[]>): Map<string, 'int64' | 'string'> {
  const types = new Map<string, 'int64' | 'string'>();
  for (const pairs of parts)
    for (const [key, text] of pairs) {
      const isInteger = text === null || (INTEGER.test(text) && Number.isSafeInteger(Number(text)));
      types.set(key, isInteger && types.get(key) !== 'string' ? 'int64' : 'string');
    }
  return types;
}

/** The value of a text in a column of this type. */
export function hiveValue(text: string | null | undefined, type: 'int64' | 'string'): HiveValue {
  if (text === null || text === undefined) return null;
  return type === 'int64' ? Number(text) : text;
}
