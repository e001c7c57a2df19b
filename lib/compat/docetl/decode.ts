import { setOwn } from '../../base/build.js';
import { parseLenient } from '../../base/value/lenient-json.js';
import { isPlainObject, type Row } from '../../base/rows.js';

export const NULL = '__null__';
export const JSON_PREFIX = '__mixed_list_json__:';
const EMPTY_LIST = '__empty_list__';
const EMPTY_DICT = '__empty_dict__';

/**
 * The value that was saved, of a cell as it stands in the file. A user's own text like a sentinel cannot be told from one: nor could the
 * program that wrote it.
 */
export function decodeValue(value: unknown): unknown {
  if (typeof value === 'string') return decodeText(value);
  if (Array.isArray(value)) return value.length === 1 && value[0] === EMPTY_LIST ? [] : value.map(decodeValue);
  return isPlainObject(value) ? decodeDict(value) : value;
}

function decodeText(text: string): unknown {
  if (text === NULL) return null;
  if (!text.startsWith(JSON_PREFIX)) return text;
  try {
    return parseLenient(text.slice(JSON_PREFIX.length));
  } catch {
    // What follows the prefix is not JSON: the text is the user's own.
    return text;
  }
}

function decodeDict(dict: Row): Row {
  // Beside a full dict the helper shares its members: they are null, and it is null in the full one.
  if (dict[EMPTY_DICT] === true) return {};
  const made: Row = {};
  for (const key of Object.keys(dict)) if (key !== EMPTY_DICT) setOwn(made, key, decodeValue(dict[key]));
  return made;
}
