import { createHash } from 'node:crypto';
import { Pace } from '../../base/pace.js';
import type { Row } from '../../base/rows.js';
import { Identifier } from '../identifier.js';
import { Known } from '../known.js';
import type { KnownTable } from '../known-table.js';
import type { CheckedMapOptions } from '../map-options.js';
import { keyReader } from '../row-key.js';

/** Rows that are looked at before the clock is. */
const TURN_ROWS = 256;

/** The rows that workers share: all of them hold the same. */
export interface SharedInput {
  rows: readonly Row[];
  /** Digests of keys and contents. The number of a row is its index. */
  table: KnownTable;
  /** Rows that cannot be compared with earlier runs, by their index, and why. */
  refused: Map<number, unknown>;
  /** The text of the key of a row, by its index. */
  keyText: (index: number) => string;
  /** Of all keys and contents in their order. */
  digest: string;
}

/** Looks at all rows. @throws what is wrong with one of them, before any call is made */
export async function sharedInput(rows: readonly Row[], options: CheckedMapOptions<Row>): Promise<SharedInput> {
  const known = new Known(true);
  const identifier = new Identifier(known, options.key);
  const { table } = known;
  const pace = new Pace({ ...(options.signal !== undefined && { signal: options.signal }) });
  const refused = new Map<number, unknown>();
  const hash = createHash('sha256');
  const words = new Uint32Array(4);
  for (const [index, given] of rows.entries()) {
    const { number, state, error } = identifier.identify(given, index);
    if (state === 'refused') {
      if (options.onError === 'throw') throw error;
      refused.set(index, error);
    }
    for (const [at, column] of [table.keyHigh, table.keyLow, table.high, table.low].entries()) words[at] = column.get(number);
    hash.update(words);
    if (index % TURN_ROWS === 0 && pace.due) await pace.turn();
  }
  const keyOf = keyReader<Row>(options.key);
  return { rows, table, refused, keyText: (index) => keyOf(rows[index] as Row, index), digest: hash.digest('hex') };
}
