import { invalid, show } from '../../base/messages.js';
import { decodeValue } from '../../base/value/extended-json.js';
import { MARK } from '../../base/value/json-tree.js';
import type { Where } from '../../options/where.js';

/** `score>=0.5`: the first operator counts, so that a value may hold others. */
const SHORT = /^(.+?)(!=|>=|<=|=|>|<)(.*)$/s;
const OPERATORS: Record<string, string> = { '=': '$eq', '!=': '$ne', '>': '$gt', '>=': '$gte', '<': '$lt', '<=': '$lte' };

/**
 * The filter of all `--where` options, which must all hold. Each is a filter as JSON, `{"score":{"$gte":0.5}}`, or short: `score>=0.5`,
 * `category=a`. A short one's value is JSON if it can be, else text; its key is a key of the rows also where it begins with `$`. Integers
 * are taken exactly, with all their digits. Values beyond JSON are as in FORMAT.md, section 4: `{"at":{"$gt":{"$ckpt":"date","v":0}}}`.
 *
 * @throws `ERR_CKPT_INVALID_OPTION` for what is neither; what a filter may hold is checked where it is used
 */
export function whereOf(texts: readonly string[]): Where | undefined {
  if (texts.length === 0) return undefined;
  const filters = texts.map(filterOf);
  return filters.length === 1 ? filters[0] : { $and: filters };
}

function filterOf(text: string): Where {
  if (text.trimStart().startsWith('{')) return decoded(text) as Where;
  const match = SHORT.exec(text);
  if (match === null) throw invalid(`--where must be a filter as JSON, or like category=a or score>=0.5, got ${show(text)}`);
  const [, path, operator, value] = match as unknown as [string, string, string, string];
  const conditions = { [OPERATORS[operator] as string]: valueOf(value.trim()) };
  const key = path.trim();
  return key.startsWith('$') ? { $field: key, ...conditions } : { [key]: conditions };
}

function decoded(text: string): unknown {
  try {
    return decodeValue(exactIntegers(text));
  } catch (cause) {
    throw invalid(`--where is not a filter as JSON: ${(cause as Error).message}`);
  }
}

function valueOf(text: string): unknown {
  try {
    return decodeValue(exactIntegers(text));
  } catch {
    return text;
  }
}

/** Strings, so that digits in them stay, and numbers. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * JSON text with an escape for each integer that a number of JavaScript would round: a bigint. A number with a point or an exponent is the
 * nearest double, as there.
 */
function exactIntegers(text: string): string {
  return text.replace(TOKENS, (token) => {
    const isExact = !/^-?[1-9]\d*$/.test(token) || Number.isSafeInteger(Number(token));
    return isExact ? token : `{"${MARK}":"bigint","v":"${token}"}`;
  });
}
