import { CheckpointError } from '../../base/errors.js';
import type { Row } from '../../base/rows.js';
import { encodeValue } from '../../base/value/extended-json.js';
import { differencesOf, type Difference } from './differences-of.js';

/** A row that is not the same in both files. */
export interface RowDifference {
  /** `added`: only in the second file. */
  change: 'changed' | 'added' | 'removed';
  /** The index of the row in each file, counted from 0; null where it is not. */
  a: number | null;
  b: number | null;
  /** What the rows were matched by, where that is a key. */
  key?: Row;
  /** Of a changed row. */
  differences?: Difference[];
  /** One that was added or removed. */
  row?: Row;
}

/** Counts of rows; filled while differences are read. */
export interface Tally {
  a: number;
  b: number;
  equal: number;
  changed: number;
  added: number;
  removed: number;
}

/** Two files whose rows are compared. */
export interface Pair {
  a: AsyncIterable<readonly Row[]>;
  b: AsyncIterable<readonly Row[]>;
  strictOrder: boolean;
  tally: Tally;
}

/** Compares row 0 with row 0 and so on, in bounded memory. */
export async function* diffByPosition({ a, b, strictOrder, tally }: Pair): AsyncGenerator<RowDifference, void, undefined> {
  const left = new Cursor(a);
  const right = new Cursor(b);
  try {
    for (let index = 0; ; index++) {
      const [one, other] = [await left.next(), await right.next()];
      if (one !== undefined) tally.a++;
      if (other !== undefined) tally.b++;
      if (one === undefined && other === undefined) return;
      const found =
        one === undefined
          ? ({ change: 'added', a: null, b: index, row: other as Row } as const)
          : other === undefined
            ? ({ change: 'removed', a: index, b: null, row: one } as const)
            : changed(one, other, strictOrder, { a: index, b: index });
      if (found === undefined) tally.equal++;
      else {
        tally[found.change]++;
        yield found;
      }
    }
  } finally {
    await left.close();
    await right.close();
  }
}

/**
 * Compares the rows that have the same values in the columns of a key, wherever they stand. All rows of the first file are held in memory.
 * Rows with one key are matched in their order. A key that a row lacks counts as a value of its own.
 *
 * @throws `ERR_CKPT_UNKNOWN_COLUMN` for a column that no row of a file has
 */
export async function* diffByKey(
  { a, b, strictOrder, tally }: Pair,
  columns: readonly string[],
  paths: { a: string; b: string },
): AsyncGenerator<RowDifference, void, undefined> {
  const keys = new Keys(columns);
  const waiting = new Map<string, { row: Row; at: number }[]>();
  for await (const batch of a) {
    for (const row of batch) {
      const entry = { row, at: tally.a++ };
      const text = keys.textOf(row);
      const list = waiting.get(text);
      if (list === undefined) waiting.set(text, [entry]);
      else list.push(entry);
    }
  }
  keys.check(paths.a, tally.a);
  const others = new Keys(columns);
  for await (const batch of b) {
    for (const row of batch) {
      const at = tally.b++;
      const entry = waiting.get(others.textOf(row))?.shift();
      const found =
        entry === undefined
          ? ({ change: 'added', a: null, b: at, key: keys.of(row), row } as const)
          : changed(entry.row, row, strictOrder, { a: entry.at, b: at, key: keys.of(row) });
      if (found === undefined) tally.equal++;
      else {
        tally[found.change]++;
        yield found;
      }
    }
  }
  others.check(paths.b, tally.b);
  for (const { row, at } of [...waiting.values()].flat().sort((one, other) => one.at - other.at)) {
    tally.removed++;
    yield { change: 'removed', a: at, b: null, key: keys.of(row), row };
  }
}

function changed(one: Row, other: Row, strictOrder: boolean, place: Pick<RowDifference, 'a' | 'b' | 'key'>): RowDifference | undefined {
  const differences = differencesOf(one, other, strictOrder);
  return differences.length === 0 ? undefined : { change: 'changed', ...place, differences };
}

/** The rows of batches one by one, without a promise for each. */
class Cursor {
  readonly #batches: AsyncIterator<readonly Row[]>;
  #batch: readonly Row[] = [];
  #at = 0;

  constructor(batches: AsyncIterable<readonly Row[]>) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  async next(): Promise<Row | undefined> {
    while (this.#at === this.#batch.length) {
      const step = await this.#batches.next();
      if (step.done === true) return undefined;
      [this.#batch, this.#at] = [step.value, 0];
    }
    return this.#batch[this.#at++];
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }
}

/** The columns that rows are matched by. */
class Keys {
  readonly #columns: readonly string[];
  readonly #unseen: Set<string>;

  constructor(columns: readonly string[]) {
    this.#columns = columns;
    this.#unseen = new Set(columns);
  }

  /** A text that is the same for the same values. */
  textOf(row: Row): string {
    const texts = this.#columns.map((column) => {
      if (!Object.hasOwn(row, column)) return '';
      this.#unseen.delete(column);
      return encodeValue(row[column], { row: 0, path: column });
    });
    // JSON has no bare newlines.
    return texts.join('\n');
  }

  /** What is shown of it. */
  of(row: Row): Row {
    return Object.fromEntries(this.#columns.filter((column) => Object.hasOwn(row, column)).map((column) => [column, row[column]]));
  }

  check(path: string, rows: number): void {
    const [column] = this.#unseen;
    if (column === undefined || rows === 0) return;
    throw new CheckpointError('ERR_CKPT_UNKNOWN_COLUMN', `no row of ${path} has a column '${column}' to match by`, { path, column });
  }
}
