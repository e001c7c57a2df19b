import { CheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';
import { MOST_TEXT, refused } from './question.js';
import type { SqlQueryOptions } from './sql-types.js';

/** A question with its limits, checked. */
export interface Question {
  text: string;
  params: readonly unknown[];
  options: SqlQueryOptions;
  /** What stands before the question when it is run: `EXPLAIN`. */
  before?: string;
}

/** Whether a question is a template. */
export function isTemplate(asked: unknown): asked is TemplateStringsArray {
  return Array.isArray(asked) && Object.hasOwn(asked, 'raw');
}

/** The text of a template: its values are parameters. */
export function textOf(strings: TemplateStringsArray): string {
  return strings.reduce((text, part, index) => (index === 0 ? part : `${text}$${index}${part}`), '');
}

/** @throws `ERR_CKPT_INVALID_ARGUMENT`, `ERR_CKPT_SQL_REFUSED` for what DuckDB's parser is not asked */
export function checkText(text: unknown): void {
  if (typeof text !== 'string')
    throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `a question must be a text of SQL, got ${show(text)}`);
  if (text.length > MOST_TEXT) throw refused(`it has ${text.length} characters, more than ${MOST_TEXT}`);
  if (text.includes('\0')) throw refused('it has a zero character, and DuckDB would take what stands before it');
}
