import { show } from '../../base/messages.js';
import type { Row } from '../../base/rows.js';
import { Validator } from '../../schema/validator.js';
import { Violations } from '../../schema/violations.js';
import { joinPath } from '../../base/value/refusal.js';
import { notCompatible } from '../not-compatible.js';
import { isPythonTime } from './time.js';
import type { KuraModel } from './models.js';

export const PROGRAM = "Kura's loader";

/** Looks at rows of one of Kura's types: at what Kura's class of it would refuse, drop or change. */
export class KuraCheck {
  readonly #model: KuraModel;
  readonly #violations = new Violations();
  readonly #validator: Validator;

  /**
   * `extra`: what becomes of keys that the type does not have. Kura's classes drop them, those of a user's that are made from them may not.
   */
  constructor(model: KuraModel, extra: 'keep' | 'refuse') {
    this.#model = model;
    this.#validator = new Validator({ columns: model.fields, extra }, false, this.#violations);
  }

  /** @throws `ERR_CKPT_NOT_COMPATIBLE` with row, column and the reason */
  row(row: Row, index: number): void {
    for (const key of Object.keys(row)) if (row[key] === undefined) throw notCompatible(PROGRAM, index, key, 'undefined');
    this.#validator.row(row, index);
    const [violation] = this.#violations.listed;
    if (violation !== undefined) {
      const { path, expected, got } = violation;
      const isExtra = expected === 'no such key';
      const what = isExtra
        ? `a key that its ${this.#model.name} do not have`
        : got === 'no such key'
          ? 'missing'
          : `${got} (expected: ${expected})`;
      throw notCompatible(PROGRAM, index, path, what);
    }
    if (this.#model.name === 'conversations') checkConversation(row, index);
    else if (this.#model.name !== 'summaries' && Object.hasOwn(row, 'count')) checkCount(row, index);
  }
}

function checkConversation(row: Row, index: number): void {
  const times = [['created_at', row['created_at']] as const];
  (row['messages'] as Row[]).forEach((message, at) => times.push([`messages[${at}].created_at`, message['created_at']] as never));
  for (const [path, time] of times) {
    if (!isPythonTime(time as string)) throw notCompatible(PROGRAM, index, path, `${show(time)}, no time in ISO 8601 as Python takes it`);
  }
  const metadata = row['metadata'] as Row;
  for (const key of Object.keys(metadata)) {
    if (!isMetadata(metadata[key])) {
      const what = 'no text, number, boolean, or list of texts or of numbers';
      throw notCompatible(PROGRAM, index, joinPath('metadata', key), what);
    }
  }
}

/** Kura's class of conversations takes no others; that of summaries takes any. */
function isMetadata(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string') || value.every(isNumber);
  return typeof value === 'string' || typeof value === 'boolean' || isNumber(value);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

function checkCount(row: Row, index: number): void {
  const { length } = row['chat_ids'] as unknown[];
  if (row['count'] !== length) throw notCompatible(PROGRAM, index, 'count', `${show(row['count'])}, not the ${length} of chat_ids`);
}
