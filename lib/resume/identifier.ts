import { checkRow } from '../files/rows-source.js';
import type { Row } from '../rows.js';
import { textOf } from '../value/extended-json.js';
import { JsonTree } from '../value/json-tree.js';
import { digest } from './digest.js';
import type { Known } from './known.js';
import { duplicateKey, keyReader, type KeyOption } from './row-key.js';

/** What is known of a row of the input. */
export interface Identity {
  row: Row;
  /** Its number in the table. */
  number: number;
  /** The text of its key. */
  key: string;
  /** `known`: there are results of this content. `changed`: its key was met with other content, or its results are of no use. `new`: no earlier run has met its key. */
  state: 'known' | 'changed' | 'new';
}

/** Looks the rows of an input up in what is known, one after the other, and takes note of each. */
export class Identifier {
  readonly #known: Known;
  readonly #readKey: (row: Row, index: number) => string;
  readonly #tree = new JsonTree();

  constructor(known: Known, key: KeyOption) {
    this.#known = known;
    this.#readKey = keyReader<Row>(key);
  }

  /** @throws `ERR_CKPT_ROW_NOT_OBJECT`, `ERR_CKPT_MISSING_KEY`, `ERR_CKPT_DUPLICATE_KEY`, `ERR_CKPT_UNSUPPORTED_VALUE` */
  identify(given: unknown, index: number): Identity {
    const row = checkRow(given, index);
    const { table } = this.#known;
    const key = this.#readKey(row, index);
    const ofKey = digest(key);
    const found = table.find(ofKey.high, ofKey.low);
    if (found >= 0 && table.seen.get(found) === 1) throw duplicateKey(key, index);
    const number = found < 0 ? table.add(ofKey.high, ofKey.low) : found;
    table.seen.set(number, 1);
    const { high, low } = digest(textOf(this.#tree, row, { row: index, path: '' }));
    if (this.#known.recall(number, high, low)) return { row, number, key, state: 'known' };
    table.high.set(number, high);
    table.low.set(number, low);
    table.source.set(number, 0);
    return { row, number, key, state: found < 0 ? 'new' : 'changed' };
  }

  /** Whether a row that was identified still has the content that it had. */
  isAsItWas({ row, number, index }: { row: Row; number: number; index: number }): boolean {
    const { table } = this.#known;
    let text: string;
    try {
      text = textOf(this.#tree, row, { row: index, path: '' });
    } catch {
      return false;
    }
    const { high, low } = digest(text);
    return table.high.get(number) === high && table.low.get(number) === low;
  }
}
