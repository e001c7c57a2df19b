import { nodeCrypto } from '../../base/node-modules.js';
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
  const identifier = new Identifier(known, options);
  const { table } = known;
  const pace = new Pace({ ...(options.signal !== undefined && { signal: options.signal }) });
  const refused = new Map<number, unknown>();
  const hash = nodeCrypto().createHash('sha256');
  const columns = [table.keyHigh, table.keyLow, table.high, table.low] as const;
  const words = new Uint32Array(TURN_ROWS * columns.length);
  let filled = 0;
  for (const [index, given] of rows.entries()) {
    const { number, state, error } = identifier.identify(given, index);
    if (state === 'refused') {
      if (options.onError === 'throw') throw error;
      refused.set(index, error);
    }
    for (const column of columns) words[filled++] = column.get(number);
    if (filled < words.length) continue;
    hash.update(words);
    filled = 0;
    if (pace.due) await pace.turn();
  }
  identifier.finish();
  hash.update(words.subarray(0, filled));
  const keyOf = keyReader<Row>(options.key);
  return { rows, table, refused, keyText: (index) => keyOf(rows[index] as Row, index), digest: hash.digest('hex') };
}
