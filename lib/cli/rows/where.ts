import { invalid, show } from '../../messages.js';
import { decodeValue } from '../../value/extended-json.js';
import type { Where } from '../../select/where.js';

/** `score>=0.5`: the first operator counts, so that a value may hold others. */
const SHORT = /^(.+?)(!=|>=|<=|=|>|<)(.*)$/s;
const OPERATORS: Record<string, string> = { '=': '$eq', '!=': '$ne', '>': '$gt', '>=': '$gte', '<': '$lt', '<=': '$lte' };

/**
 * The filter of all `--where` options, which must all hold. Each is a filter as JSON, `{"score":{"$gte":0.5}}`, or short: `score>=0.5`, `category=a`.
 * A short one's value is JSON if it can be, else text. Values beyond JSON are as in FORMAT.md, section 4: `{"at":{"$gt":{"$ckpt":"date","v":0}}}`.
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
  return { [path.trim()]: { [OPERATORS[operator] as string]: valueOf(value.trim()) } };
}

function decoded(text: string): unknown {
  try {
    return decodeValue(text);
  } catch (cause) {
    throw invalid(`--where is not a filter as JSON: ${(cause as Error).message}`);
  }
}

function valueOf(text: string): unknown {
  try {
    return decodeValue(text);
  } catch {
    return text;
  }
}
