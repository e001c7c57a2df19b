import type { Pace } from '../base/pace.js';
import { checkRow } from '../base/rows-source.js';
import type { Row } from '../base/rows.js';
import { digest } from './digest.js';
import type { Known } from './known.js';
import { ContentReader, type ContentOption } from './row-content.js';
import { duplicateKey, keyReader, type KeyOption } from './row-key.js';

/** What is known of a row of the input. */
export interface Identity {
  row: Row;
  /** Its number in the table. */
  number: number;
  /** The text of its key. */
  key: string;
  /**
   * `known`: there are results of this content. `changed`: its key was met with other content, or its results are of no use. `new`: no
   * earlier run has met its key. `refused`: it has a value that cannot be compared.
   */
  state: 'known' | 'changed' | 'new' | 'refused';
  /** Why it is refused. */
  error?: unknown;
}

/** The keys of the rows of an array that come later. */
interface Ahead {
  from: number;
  keys: (string | undefined)[];
  /** The number of each in the table, doubled, and one more where no earlier run has met the key. */
  numbers: Float64Array;
}

/** Rows that are looked at before the clock is. */
const TURN_ROWS = 256;

/** Looks the rows of an input up in what is known, one after the other, and takes note of each. */
export class Identifier {
  readonly #known: Known;
  readonly #readKey: (row: Row, index: number) => string;
  readonly #content: ContentReader;
  #ahead: Ahead | undefined;
  #isAnyMet = false;
  /** Of the rows ahead, those whose key has results. */
  knownAhead = 0;

  constructor(known: Known, { key, content }: { key: KeyOption; content?: ContentOption | undefined }) {
    this.#known = known;
    this.#readKey = keyReader<Row>(key);
    this.#content = new ContentReader(content);
  }

  /**
   * Checks the keys of an array from a row on: an error in them comes before a call is made, and paid for.
   * @throws `ERR_CKPT_ROW_NOT_OBJECT`, `ERR_CKPT_MISSING_KEY`, `ERR_CKPT_DUPLICATE_KEY`
   */
  async lookAhead(rows: readonly unknown[], from: number, pace: Pace): Promise<void> {
    const { length } = rows;
    const ahead: Ahead = { from, keys: [], numbers: new Float64Array(Math.max(0, length - from)) };
    for (let index = from; index < length; index++) {
      const row = checkRow(rows[index], index);
      const key = this.#readKey(row, index);
      this.#content.look(row);
      const found = this.#meet(key, index);
      ahead.keys.push(key);
      ahead.numbers[index - from] = found;
      if (this.#known.fileOf(Math.floor(found / 2)) !== undefined) this.knownAhead++;
      if (index % TURN_ROWS === 0 && pace.due) await pace.turn();
    }
    this.#ahead = ahead;
    this.finish();
  }

  /** All rows were met. @throws `ERR_CKPT_UNKNOWN_COLUMN` for what should count of them and is in none */
  finish(): void {
    if (this.#isAnyMet) this.#content.finish();
  }

  /** @throws `ERR_CKPT_ROW_NOT_OBJECT`, `ERR_CKPT_MISSING_KEY`, `ERR_CKPT_DUPLICATE_KEY` */
  identify(given: unknown, index: number): Identity {
    const row = checkRow(given, index);
    this.#isAnyMet = true;
    const place = this.#ahead === undefined ? -1 : index - this.#ahead.from;
    const ahead = this.#ahead?.keys[place];
    const key = ahead ?? this.#readKey(row, index);
    let found: number;
    if (ahead === undefined || this.#ahead === undefined) found = this.#meet(key, index);
    else {
      found = this.#ahead.numbers[place] as number;
      this.#ahead.keys[place] = undefined;
    }
    const number = Math.floor(found / 2);
    if (ahead !== undefined && this.#known.fileOf(number) !== undefined) this.knownAhead--;
    let text: string;
    try {
      text = this.#content.text(row, index);
    } catch (error) {
      this.#replace(number, 0, 0);
      return { row, number, key, state: 'refused', error };
    }
    const { high, low } = digest(text);
    if (this.#known.recall(number, high, low)) return { row, number, key, state: 'known' };
    this.#replace(number, high, low);
    return { row, number, key, state: found % 2 === 1 ? 'new' : 'changed' };
  }

  /** Whether there are results of a row after all, now that more files are known. */
  isKnownNow({ number }: Pick<Identity, 'number'>): boolean {
    const { table } = this.#known;
    return this.#known.recall(number, table.high.get(number), table.low.get(number));
  }

  /** What is known of a row is of other content. */
  #replace(number: number, high: number, low: number): void {
    const { table } = this.#known;
    if (this.#known.fileOf(number) !== undefined) this.#known.replaced++;
    table.high.set(number, high);
    table.low.set(number, low);
    table.source.set(number, 0);
  }

  /** The number of a key in the table, doubled, and one more where it is new there. */
  #meet(key: string, index: number): number {
    const { table } = this.#known;
    const { high, low } = digest(key);
    const found = table.find(high, low);
    if (found >= 0 && table.seen.get(found) === 1) throw duplicateKey(key, index);
    const number = found < 0 ? table.add(high, low) : found;
    table.seen.set(number, 1);
    return number * 2 + (found < 0 ? 1 : 0);
  }

  /** Whether a row that was identified still has the content that it had. */
  isAsItWas({ row, number, index }: { row: Row; number: number; index: number }): boolean {
    const { table } = this.#known;
    let text: string;
    try {
      text = this.#content.text(row, index);
    } catch {
      return false;
    }
    const { high, low } = digest(text);
    return table.high.get(number) === high && table.low.get(number) === low;
  }
}
